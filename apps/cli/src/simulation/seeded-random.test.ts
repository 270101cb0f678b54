import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

function drawn(seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 20 }, () => random.integer(1, 1_000));
}

test('the same seed draws the same, another seed something else', () => {
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
});

test('what is picked is one of the values, and a share is kept roughly', () => {
  const random = seededRandom(1);
  for (let index = 0; index < 50; index += 1) expect(['a', 'b']).toContain(random.pick(['a', 'b']));
  const times = Array.from({ length: 1_000 }, () => random.boolean(0.25)).filter(Boolean).length;
  expect(times).toBeGreaterThan(200);
  expect(times).toBeLessThan(300);
  expect(random.boolean(0)).toBe(false);
  expect(random.boolean(1)).toBe(true);
});
