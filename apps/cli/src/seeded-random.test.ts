import { expect, test } from 'vitest';
import { chanceOf } from './seeded-random.ts';

function drawn(seed: number): number[] {
  const chance = chanceOf(seed);
  return Array.from({ length: 20 }, () => chance.between(1, 1_000));
}

test('the same seed draws the same, another seed something else', () => {
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
});

test('what is picked is one of the values, and a share is kept roughly', () => {
  const chance = chanceOf(1);
  for (let index = 0; index < 50; index += 1) expect(['a', 'b']).toContain(chance.pick(['a', 'b']));
  const times = Array.from({ length: 1_000 }, () => chance.happens(0.25)).filter(Boolean).length;
  expect(times).toBeGreaterThan(200);
  expect(times).toBeLessThan(300);
  expect(chance.happens(0)).toBe(false);
  expect(chance.happens(1)).toBe(true);
});
