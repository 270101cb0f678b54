import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverOf, hourOf, startOf } from './hours.ts';

const JANUARY = hourOf(Date.UTC(2026, 0));

/** The hours of a run of buckets, each once. */
function hoursOf({ level, from, to }: ReturnType<typeof coverOf>[number]): number[] {
  expect([startOf(level, from), startOf(level, to)]).toEqual([from, to]);
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('The buckets of a period', () => {
  it('have each of its hours once, and are few', () => {
    const instant = fc.integer({ min: JANUARY - 2_000, max: JANUARY + 20_000 });
    fc.assert(
      fc.property(instant, fc.nat({ max: 15_000 }), (from, length) => {
        const runs = coverOf(from, from + length);
        expect(runs.flatMap(hoursOf)).toEqual(Array.from({ length }, (_, index) => from + index));
        const hours = runs.filter(({ level }) => level === 'hour').flatMap(hoursOf);
        const days = runs.filter(({ level }) => level === 'day').flatMap(hoursOf);
        expect(hours.length).toBeLessThanOrEqual(46);
        expect(days.length / 24).toBeLessThanOrEqual(60);
      }),
      { numRuns: 100 },
    );
  });

  it('without an end are as few', () => {
    expect(coverOf(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual([
      { level: 'all', from: 0, to: 1 },
    ]);
    expect(coverOf(JANUARY - 25, Number.POSITIVE_INFINITY)).toEqual([
      { level: 'hour', from: JANUARY - 25, to: JANUARY - 24 },
      { level: 'day', from: JANUARY - 24, to: JANUARY },
      { level: 'month', from: JANUARY, to: Number.POSITIVE_INFINITY },
    ]);
    expect(coverOf(Number.NEGATIVE_INFINITY, JANUARY + 1)).toEqual([
      { level: 'month', from: Number.NEGATIVE_INFINITY, to: JANUARY },
      { level: 'hour', from: JANUARY, to: JANUARY + 1 },
    ]);
  });
});
