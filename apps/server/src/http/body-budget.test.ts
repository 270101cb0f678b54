import { TenantId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { BodyBudget } from './body-budget.ts';

const ACME = TenantId.parse('acme');
const GLOBEX = TenantId.parse('globex');
const MB = 1_000_000;

describe('the room for bodies', () => {
  test('is half of the total for one tenant, and the rest for others', () => {
    const budget = new BodyBudget(10 * MB);
    expect(budget.enter(ACME).growTo(5 * MB)).toBe(true);
    expect(budget.enter(ACME).growTo(MB)).toBe(false);
    expect(budget.enter(GLOBEX).growTo(4 * MB)).toBe(true);
    expect(budget.enter(GLOBEX).growTo(2 * MB)).toBe(false);
    expect(budget.used).toBe(9 * MB);
  });

  test('has a part that large bodies never take from small ones', () => {
    const budget = new BodyBudget(10 * MB);
    budget.enter(ACME).growTo(5 * MB);
    budget.enter(GLOBEX).growTo(5 * MB);
    const small = [ACME, GLOBEX].flatMap((tenantId) =>
      Array.from({ length: 12 }, () => budget.enter(tenantId).growTo(50_000)),
    );
    expect(small).toEqual(small.map(() => true));
    expect(budget.enter(ACME).growTo(60_000)).toBe(false);
  });

  test('is taken as a body grows, and free again when it leaves', () => {
    const budget = new BodyBudget(10 * MB);
    const place = budget.enter(ACME);
    expect([1, 3, 5].map((size) => place.growTo(size * MB))).toEqual([true, true, true]);
    expect(place.growTo(6 * MB)).toBe(false);
    expect(budget.used).toBe(5 * MB);
    place.leave();
    place.leave();
    expect(budget.used).toBe(0);
    expect(budget.enter(ACME).growTo(5 * MB)).toBe(true);
  });
});
