import { callTRPCProcedure, initTRPC, type TRPCError } from '@trpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Context } from './context.ts';
import { parseAtOnce } from './parse-at-once.ts';

const t = initTRPC.context<Context>().create();
const procedure = parseAtOnce(t.procedure).use(({ next }) => next());
const Name = z.strictObject({ name: z.string() });

const asIs = procedure
  .input(Name)
  .output(Name)
  .query(({ input }): { name: string } => input);
/** What no compiler stops: an answer that came from somewhere else. */
const wrong = procedure.output(Name).query((): { name: string } => JSON.parse('{"name":7}'));
const router = t.router({ names: { asIs, wrong }, metrics: { wrong }, objections: { stats: wrong } });

const call = (path: string, validatesAnswers: boolean, input?: unknown): Promise<unknown> =>
  callTRPCProcedure({
    router,
    path,
    type: 'query',
    ctx: { validatesAnswers },
    getRawInput: async () => input,
    signal: undefined,
    batchIndex: 0,
  });

const faultOf = (calling: Promise<unknown>): Promise<TRPCError> =>
  calling.then(
    () => Promise.reject(new Error('The call did not fail')),
    (error) => error,
  );

test('an input is parsed, and refused with all of its faults', async () => {
  expect(await call('names.asIs', true, { name: 'Ana' })).toEqual({ name: 'Ana' });
  const refused = await faultOf(call('names.asIs', true, { name: 7, more: 1 }));
  expect(refused.code).toBe('BAD_REQUEST');
  expect(refused.cause).toBeInstanceOf(z.core.$ZodError);
  expect(refused.cause).toMatchObject({ issues: [{ path: ['name'] }, { keys: ['more'] }] });
});

test('an answer of ours is validated where the context says so', async () => {
  expect(await faultOf(call('names.wrong', true))).toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Output validation failed',
  });
  expect(await call('names.wrong', false)).toEqual({ name: 7 });
});

test.each(['metrics.wrong', 'objections.stats'])('what MongoDB computes always is: %s', async (path) => {
  expect(await faultOf(call(path, false))).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
});
