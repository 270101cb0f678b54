import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { before } from './before.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('work that is done in time is what it is, and leaves no timer', async () => {
  expect(await before(performance.now() + 100, Promise.resolve(7))).toBe(7);
  await expect(before(performance.now() + 100, Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});

test('work that hangs is UNAVAILABLE at its deadline', async () => {
  const answer = before(performance.now() + 100, new Promise(() => undefined)).catch(
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(101);
  expect(await answer).toMatchObject({ code: 'UNAVAILABLE' });
});
