import { TenantId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { BodyBudget } from './body-budget.ts';

const ACME = TenantId.parse('acme');
const GLOBEX = TenantId.parse('globex');
const INITECH = TenantId.parse('initech');
const MB = 1_000_000;
const SMALL = 64 * 1024;

/** Whether a body that comes at once has room. */
const take = (budget: BodyBudget, tenantId: TenantId, bytes: number) =>
  budget.enter(tenantId, bytes)?.growTo(bytes) === true;
const takeMany = (budget: BodyBudget, tenantId: TenantId, many: number, bytes: number) =>
  Array.from({ length: many }, () => take(budget, tenantId, bytes)).filter((hasRoom) => hasRoom).length;

describe('the room for bodies', () => {
  test('is half of the total for one tenant, and the rest for others', () => {
    const budget = new BodyBudget(10 * MB);
    expect(take(budget, ACME, 5 * MB)).toBe(true);
    expect(take(budget, ACME, MB)).toBe(false);
    expect(take(budget, GLOBEX, 4 * MB)).toBe(true);
    expect(take(budget, GLOBEX, 2 * MB)).toBe(false);
    expect(budget.used).toBe(9 * MB);
  });

  test('has a part that large bodies never take from small ones', () => {
    const budget = new BodyBudget(10 * MB);
    take(budget, ACME, 5 * MB);
    take(budget, GLOBEX, 5 * MB);
    expect([ACME, GLOBEX].map((tenantId) => takeMany(budget, tenantId, 20, 50_000))).toEqual([12, 12]);
  });

  test('is half of the total for small ones of a tenant too, and an eighth of that', () => {
    const budget = new BodyBudget(10 * MB);
    const room = Math.floor((5 * MB * 9) / 8 / SMALL);
    expect(takeMany(budget, ACME, 4_700, SMALL)).toBe(room);
    expect(takeMany(budget, GLOBEX, 4_700, SMALL)).toBe(room);
  });

  test('has a part for tenants that hold little, whatever two others hold', () => {
    const budget = new BodyBudget(10 * MB);
    for (const tenantId of [ACME, GLOBEX]) {
      take(budget, tenantId, 5 * MB);
      takeMany(budget, tenantId, 4_700, SMALL);
    }
    expect(take(budget, INITECH, MB)).toBe(true);
    expect(take(budget, INITECH, SMALL)).toBe(false);
    expect(takeMany(budget, ACME, 100, 1_000)).toBeLessThan(100);
  });

  test('is taken from others by what has come, not by what is declared', () => {
    const budget = new BodyBudget(10 * MB);
    const declared = Array.from({ length: 10_000 }, (_, index) => {
      const place = budget.enter(index % 2 === 0 ? ACME : GLOBEX, SMALL);
      return place?.growTo(1) === true;
    }).filter((isIn) => isIn).length;
    expect(budget.used).toBe(declared);
    expect(take(budget, INITECH, 5 * MB)).toBe(true);
    expect(budget.enter(ACME, SMALL)).toBeNull();
  });

  test('is refused midway to a body for which there is none any more, and it keeps what it had', () => {
    const budget = new BodyBudget(10 * MB);
    const waiting = [ACME, GLOBEX, INITECH].map((tenantId) => budget.enter(tenantId, 5 * MB));
    expect(waiting.map((place) => place?.growTo(5 * MB))).toEqual([true, true, false]);
    expect(budget.used).toBe(10 * MB);
    waiting[0]?.leave();
    expect(waiting[2]?.growTo(5 * MB)).toBe(true);
  });

  test('has places for 2,000 bodies of a tenant that are on their way', () => {
    const budget = new BodyBudget(1_000 * MB);
    const places = Array.from({ length: 2_000 }, () => budget.enter(ACME, 10));
    expect(budget.enter(ACME, 10)).toBeNull();
    expect(take(budget, GLOBEX, 10)).toBe(true);
    places[0]?.arrived();
    places[0]?.leave();
    expect(budget.enter(ACME, 10)).not.toBeNull();
    expect(budget.enter(ACME, 10)).toBeNull();
    for (const place of places) place?.leave();
    expect(budget.enter(ACME, 10)).not.toBeNull();
  });

  test('is taken as a body grows, and free again when it leaves', () => {
    const budget = new BodyBudget(10 * MB);
    const place = budget.enter(ACME, 0);
    expect([1, 3, 5].map((size) => place?.growTo(size * MB))).toEqual([true, true, true]);
    expect(place?.growTo(6 * MB)).toBe(false);
    expect(budget.used).toBe(5 * MB);
    place?.leave();
    place?.leave();
    expect(budget.used).toBe(0);
    expect(take(budget, ACME, 5 * MB)).toBe(true);
  });
});
