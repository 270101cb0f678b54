import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BIN_ERROR, binOf, durationOf, packBins, percentilesOf, unpackBins } from './histogram.ts';

const duration = fc.oneof(fc.nat({ max: 300 }), fc.nat(), fc.integer({ min: 0, max: 2 ** 45 }));

test('the middle of a bin is near to what falls into it, in order, and in that bin', () => {
  fc.assert(
    fc.property(duration, duration, (ms, other) => {
      expect(Math.abs(durationOf(binOf(ms)) - ms)).toBeLessThanOrEqual(ms * BIN_ERROR);
      expect(Math.sign(binOf(ms) - binOf(other)) * Math.sign(ms - other)).toBeGreaterThanOrEqual(0);
      expect(binOf(durationOf(binOf(ms)))).toBe(binOf(ms));
    }),
  );
  expect([0, 1, 127].map((ms) => durationOf(binOf(ms)))).toEqual([0, 1, 127]);
  expect(BIN_ERROR).toBeLessThan(0.01);
});

test('bins are packed and unpacked', () => {
  const bins = fc.array(fc.tuple(duration, fc.integer({ min: 1, max: 2 ** 40 })));
  fc.assert(
    fc.property(bins, (pairs) => {
      const given = new Map(pairs.map(([ms, count]) => [binOf(ms), count]));
      const found = new Map<number, number>();
      unpackBins(packBins(given), (bin, count) => found.set(bin, count));
      expect(found).toEqual(given);
    }),
  );
  expect(packBins(new Map([[5, 0]]))).toBe('');
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
