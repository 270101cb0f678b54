/** Values below are kept as they are: half a bin's width is at most this part of a value. */
const EXACT_BELOW = 128;

/** How far a binned value lies from the value itself at most, as a share of it. */
export const BIN_ERROR = 1 / EXACT_BELOW;

/**
 * The middle of the bin that a duration falls into, at most 0.79 % away from it. Bins are as in HdrHistogram: 64 of the same
 * width for each doubling.
 * @param ms a whole number, 0 or more
 */
export function binOf(ms: number): number {
  if (ms < EXACT_BELOW) return ms;
  let width = 2;
  while (ms / width >= EXACT_BELOW) width *= 2;
  return Math.floor(ms / width) * width + width / 2;
}

/** How many durations there are of each length. */
export type Histogram = ReadonlyMap<number, number>;

/**
 * Percentiles between two neighbours by linear interpolation (Hyndman and Fan 1996, definition 7); exact where the
 * durations are, otherwise as near as their bins.
 * @param shares 0 to 1
 * @returns nulls for no durations
 */
export function percentilesOf(durations: Histogram, shares: readonly number[]): (number | null)[] {
  const sorted = [...durations].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const at = (rank: number): number => {
    let passed = 0;
    for (const [ms, count] of sorted) {
      passed += count;
      if (rank < passed) return ms;
    }
    throw new RangeError(`No duration has the rank ${rank} of ${total}`);
  };
  return shares.map((share) => {
    if (total === 0) return null;
    const position = share * (total - 1);
    const below = at(Math.floor(position));
    return below + (at(Math.ceil(position)) - below) * (position - Math.floor(position));
  });
}
