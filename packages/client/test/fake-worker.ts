import { afterEach, beforeEach, expect, vi } from 'vitest';
import {
  createFollowUpWorker,
  type FollowUpWorker,
  type FollowUpWorkerOptions,
} from '../src/follow-up-worker.ts';
import { FakeFollowUps } from './fake-follow-ups.ts';

export const LEASE_MS = 20_000;

/** The server of the test, and what the workers of the test told of themselves. */
export let server: FakeFollowUps;
export let errors: unknown[];

/** Each test has a clock of its own, which passes by `pass` alone. */
export function useFakeWorkers(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    server = new FakeFollowUps();
    errors = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export const start = (options: Partial<FollowUpWorkerOptions> = {}) =>
  createFollowUpWorker(server, {
    leaseMs: LEASE_MS,
    onError: (error) => void errors.push(error),
    handle: async () => 'Sent',
    ...options,
  });

/** Stops a worker, which may take its grace and 3,000 ms. */
export async function stop(worker: FollowUpWorker, graceMs = 0): Promise<void> {
  let isStopped = false;
  const stopped = worker.stop(graceMs).then(() => (isStopped = true));
  await pass(graceMs + 3_000);
  expect(isStopped).toBe(true);
  await stopped;
}

/** A handler that takes `ms`, whether it is aborted or not. */
export const slow = (ms: number, end: () => unknown = () => 'Sent') =>
  vi.fn<FollowUpWorkerOptions['handle']>(async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return end();
  });

/** The calls of one procedure that the workers made. */
export const callsOf = (name: string) => server.calls.filter((call) => call.name === name);

/** Cannot be looked at in any way. */
export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
