// @vitest-environment node
import { expect, test } from 'vitest';
import { durationInWords } from './time.ts';

test.each([
  [40_000, 'less than a minute'],
  [60_000, '1 minute'],
  [3 * 3_600_000, '3 hours'],
  [3 * 86_400_000 + 5_000, '3 days'],
  [1_023 * 86_400_000, '1,023 days'],
])('%i ms are %s in words', (ms, words) => {
  expect(durationInWords(ms)).toBe(words);
});
