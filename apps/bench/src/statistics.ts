import { element } from './element.ts';

/**
 * The value below which this share of the values lies, interpolated between neighbours.
 * @param share 0 to 1
 * @throws RangeError for no values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * share;
  const below = element(sorted, Math.floor(place));
  const above = element(sorted, Math.ceil(place));
  return below + (above - below) * (place - Math.floor(place));
}

/** @throws RangeError for no values */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
