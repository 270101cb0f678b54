import { expect, test } from 'vitest';
import { refusedPlace } from './waiting-places.ts';

/** How many places each gets where all want as many as they can have. */
function taken(limit: number, tenants: number): number[] {
  const own = Array.from({ length: tenants }, () => 0);
  for (let isFull = false; !isFull;) {
    isFull = true;
    for (const [tenant, count] of own.entries()) {
      const places = { limit, taken: own.reduce((sum, each) => sum + each, 0), own: count };
      if (refusedPlace(places) !== null) continue;
      own[tenant] = count + 1;
      isFull = false;
    }
  }
  return own;
}

test('a tenant alone has nine places of ten, and several have equal shares', () => {
  expect(taken(1_000, 1)).toEqual([900]);
  expect(taken(1_000, 2)).toEqual([474, 474]);
  const ten = taken(1_000, 10);
  expect(Math.max(...ten) - Math.min(...ten)).toBeLessThanOrEqual(1);
});

test('whatever one tenant keeps waiting, another finds a place', () => {
  expect(refusedPlace({ limit: 10_000, taken: 9_000, own: 9_000 })).toBe('over_share');
  expect(refusedPlace({ limit: 10_000, taken: 9_000, own: 0 })).toBeNull();
});

test('where no place is left, nobody finds one', () => {
  expect(refusedPlace({ limit: 10, taken: 10, own: 0 })).toBe('full');
});
