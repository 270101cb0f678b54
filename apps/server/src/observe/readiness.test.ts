import type { Readiness } from '@baton/schema';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ReadinessProbe } from './readiness.ts';

const READY: Readiness = { ready: true, mongodb: true, pendingMigrations: [] };
const AWAY: Readiness = { ready: false, mongodb: false, pendingMigrations: [] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('all who ask within a second share one look', async () => {
  const look = vi.fn(async () => READY);
  const probe = new ReadinessProbe(look);
  expect(await Promise.all(Array.from({ length: 50 }, () => probe.ask()))).toEqual(
    Array.from({ length: 50 }, () => READY),
  );
  vi.advanceTimersByTime(999);
  await probe.ask();
  expect(look).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2);
  await probe.ask();
  expect(look).toHaveBeenCalledTimes(2);
});

test('a look that hangs is answered within a second, and the next one counts again', async () => {
  const look = vi.fn<() => Promise<Readiness>>(() => new Promise(() => undefined));
  const probe = new ReadinessProbe(look);
  const answer = probe.ask();
  await vi.advanceTimersByTimeAsync(900);
  expect(await answer).toEqual(AWAY);
  look.mockResolvedValue(READY);
  expect(await probe.ask()).toEqual(AWAY);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await probe.ask()).toEqual(READY);
});

test('a look that fails says that the server is not ready', async () => {
  const probe = new ReadinessProbe(() => Promise.reject(new Error('no')));
  expect(await probe.ask()).toEqual(AWAY);
});
