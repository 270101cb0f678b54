import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Chance that comes out the same for the same seed. */
export type SeededRandom = {
  /** A whole number, both ends included. */
  integer(from: number, to: number): number;
  pick<const Values extends readonly [unknown, ...unknown[]]>(values: Values): Values[number];
  /** True in `share` of all cases, 0 to 1. */
  boolean(probability: number): boolean;
};

export function seededRandom(seed: number): SeededRandom {
  const generator = xoroshiro128plus(seed);
  const between = (from: number, to: number) => uniformInt(generator, from, to);
  return {
    integer: between,
    // An index within bounds; the first value stands for what the compiler cannot know.
    pick: (values) => values[between(0, values.length - 1)] ?? values[0],
    boolean: (share) => between(1, 10_000) <= share * 10_000,
  };
}
