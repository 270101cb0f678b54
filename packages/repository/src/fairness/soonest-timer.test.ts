import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SoonestTimer } from './soonest-timer.ts';

let runs: number[] = [];
let timer: SoonestTimer;

beforeEach(() => {
  vi.useFakeTimers();
  const from = performance.now();
  runs = [];
  timer = new SoonestTimer(() => runs.push(performance.now() - from));
});
afterEach(() => void vi.useRealTimers());

test('of several waits the soonest counts, in whatever order they are asked for', async () => {
  timer.runWithin(2_000);
  timer.runWithin(40);
  timer.runWithin(100);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(runs).toEqual([40]);
});

test('after it has run, it runs again where it is asked to', async () => {
  timer.runWithin(100);
  await vi.advanceTimersByTimeAsync(90);
  timer.runWithin(100);
  await vi.advanceTimersByTimeAsync(500);
  expect(runs).toEqual([100]);
  timer.runWithin(10.5);
  await vi.advanceTimersByTimeAsync(500);
  expect(runs).toEqual([100, 601]);
});
