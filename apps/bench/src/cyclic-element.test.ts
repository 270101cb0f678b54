import { expect, test } from 'vitest';
import { cyclicElement } from './cyclic-element.ts';

test('places beyond the end begin again at the start', () => {
  expect([0, 1, 2, 3, 7].map((index) => cyclicElement(['a', 'b', 'c'], index))).toEqual([
    'a',
    'b',
    'c',
    'a',
    'b',
  ]);
});

test('an empty list has no elements', () => {
  expect(() => cyclicElement([], 0)).toThrow(RangeError);
});
