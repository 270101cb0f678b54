import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNestedDeeper } from './json-nesting.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('how deep a JSON text nests', () => {
  test('is told for every value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.nat({ max: 9 }), (json, limit) => {
        expect(isNestedDeeper(json, limit)).toBe(depthOf(JSON.parse(json)) > limit);
      }),
    );
  });

  test.each([
    ['brackets in a text', JSON.stringify({ text: '[[[[{{{{' }), 1],
    ['escaped quotes before brackets', JSON.stringify({ text: '"[["\\"[[' }), 1],
    ['a text that ends with backslashes', JSON.stringify([String.raw`a\\`, [1]]), 2],
    ['a text without an end', '["[[[[', 1],
    ['what is closed again', '[[],[],[],{}]', 2],
  ])('goes not by %s', (_, json, depth) => {
    expect(isNestedDeeper(json, depth)).toBe(false);
    expect(isNestedDeeper(json, depth - 1)).toBe(true);
  });

  test.each([
    ['levels', '['.repeat(8_000_000)],
    ['backslashes', `["${'\\'.repeat(8_000_000)}`],
    ['escaped quotes', `["${String.raw`\"`.repeat(4_000_000)}`],
    ['strings', `[${'"a",'.repeat(2_000_000)}`],
  ])('is told of many %s in linear time', (_, json) => {
    const from = performance.now();
    isNestedDeeper(json, 64);
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
