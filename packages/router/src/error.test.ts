import { Refusal } from '@baton/domain';
import { AgentId, ConversationId, ErrorCode, MessagePart, Metadata, DueTime } from '@baton/schema';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { handoffChange } from './change.ts';
import { errorData, errorMessage, refusalError, errorOfProcedure, UnexpectedFault } from './error.ts';

const silent = () => undefined;

describe('a refusal', () => {
  test.each(ErrorCode.options)('%s keeps its code, words and details on the wire', (code) => {
    const refusal = new Refusal(code, 'Why not', { seq: 7 });
    const error = errorOfProcedure(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: refusal }), silent);
    expect(errorData(error)).toEqual({ code, details: { seq: 7 } });
    expect(error.message).toBe('Why not');
    const status = getHTTPStatusCodeFromError(error);
    expect(status === 500).toBe(code === 'INTERNAL');
    expect(refusalError(refusal).code).toBe(error.code);
  });

  test('without details has none', () => {
    expect(errorData(refusalError(new Refusal('NOT_FOUND', 'Nothing')))).toEqual({ code: 'NOT_FOUND' });
  });
});

describe('bad input', () => {
  const schema = z.strictObject({ messages: z.array(z.strictObject({ text: z.string().max(3) })) });
  const faulty = (input: unknown) =>
    new TRPCError({ code: 'BAD_REQUEST', cause: schema.safeParse(input).error });

  test('names the path of each fault', () => {
    const error = errorOfProcedure(
      faulty({ messages: [{ text: 'long' }, { text: 'x', seq: 1 }], extra: 1 }),
      silent,
    );
    expect(errorData(error)).toMatchObject({
      code: 'INVALID_INPUT',
      details: {
        faults: [
          { path: 'messages[0].text' },
          { path: 'messages[1].seq', message: 'Unknown key' },
          { path: 'extra' },
        ],
      },
    });
    expect(errorMessage(error)).toMatch(
      /^Invalid input\. messages\[0\]\.text: .*; messages\[1\]\.seq: Unknown key; extra: Unknown key$/,
    );
  });

  test.each([
    [{ dueAt: '2027-02-20' }, 'dueAt: Expected an instant like'],
    [
      { dueAt: { localTime: '2027-02-20T10:00+01:00', timeZone: 'UTC' } },
      'dueAt.localTime: Expected a local time',
    ],
    [{ dueAt: 5 }, 'dueAt: Invalid input: expected string or object'],
    [{ metadata: { $set: 1 } }, 'metadata.$set: Expected a key of 1-64 letters, digits, _ or -'],
    [
      { metadata: { a: { $gt: '' } } },
      'metadata.a: Invalid input: expected string or number or boolean or null',
    ],
    [
      { metadata: { a: 'x'.repeat(2_001) } },
      'metadata.a: Too big: expected string to have <=2000 characters',
    ],
    [
      { part: { type: 'video' } },
      "part.type: Invalid discriminator value. Expected 'text' | 'reasoning' | 'tool_call'",
    ],
  ])('of a value that may have several forms is told in the words of its own form: %j', (input, words) => {
    const forms = z.strictObject({
      dueAt: DueTime.optional(),
      metadata: Metadata.optional(),
      part: MessagePart.optional(),
    });
    const error = new TRPCError({ code: 'BAD_REQUEST', cause: forms.safeParse(input).error });
    expect(errorMessage(error)).toContain(`Invalid input. ${words}`);
    expect(errorData(error)).toMatchObject({ details: { faults: [{ path: words.split(':')[0] }] } });
  });

  test('of many faults is told by the first twenty, and a long key by its beginning', () => {
    const keys = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(5_000, 'x'));
    const error = faulty(Object.fromEntries([['messages', []], ...keys.map((key) => [key, 1])]));
    const data = errorData(error);
    const paths = keys.slice(0, 20).map((key) => `${key.slice(0, 100)}…`);
    expect(data.details).toEqual({ faults: paths.map((path) => ({ path, message: 'Unknown key' })) });
    expect(errorMessage(error).length).toBeLessThan(3_000);
    const texts = faulty({ messages: Array.from({ length: 50 }, () => ({ text: 7 })) });
    expect(errorData(texts).details).toEqual({ faults: Array(20).fill(expect.anything()) });
  });

  test('that is no object at all is named without a path', () => {
    expect(errorMessage(faulty('text'))).toBe(
      'Invalid input. Invalid input: expected object, received string',
    );
  });
});

test('a connection to MongoDB that broke is UNAVAILABLE wherever it shows, and no fault', () => {
  const report = vi.fn();
  const cause = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const error = errorOfProcedure(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause }), report);
  expect(error.code).toBe('SERVICE_UNAVAILABLE');
  expect(errorData(error)).toEqual({ code: 'UNAVAILABLE' });
  expect(report).not.toHaveBeenCalled();
});

describe('what nobody foresaw', () => {
  const secret = new Error('mongodb://root:hunter2@db/ said: {"text":"My card is 4111"}');

  test.each([
    ['a thrown error', new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: secret }), secret],
    [
      'an answer that is not what it should be',
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Output validation failed' }),
      undefined,
    ],
  ])('%s goes to the log under an id; the caller gets the id and nothing else', (_, thrown, cause) => {
    const report = vi.fn();
    const error = errorOfProcedure(thrown, report);
    const { code, errorId, details } = errorData(error);
    expect({ code, details }).toEqual({ code: 'INTERNAL', details: undefined });
    expect(report).toHaveBeenCalledExactlyOnceWith(errorId, cause ?? thrown);
    expect(error.cause).toBeInstanceOf(UnexpectedFault);
    expect(errorMessage(error)).toBe(`Something went wrong on our side (${errorId})`);
  });

  test('before a procedure began shows nothing either', () => {
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: secret.message, cause: secret });
    expect(errorMessage(error)).toBe('Something went wrong on our side');
    expect(errorData(error)).toEqual({ code: 'INTERNAL' });
  });

  test('a command that made no entry of its kind is a fault', () => {
    const conversation = { id: ConversationId.parse('0'.repeat(24)), owner: AgentId.parse('closer') };
    expect(() => handoffChange({ conversation, entries: [] } as never)).toThrow(
      'The command made no handoff entry',
    );
  });
});

test.each([
  ['NOT_FOUND', 'NOT_FOUND'],
  ['METHOD_NOT_SUPPORTED', 'INVALID_INPUT'],
  ['PARSE_ERROR', 'INVALID_INPUT'],
  ['TOO_MANY_REQUESTS', 'RATE_LIMITED'],
  ['SERVICE_UNAVAILABLE', 'UNAVAILABLE'],
  ['TIMEOUT', 'INTERNAL'],
] as const)("tRPC's own %s is %s", (code, ours) => {
  expect(errorData(new TRPCError({ code }))).toEqual({ code: ours });
});
