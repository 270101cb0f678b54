import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PatternMatcher } from './pattern-matcher.ts';

/** What any of the patterns covers, looked for at every place. */
function covered(patterns: readonly string[], text: string): boolean[] {
  return Array.from(text, (_, unit) =>
    patterns.some((pattern) => {
      for (let start = Math.max(0, unit - pattern.length + 1); start <= unit; start += 1)
        if (text.startsWith(pattern, start)) return true;
      return false;
    }),
  );
}

test('what patterns cover is what looking for each at every place finds', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 6 }), text, (patterns, any) => {
      const spans = new PatternMatcher(patterns).coverage(any);
      const found = Array.from(any, (_, unit) => spans.some(({ start, end }) => start <= unit && unit < end));
      expect(found).toEqual(covered(patterns, any));
      for (const [index, { start, end }] of spans.entries()) {
        expect(start).toBeLessThan(end);
        expect(start).toBeGreaterThanOrEqual(spans[index - 1]?.end ?? 0);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('patterns that overlap are one span, neighbours are two', () => {
  expect(new PatternMatcher(['abc', 'cd']).coverage('abcd')).toEqual([{ start: 0, end: 4 }]);
  expect(new PatternMatcher(['ab']).coverage('abab')).toEqual([
    { start: 0, end: 2 },
    { start: 2, end: 4 },
  ]);
});

test('an empty pattern covers nothing', () => {
  expect(new PatternMatcher(['']).coverage('abc')).toEqual([]);
});
