import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findExcess } from './json-shape.ts';

const isNestedDeeper = (json: string, nesting: number) =>
  findExcess(json, { nesting, members: 1e9 }) !== null;

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function mostMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: unknown[] = Object.values(value);
  return Math.max(members.length, ...members.map(mostMembers));
}

describe('how many members an object or a list of a JSON text has', () => {
  const findIn = (json: string, members: number) => findExcess(json, { nesting: 64, members });

  test('is told for every value', () => {
    fc.assert(
      // A name that stands twice is one member to JSON.parse.
      fc.property(fc.json({ maxDepth: 4 }), fc.integer({ min: 2, max: 9 }), (json, limit) => {
        const most = mostMembers(JSON.parse(json));
        fc.pre(json.split(',').length < 30 * limit);
        expect(findIn(json, limit)).toBe(most > limit ? `${limit} members in an object or a list` : null);
      }),
    );
  });

  test.each([
    ['a list', JSON.stringify([1, 2, 3, 4])],
    ['an object', JSON.stringify({ a: ',', b: [], c: {}, d: ',,,,,' })],
    ['one within others', JSON.stringify([{ a: [[1, 2], [1, 2, 3, 4], []] }])],
    ['one that goes on after another', JSON.stringify([1, [1, 2, 3], 3, 4])],
  ])('is told of %s', (_, json) => {
    expect(findIn(json, 4)).toBeNull();
    expect(findIn(json, 3)).toBe('3 members in an object or a list');
  });

  test('is also bounded for all of them together', () => {
    const lists = (count: number) => JSON.stringify(Array.from({ length: count }, () => Array(30).fill(1)));
    expect(findIn(lists(30), 30)).toBeNull();
    const many = JSON.stringify(
      Array.from({ length: 30 }, () => Array.from({ length: 3 }, () => Array(30).fill(1))),
    );
    expect(findIn(many, 30)).toBe('900 members in all its objects and lists');
  });
});

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
    findExcess(json, { nesting: 64, members: 1e9 });
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
