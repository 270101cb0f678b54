import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The same sequence for the same seed. */
export type SeededRandom = {
  /** Both ends included. */
  integer(from: number, to: number): number;
  pick<const Values extends readonly [unknown, ...unknown[]]>(values: Values): Values[number];
  /** True with this probability, 0 to 1. */
  boolean(probability: number): boolean;
};

export function seededRandom(seed: number): SeededRandom {
  const generator = xoroshiro128plus(seed);
  const between = (from: number, to: number) => uniformInt(generator, from, to);
  return {
    integer: between,
    // The index is within bounds, which the compiler cannot know.
    pick: (values) => values[between(0, values.length - 1)] ?? values[0],
    boolean: (share) => between(1, 10_000) <= share * 10_000,
  };
}
