import { expect, test } from 'vitest';
import { median, quantile, timesOf } from './statistics.ts';

test('the median is the value in the middle, or half way between the two in the middle', () => {
  expect(median([9])).toBe(9);
  expect(median([10, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a quantile lies between its neighbours, and the ends are the least and the greatest', () => {
  const values = [50, 10, 30, 20, 40];
  expect(quantile(values, 0)).toBe(10);
  expect(quantile(values, 1)).toBe(50);
  expect(quantile(values, 0.9)).toBeCloseTo(46);
});

test('numbers are ordered as numbers, and the values stay as they are', () => {
  const values = [100, 9, 20];
  expect(median(values)).toBe(20);
  expect(values).toEqual([100, 9, 20]);
});

test('no values have no median', () => {
  expect(() => median([])).toThrow(RangeError);
});

test('times are told by their median and their 99th percentile', () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(timesOf(values)).toEqual({ medianMs: 50, slowMs: 99 });
});
