import { describe, expect, test, vi } from 'vitest';
import { answered } from '../test/fake-follow-ups.ts';
import {
  callsOf,
  errors,
  LEASE_MS,
  pass,
  revoked,
  server,
  slow,
  start,
  stop,
  useFakeWorkers,
} from '../test/fake-worker.ts';
import type { FollowUpWorkerOptions } from './follow-up-worker.ts';

useFakeWorkers();

describe('A handler that', () => {
  test.each<[string, unknown, object]>([
    ['nothing', undefined, {}],
    ['too long a text', `${'a'.repeat(999)}😀bc`, { outcome: 'a'.repeat(999) }],
    ['half of a pair', 'p\udc00q', { outcome: 'p\ufffdq' }],
    ['10 MB', 'ab'.repeat(5_000_000), { outcome: 'ab'.repeat(500) }],
    ['an object', { mail: 'sent' }, { outcome: '{"mail":"sent"}' }],
    ['null', null, { outcome: 'null' }],
    ['a date', new Date(0), { outcome: '1970-01-01T00:00:00.000Z' }],
  ])('returns %s completes its follow-up once', async (_, value, outcome) => {
    server.due('f');
    const handle = slow(0, () => value);
    const worker = start({ handle });
    await pass(3 * LEASE_MS);
    expect(server.reports).toEqual([{ followUpId: 'f', ...outcome }]);
    expect(handle).toHaveBeenCalledTimes(1);
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['too long an error', new Error(`${'a'.repeat(999)}😀bc`), 'a'.repeat(999)],
    ['nothing', undefined, 'Failed without a word'],
    ['an error without words', new Error(' '), 'Failed without a word'],
    ['a text', 'busy', 'busy'],
    ['half of a pair', 'p\ud800', 'p\ufffd'],
    [
      'an object that cannot become text',
      {
        toString: () => {
          throw new Error('no');
        },
      },
      '{}',
    ],
    ['an object without a prototype', Object.assign(Object.create(null), { code: 7 }), '{"code":7}'],
    ['what cannot be looked at', revoked(), 'A value that cannot be read'],
  ])('throws %s makes one failed attempt, and the worker stops', async (_, thrown, error) => {
    server.due('f');
    const worker = start({
      handle: slow(0, () => {
        throw thrown;
      }),
    });
    await pass(3 * LEASE_MS);
    expect(server.reports).toEqual([{ followUpId: 'f', error }]);
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test('returns what cannot be awaited makes a failed attempt', async () => {
    server.due('f');
    const worker = start({ handle: slow(0, revoked) });
    await pass(1_000);
    expect(server.reports).toMatchObject([{ followUpId: 'f', error: expect.any(String) }]);
    await stop(worker);
  });

  test('is given its attempt, and a key of its own for it', async () => {
    server.due('f');
    server.due('g', 2);
    const handle = slow(0);
    const worker = start({ handle });
    await pass(100);
    expect(handle.mock.calls.map(([, { attempt, idempotencyKey }]) => [attempt, idempotencyKey])).toEqual([
      [1, 'f-1'],
      [3, 'g-3'],
    ]);
    await stop(worker);
  });

  test('is given its attempt by a server that does not say which one it is', async () => {
    server.saysAttempt = false;
    server.due('f', 1);
    const handle = slow(0);
    const worker = start({ handle });
    await pass(100);
    expect(handle.mock.calls[0]?.[1]).toMatchObject({ attempt: 2, idempotencyKey: 'f-2' });
    await stop(worker);
  });
});

describe('A lease', () => {
  test('that has run out when its claim is answered begins no handler', async () => {
    server.due('f');
    server.claimAnswerMs = LEASE_MS;
    const handle = slow(0);
    const worker = start({ handle });
    await pass(3 * LEASE_MS);
    expect(handle).not.toHaveBeenCalled();
    expect(errors.length).toBeGreaterThan(0);
    await stop(worker);
    expect(server.reports).toEqual([]);
  });

  test('that has run out unnoticed, while the process was held up, begins no handler', async () => {
    server.due('f');
    const handle = slow(0);
    const clock = vi.spyOn(performance, 'now');
    server.answering = () => void clock.mockReturnValue(LEASE_MS + 1);
    const worker = start({ handle });
    await pass(100);
    clock.mockRestore();
    expect(handle).not.toHaveBeenCalled();
    expect(errors).toMatchObject([{ message: expect.stringContaining('f was not begun') }]);
    await stop(worker);
  });

  test('does not go by the wall clock', async () => {
    server.due('f');
    const handle = slow(2 * LEASE_MS);
    const worker = start({ handle });
    await pass(100);
    vi.setSystemTime(Date.now() + 3_600_000);
    await pass(LEASE_MS);
    vi.setSystemTime(0);
    await pass(LEASE_MS);
    expect(server.reports).toEqual([{ followUpId: 'f', outcome: 'Sent' }]);
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test('is renewed at once where its claim was answered late', async () => {
    server.due('f');
    server.claimAnswerMs = LEASE_MS - 1_000;
    const handle = slow(LEASE_MS);
    const worker = start({ handle });
    await pass(LEASE_MS - 900);
    expect(callsOf('heartbeat')).toHaveLength(1);
    await pass(LEASE_MS);
    expect(server.reports).toEqual([{ followUpId: 'f', outcome: 'Sent' }]);
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test('that goes to another aborts its handler, whose end is not reported', async () => {
    server.due('f');
    let signal: AbortSignal | undefined;
    const worker = start({
      handle: (followUp, work) => {
        ({ signal } = work);
        return slow(LEASE_MS)(followUp, work);
      },
    });
    await pass(100);
    server.takeAway('f');
    await pass(LEASE_MS / 2);
    expect(signal?.aborted).toBe(true);
    await pass(LEASE_MS);
    expect(callsOf('complete')).toEqual([]);
    await stop(worker);
    expect(errors).toEqual([]);
  });
});

describe('A worker', () => {
  test.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('The log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('The log is full'))],
  ])('goes on where onError %s', async (_, onError) => {
    const told = vi.fn(onError);
    server.due('f');
    server.refuse = ({ followUpId }) => (followUpId === 'f' ? answered('FORBIDDEN') : null);
    const worker = start({ onError: told, concurrency: 1 });
    await pass(100);
    server.isAway = true;
    await pass(5_000);
    expect(told.mock.calls.length).toBeGreaterThan(2);
    server.isAway = false;
    server.due('g');
    await pass(5_000);
    expect(server.reports).toEqual([{ followUpId: 'g', outcome: 'Sent' }]);
    await stop(worker);
  });

  test('goes on after a claim that was never answered', async () => {
    server.isHung = true;
    const worker = start();
    await pass(LEASE_MS + 2_000);
    expect(errors).toMatchObject([{ message: expect.stringContaining('20000 ms') }]);
    server.isHung = false;
    server.due('f');
    await pass(LEASE_MS + 2_000);
    expect(server.reports).toHaveLength(1);
    await stop(worker);
  });

  test.each<[string, () => void, Partial<FollowUpWorkerOptions>]>([
    ['a claim is not answered', () => (server.isHung = true), {}],
    ['a report is not answered', () => undefined, { handle: slow(10) }],
    ['a handler never ends', () => undefined, { handle: () => new Promise(() => undefined), concurrency: 1 }],
    ['nothing is due', () => undefined, { pollMs: 1_000_000 }],
    ['stop is called twice', () => undefined, {}],
  ])('stops though %s', async (name, before, options) => {
    before();
    if (name !== 'nothing is due') server.due('f');
    const worker = start(options);
    await pass(5);
    if (name === 'a report is not answered') server.isHung = true;
    await pass(100);
    if (name === 'stop is called twice') void worker.stop(60_000);
    await stop(worker, 500);
    await pass(LEASE_MS);
    const isCutOff = name === 'a report is not answered';
    expect(errors).toMatchObject(isCutOff ? [{ name: 'ReportLost', followUpId: 'f' }] : []);
  });

  test('that stops without any limit waits for what runs', async () => {
    server.due('f');
    const worker = start({ handle: slow(3_600_000) });
    await pass(100);
    const stopped = worker.stop(Infinity);
    await pass(3_600_000);
    await stopped;
    expect(server.reports).toEqual([{ followUpId: 'f', outcome: 'Sent' }]);
  });

  test.each<[string, Partial<FollowUpWorkerOptions>]>([
    ['works on nothing', { concurrency: 0 }],
    ['works on parts', { concurrency: 1.5 }],
    ['keeps a lease too briefly', { leaseMs: 999 }],
    ['keeps a lease too long', { leaseMs: 3_600_001 }],
    ['asks at no time', { pollMs: NaN }],
    ['asks too seldom for a timer', { pollMs: Infinity }],
  ])('is not made that %s', (_, options) => {
    expect(() => start(options)).toThrow(RangeError);
  });
});
