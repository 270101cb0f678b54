import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SlowBodies } from './slow-bodies.ts';

let slow: string[] = [];

beforeEach(() => {
  slow = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('a body that comes too slowly is told of, after a while', () => {
  const bodies = new SlowBodies(1_000);
  const trickle = bodies.watch(() => slow.push('trickle'));
  const steady = bodies.watch(() => slow.push('steady'));
  vi.advanceTimersByTime(4_000);
  steady.bytes = 6_000;
  trickle.bytes = 4_000;
  expect(slow).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(slow).toEqual(['trickle']);
  trickle[Symbol.dispose]();
  vi.advanceTimersByTime(1_000);
  expect(slow).toEqual(['trickle']);
  vi.advanceTimersByTime(1_000);
  expect(slow).toEqual(['trickle', 'steady']);
});

test('one that has come is watched no more, and nothing is looked at then', () => {
  const bodies = new SlowBodies(1_000);
  bodies.watch(() => slow.push('whole'))[Symbol.dispose]();
  vi.advanceTimersByTime(10_000);
  expect([slow, vi.getTimerCount()]).toEqual([[], 0]);
  bodies.watch(() => slow.push('later'));
  vi.advanceTimersByTime(5_000);
  expect(slow).toEqual(['later']);
});
