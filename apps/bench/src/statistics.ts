import { cyclicElement } from './cyclic-element.ts';

/**
 * The value below which this share of the values lies, interpolated between neighbours.
 * @param share 0 to 1
 * @throws RangeError for no values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const position = (sorted.length - 1) * share;
  const below = cyclicElement(sorted, Math.floor(position));
  const above = cyclicElement(sorted, Math.ceil(position));
  return below + (above - below) * (position - Math.floor(position));
}

/** @throws RangeError for no values */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The quantile of `slowMs`. */
const SLOW_QUANTILE = 0.99;

/**
 * The median and the 99th percentile of some times.
 * @throws RangeError for none
 */
export const timesOf = (values: readonly number[]): { medianMs: number; slowMs: number } => ({
  medianMs: median(values),
  slowMs: quantile(values, SLOW_QUANTILE),
});
