/** So many bins are of the same width before the next ones are twice as wide. */
const BINS = 64;
/** Durations below are kept as they are. */
const EXACT_BELOW = 2 * BINS;

/** How far the middle of a bin lies from what falls into it at most, as a share of that. */
export const BIN_ERROR = 1 / EXACT_BELOW;

/**
 * The bin that a duration falls into. Bins are as in HdrHistogram: 64 of the same width for each doubling.
 * @param ms a whole number, 0 or more
 */
export function binOf(ms: number): number {
  let doublings = 0;
  let width = 1;
  for (; ms / width >= EXACT_BELOW; width *= 2) doublings += 1;
  return doublings * BINS + Math.floor(ms / width);
}

/** How many bins there are. */
export const BIN_COUNT = binOf(Number.MAX_SAFE_INTEGER) + 1;

/** The duration in the middle of a bin. */
export function durationOf(bin: number): number {
  if (bin < EXACT_BELOW) return bin;
  const doublings = Math.floor(bin / BINS) - 1;
  const width = 2 ** doublings;
  return (bin - doublings * BINS) * width + width / 2;
}

/** How many durations fall into each bin. */
export type Bins = Map<number, number>;

/** The first of 64 characters that are packed with. */
const FIRST = 48;
const DIGIT = 32;

/** Numbers of 0 or more as characters of five bits each, the lowest first; all but a number's last are marked. */
function packNumber(value: number): string {
  let packed = '';
  let rest = value;
  for (; rest >= DIGIT; rest = Math.floor(rest / DIGIT))
    packed += String.fromCharCode(FIRST + DIGIT + (rest % DIGIT));
  return packed + String.fromCharCode(FIRST + rest);
}

/** Bins as a string: for each that has any, how far it is from the one before, and how many it has. */
export function packBins(bins: Bins): string {
  let packed = '';
  let last = 0;
  for (const [bin, count] of [...bins].toSorted(([a], [b]) => a - b)) {
    if (count <= 0) continue;
    packed += packNumber(bin - last) + packNumber(count);
    last = bin;
  }
  return packed;
}

/** Hands each bin of `packBins` to a function. */
export function unpackBins(packed: string, each: (bin: number, count: number) => void): void {
  let place = 0;
  const next = () => {
    let value = 0;
    for (let digit = 1; ; digit *= DIGIT) {
      const bits = packed.charCodeAt(place) - FIRST;
      place += 1;
      if (!(bits >= DIGIT)) return value + bits * digit;
      value += (bits - DIGIT) * digit;
    }
  };
  for (let bin = 0; place < packed.length;) {
    bin += next();
    each(bin, next());
  }
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
