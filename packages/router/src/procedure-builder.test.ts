import { callTRPCProcedure, initTRPC, TRPCError } from '@trpc/server';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Context } from './context.ts';
import { procedureBuilder } from './procedure-builder.ts';

const t = initTRPC.context<Context>().create();
const procedure = procedureBuilder(t.procedure).use(({ next }) => next());
const Name = z.strictObject({ name: z.string() });

const asIs = procedure
  .input(Name)
  .output(Name)
  .query(({ input }): { name: string } => input);
/** What no compiler stops: an answer that came from somewhere else. */
const wrong = procedure.output(Name).query((): { name: string } => JSON.parse('{"name":7}'));
const steps = procedureBuilder(t.procedure)
  .use(async ({ next }) => {
    const result = await next({ ctx: { calls: 7 } });
    if (result.ok) return result;
    throw new TRPCError({ code: 'CONFLICT', message: `${result.error.code}: ${result.error.message}` });
  })
  .use(({ ctx, next }) => {
    if (ctx.validatesAnswers) return next({ ctx: { calls: ctx.calls + 1 } });
    throw new TypeError('of a step');
  })
  .mutation(({ ctx, path }) => `${path} ${ctx.calls}`);
const router = t.router({
  steps,
  names: { asIs, wrong },
  metrics: { wrong },
  objections: { stats: wrong },
});

const call = (path: string, validatesAnswers: boolean, input?: unknown): Promise<unknown> =>
  callTRPCProcedure({
    router,
    path,
    type: path === 'steps' ? 'mutation' : 'query',
    ctx: { validatesAnswers },
    getRawInput: async () => {
      if (input instanceof Error) throw input;
      return input;
    },
    signal: undefined,
    batchIndex: 0,
  });

const faultOf = (calling: Promise<unknown>): Promise<TRPCError> =>
  calling.then(
    () => Promise.reject(new Error('The call did not fail')),
    (error) => error,
  );

test('a refused input is not written out as JSON, however many faults it has', async () => {
  const stringify = vi.spyOn(JSON, 'stringify');
  const refused = await faultOf(call('names.asIs', true, { name: 7 }));
  expect(refused.message).toBe('Invalid input');
  expect(stringify).not.toHaveBeenCalledWith(
    [expect.objectContaining({ path: ['name'] })],
    expect.anything(),
    2,
  );
  stringify.mockRestore();
});

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

test('each step sees what those before it have added, and what those after it have thrown', async () => {
  expect(await call('steps', true)).toBe('steps 8');
  expect(await faultOf(call('steps', false))).toMatchObject({
    code: 'CONFLICT',
    message: 'INTERNAL_SERVER_ERROR: of a step',
  });
});

test('an input that cannot be read is no fault of what it says', async () => {
  const unreadable = new TRPCError({ code: 'PARSE_ERROR', message: 'no JSON' });
  expect(await faultOf(call('names.asIs', true, unreadable))).toBe(unreadable);
});

test('a procedure names the schema of its input', () => {
  expect(asIs._def).toMatchObject({ type: 'query', inputs: [{ schema: Name }] });
});
