import { TRPCClientError } from '@trpc/client';
import { describe, expect, test } from 'vitest';
import { batonError, isRefused, UnexpectedAnswer } from './error.ts';
import { isAlone, isFinal, retryAlone, retryDelayMs, shouldRetry } from './retry.ts';

const away = new TRPCClientError('fetch failed');

/** An answer of the server with a code. */
function answered(code: string, details?: unknown): TRPCClientError<never> {
  const data = {
    code: 'CONFLICT',
    httpStatus: 409,
    baton: { code, ...(details !== undefined && { details }) },
  };
  return TRPCClientError.from({ error: { message: 'No', code: -32_009, data } });
}

const ask = (op: object, error: Error = away, attempts = 1) =>
  shouldRetry({ op: { type: 'mutation', path: 'x', input: {}, signal: null, ...op }, error, attempts }, 5);

describe('a call that found the server away is made again', () => {
  test.each<[string, object, boolean]>([
    ['where it only asks', { type: 'query' }, true],
    ['where it has a key', { input: { idempotencyKey: 'k' } }, true],
    ['where it is a message with its id', { input: { clientMessageId: 'm' } }, true],
    ['where it is a turn', { input: { messages: [] } }, true],
    ['where doing it twice is doing it once', { path: 'followUps.heartbeat' }, true],
    ['not where it may be done twice', { path: 'followUps.claim' }, false],
    ['not without an input', { input: undefined }, false],
    ['where it is a feed', { type: 'subscription' }, true],
    ['not where the caller has given it up', { type: 'query', signal: AbortSignal.abort() }, false],
  ])('%s', (_, op, expected) => {
    expect(ask(op)).toBe(expected);
  });

  test('not where it asks whether the server is ready and hears that it is not', () => {
    const ready = { type: 'query', path: 'admin.ready' };
    expect(ask(ready, answered('UNAVAILABLE'))).toBe(false);
    expect(ask(ready)).toBe(true);
    expect(ask({ type: 'query' }, answered('UNAVAILABLE'))).toBe(true);
  });

  test('as often as it was told', () => {
    expect([1, 4, 5, 6].map((attempts) => ask({ type: 'query' }, away, attempts))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

test('a feed is asked for again for as long as it is listened to', () => {
  expect(ask({ type: 'subscription' }, away, 1_000)).toBe(true);
  expect(ask({ type: 'subscription' }, answered('UNAUTHORIZED'))).toBe(false);
});

test('a server that says no is believed; one that says later is asked again', () => {
  expect(ask({ type: 'query' }, answered('NOT_FOUND'))).toBe(false);
  expect(ask({ type: 'query' }, answered('INTERNAL'))).toBe(false);
  expect(ask({ type: 'query' }, answered('UNAVAILABLE'))).toBe(true);
  expect(ask({ type: 'query' }, answered('RATE_LIMITED'))).toBe(true);
});

test('a caller who asks too much waits as it is told, and tries anything again', () => {
  const limited = (retryAfterMs: number) => answered('RATE_LIMITED', { limit: 'calls', retryAfterMs });
  expect(ask({ path: 'followUps.claim' }, limited(700))).toBe(true);
  expect(ask({ path: 'followUps.claim' }, answered('UNAVAILABLE', { retryAfterMs: 700 }))).toBe(false);
  expect(ask({ type: 'query' }, limited(700), 5)).toBe(false);
  expect(retryDelayMs(1, limited(700))).toBeGreaterThanOrEqual(750);
  expect(retryDelayMs(1, limited(700))).toBeLessThanOrEqual(800);
  expect(retryDelayMs(1, answered('UNAVAILABLE', { retryAfterMs: 700 }))).toBeLessThanOrEqual(100);
});

test('a caller who would have to wait for more than ten seconds hears of it', () => {
  const limited = answered('RATE_LIMITED', { retryAfterMs: 10_001 });
  expect(ask({ type: 'query' }, limited)).toBe(false);
  expect(ask({ type: 'subscription' }, limited)).toBe(true);
  expect(retryDelayMs(1, limited)).toBeLessThanOrEqual(10_100);
});

test('a query that others have crowded out of a request is made again at once, alone', () => {
  const crowdedOut = answered('RATE_LIMITED', { retryAfterMs: 0 });
  const op = { context: {}, signal: null };
  expect(retryAlone({ op, error: answered('RATE_LIMITED', { retryAfterMs: 1_000 }) })).toBe(false);
  expect(retryAlone({ op, error: answered('RATE_LIMITED') })).toBe(false);
  expect(retryAlone({ op, error: answered('NOT_FOUND', { retryAfterMs: 0 }) })).toBe(false);
  expect(isAlone(op)).toBe(false);
  expect(retryAlone({ op, error: crowdedOut })).toBe(true);
  expect(isAlone(op)).toBe(true);
  expect(retryAlone({ op, error: crowdedOut })).toBe(false);
  const given = { context: {}, signal: AbortSignal.abort() };
  expect(retryAlone({ op: given, error: crowdedOut })).toBe(false);
});

/** An answer of something that is not Baton. */
const unexpected = (status: number) => TRPCClientError.from(new UnexpectedAnswer('http://baton', status));

describe('an answer that is not of Baton', () => {
  test.each([200, 204, 302, 401, 403, 404, 422])(
    'with status %d is believed, whatever was asked',
    (status) => {
      const error = unexpected(status);
      expect(isFinal(error)).toBe(true);
      const key = { idempotencyKey: 'k' };
      for (const op of [{ type: 'query' }, { input: key }, { type: 'subscription' }])
        expect(ask(op, error)).toBe(false);
    },
  );

  test.each([408, 425, 429, 500, 502, 503, 504])('with status %d is one for now', (status) => {
    expect(isFinal(unexpected(status))).toBe(false);
    expect(ask({ type: 'query' }, unexpected(status))).toBe(true);
  });
});

test.each(['INTERNAL', 'UNREADABLE'])(
  'a server that broke once, %s, is asked again by what goes on by itself, and not by a call',
  (code) => {
    const broken = answered(code);
    expect(isFinal(broken)).toBe(false);
    expect(ask({ type: 'subscription' }, broken, 1_000)).toBe(true);
    expect(ask({ input: { idempotencyKey: 'k' } }, broken)).toBe(false);
  },
);

test('pauses double up to three seconds, and are spread', () => {
  for (const [attempt, most] of [
    [1, 100],
    [2, 200],
    [3, 400],
    [6, 3_000],
    [50, 3_000],
  ] as const) {
    const pauses = Array.from({ length: 50 }, () => retryDelayMs(attempt));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(most / 2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(most);
    expect(new Set(pauses).size).toBeGreaterThan(1);
  }
});

describe('batonError', () => {
  test('is what the server said', () => {
    expect(batonError(answered('NOT_OWNER', { owner: 'ana' }))).toEqual({
      code: 'NOT_OWNER',
      details: { owner: 'ana' },
    });
    expect(isRefused(answered('NOT_OWNER'), 'STALE_OWNER', 'NOT_OWNER')).toBe(true);
    expect(isRefused(answered('NOT_OWNER'), 'STALE_OWNER')).toBe(false);
  });

  test.each([
    ['an error of somebody else', new Error('x')],
    ['no error at all', undefined],
    ['a server that is away', away],
    ['a code that nobody knows', answered('TEAPOT')],
  ])('is nothing for %s', (_, error) => {
    expect(batonError(error)).toBeNull();
    expect(isRefused(error, 'NOT_FOUND')).toBe(false);
  });
});

test('a failure that is no call of the client is not final', () => {
  expect(isFinal(new Error('The replica was closed'))).toBe(false);
});
