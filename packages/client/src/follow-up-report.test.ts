import { TRPCClientError } from '@trpc/client';
import { describe, expect, test } from 'vitest';
import { answered } from '../test/fake-follow-ups.ts';
import {
  callsOf,
  errors,
  LEASE_MS,
  pass,
  server,
  slow,
  start,
  stop,
  useFakeWorkers,
} from '../test/fake-worker.ts';
import { isRefused, UnexpectedAnswer } from './error.ts';
import { RetryAt } from './follow-up-worker.ts';
import { ReportLost } from './report-lost.ts';

useFakeWorkers();

describe('What a handler returned', () => {
  test('is reported once the server is back, and its handler runs once', async () => {
    server.due('f');
    const handle = slow(1_000);
    const worker = start({ handle });
    await pass(900);
    server.isAway = true;
    await pass(4_000);
    expect(server.reports).toEqual([]);
    server.isAway = false;
    await pass(3_000);
    expect(server.reports).toEqual([{ followUpId: 'f', outcome: 'Sent' }]);
    await pass(3 * LEASE_MS);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(errors.some((error) => error instanceof ReportLost)).toBe(false);
    await stop(worker);
  });

  test('is reported once though the answer of its report is lost', async () => {
    server.due('f');
    server.loseAnswers = 1;
    const worker = start();
    await pass(LEASE_MS);
    const keys = callsOf('complete').map(({ key }) => key);
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(server.reports).toHaveLength(1);
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test('is reported after a report that was never answered', async () => {
    server.due('f');
    const handle = slow(100);
    const worker = start({ handle });
    await pass(50);
    server.isHung = true;
    await pass(10_000);
    server.isHung = false;
    await pass(10_000);
    expect(server.reports).toEqual([{ followUpId: 'f', outcome: 'Sent' }]);
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test('keeps its lease alive until it is reported', async () => {
    server.due('f');
    let isBusy = true;
    server.refuse = () => (isBusy ? answered('RATE_LIMITED') : null);
    const worker = start();
    await pass(3 * LEASE_MS);
    expect(callsOf('heartbeat').length).toBe(9);
    isBusy = false;
    await pass(4_000);
    expect(server.reports).toHaveLength(1);
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test.each([
    ['while the server is away', 10],
    ['after the lease has run out', 3 * LEASE_MS],
  ])('%s for longer than the lease is reported where nobody took it', async (_, handlerMs) => {
    server.due('f');
    const handle = slow(handlerMs);
    const worker = start({ handle });
    await pass(5);
    server.isAway = true;
    await pass(10 * LEASE_MS);
    server.isAway = false;
    await pass(4_000);
    expect(server.reports).toEqual([{ followUpId: 'f', outcome: 'Sent' }]);
    expect(handle).toHaveBeenCalledTimes(1);
    await stop(worker);
    expect(errors.filter((error) => error instanceof ReportLost)).toEqual([]);
  });

  test.each([
    ['while the server is away', 10],
    ['after the lease has run out', 3 * LEASE_MS],
  ])('%s for longer than the lease is told once where another took it', async (_, handlerMs) => {
    server.due('f', 1);
    const worker = start({ handle: slow(handlerMs) });
    await pass(5);
    server.isAway = true;
    await pass(10 * LEASE_MS);
    server.takeAway('f');
    server.isAway = false;
    await pass(3 * LEASE_MS);
    expect(server.reports).toEqual([]);
    const lost = errors.filter((error) => error instanceof ReportLost);
    expect(lost).toMatchObject([{ followUpId: 'f', attempt: 2, ended: 'completed' }]);
    expect(isRefused(lost[0], 'LEASE_LOST')).toBe(true);
    await stop(worker);
    expect(errors.filter((error) => error instanceof ReportLost)).toHaveLength(1);
  });

  test('is given up after an hour, and told once', async () => {
    server.due('f');
    const worker = start();
    server.refuse = () => new TRPCClientError('fetch failed');
    await pass(3_590_000);
    expect(errors).toEqual([]);
    await pass(20_000);
    expect(errors).toMatchObject([{ name: 'ReportLost' }]);
    const made = callsOf('complete').length;
    await pass(60_000);
    expect(callsOf('complete').length).toBe(made);
    await stop(worker);
  });

  test('is reported though a proxy answers for the server meanwhile', async () => {
    server.due('f');
    let answers = 3;
    server.refuse = () =>
      (answers -= 1) > 0 ? TRPCClientError.from(new UnexpectedAnswer('http://proxy', 404)) : null;
    const worker = start();
    await pass(5_000);
    expect(server.reports).toHaveLength(1);
    await stop(worker);
  });

  test.each([
    ['INTERNAL', 5],
    ['FORBIDDEN', 1],
  ])('is told where the server says %s', async (code, times) => {
    server.due('f');
    server.refuse = () => answered(code);
    const worker = start();
    await pass(LEASE_MS);
    expect(callsOf('complete')).toHaveLength(times);
    expect(errors).toMatchObject([{ name: 'ReportLost', followUpId: 'f' }]);
    expect(isRefused(errors[0], code === 'INTERNAL' ? 'INTERNAL' : 'FORBIDDEN')).toBe(true);
    await stop(worker);
  });

  test('is left out where the server refuses its words, and the follow-up is completed', async () => {
    server.due('f');
    server.refuse = ({ outcome }) => (outcome === undefined ? null : answered('INVALID_INPUT'));
    const worker = start();
    await pass(1_000);
    expect(server.reports).toEqual([{ followUpId: 'f' }]);
    expect(new Set(callsOf('complete').map(({ key }) => key)).size).toBe(2);
    await stop(worker);
    expect(errors).toEqual([]);
  });
});

describe('A failure', () => {
  test.each([
    ['whose instant has passed', 'INVALID_INSTANT', 'retryAt', { error: 'Later' }],
    ['whose words are refused', 'INVALID_INPUT', 'Later', { error: expect.stringMatching(/^Failed/) }],
  ])('%s is reported without it', async (_, code, refused, reported) => {
    server.due('f');
    server.refuse = (report) => {
      const isRefusedPart = refused === 'retryAt' ? report.retryAt !== undefined : report.error === refused;
      return isRefusedPart ? answered(code) : null;
    };
    const worker = start({ handle: async () => Promise.reject(new RetryAt(new Date(0), 'Later')) });
    await pass(1_000);
    expect(server.reports).toMatchObject([{ followUpId: 'f', ...reported }]);
    expect(server.reports[0]?.retryAt).toBeUndefined();
    await stop(worker);
    expect(errors).toEqual([]);
  });

  test('of a handler that was broken off is not reported', async () => {
    server.due('f');
    const worker = start({
      handle: async (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('Aborted')), { once: true }),
        ),
    });
    await pass(100);
    await stop(worker);
    expect(server.reports).toEqual([]);
    expect(errors).toEqual([]);
  });
});
