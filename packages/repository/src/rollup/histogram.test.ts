import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BIN_ERROR, binOf, percentilesOf } from './histogram.ts';

const duration = fc.oneof(fc.nat({ max: 300 }), fc.nat(), fc.integer({ min: 0, max: 2 ** 45 }));

test('a bin is near to what falls into it, in order, and does not move', () => {
  fc.assert(
    fc.property(duration, duration, (ms, other) => {
      expect(Math.abs(binOf(ms) - ms)).toBeLessThanOrEqual(ms * BIN_ERROR);
      expect(Math.sign(binOf(ms) - binOf(other)) * Math.sign(ms - other)).toBeGreaterThanOrEqual(0);
      expect(binOf(binOf(ms))).toBe(binOf(ms));
      expect(Number.isSafeInteger(binOf(ms))).toBe(true);
    }),
  );
  expect([0, 1, 127].map(binOf)).toEqual([0, 1, 127]);
  expect(BIN_ERROR).toBeLessThan(0.01);
});

test('percentiles lie between neighbours', () => {
  const durations = new Map([
    [10, 1],
    [20, 2],
    [40, 1],
    [99, 0],
  ]);
  expect(percentilesOf(durations, [0, 0.5, 0.9, 1])).toEqual([10, 20, expect.closeTo(34), 40]);
  expect(percentilesOf(new Map(), [0.5])).toEqual([null]);
});
