import { expect, test } from 'vitest';
import { Figures } from './figures.ts';

test('sums past the largest exact integer are given as that one', () => {
  const figures = new Figures();
  for (const amount of [Number.MAX_SAFE_INTEGER, 1e12]) {
    figures.add('totals', 'costMicros', amount);
    figures.add('agents', 'closer:costMicros', amount);
  }
  figures.add('agents', 'closer:messages', 2);
  expect(figures.get('totals', 'costMicros')).toBe(Number.MAX_SAFE_INTEGER);
  expect([...(figures.subjects('agents').get('closer') ?? [])]).toEqual([
    ['costMicros', Number.MAX_SAFE_INTEGER],
    ['messages', 2],
  ]);
});
