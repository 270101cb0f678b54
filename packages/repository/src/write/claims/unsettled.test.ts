import { expect, test } from 'vitest';
import { Unsettled } from './unsettled.ts';

test('what could not be settled is passed over for 10 s', () => {
  let now = 0;
  const unsettled = new Unsettled(() => now);
  unsettled.add(['a', 'b']);
  now = 5_000;
  unsettled.add(['a']);
  now = 10_000;
  expect(['a', 'b', 'c'].filter((id) => unsettled.has(id))).toEqual(['a']);
  now = 15_000;
  expect(unsettled.has('a')).toBe(false);
});

test('a bounded number is remembered, the latest', () => {
  const unsettled = new Unsettled(() => 0);
  unsettled.add(Array.from({ length: 50_001 }, (_, index) => `${index}`));
  expect(['0', '1', '50000'].map((id) => unsettled.has(id))).toEqual([false, true, true]);
});
