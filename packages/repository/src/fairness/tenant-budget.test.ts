import { TenantId } from '@baton/schema';
import { beforeEach, describe, expect, test } from 'vitest';
import { TenantActivity } from './tenant-activity.ts';
import { TenantBudget } from './tenant-budget.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');

let now = 0;
let activity: TenantActivity;
let budget: TenantBudget;

beforeEach(() => {
  now = 0;
  activity = new TenantActivity(() => now);
  budget = new TenantBudget({ share: 0.25, burstMs: 10 }, activity, () => now);
});

describe('while another tenant is active', () => {
  beforeEach(() => activity.touch(shop));

  test('a tenant waits until its share has paid for what it used', () => {
    expect(budget.waitMs(acme)).toBe(0);
    budget.charge(acme, 30);
    expect(budget.waitMs(acme)).toBe(80);
    now += 60;
    expect(budget.waitMs(acme)).toBe(20);
    now += 21;
    expect(budget.waitMs(acme)).toBe(0);
  });

  test('what one used costs no other anything', () => {
    budget.charge(acme, 100);
    expect(budget.waitMs(shop)).toBe(0);
  });

  test('who uses less than the share never waits', () => {
    for (let call = 0; call < 100; call += 1) {
      budget.charge(acme, 2);
      now += 10;
      activity.touch(shop);
      expect(budget.waitMs(acme)).toBe(0);
    }
  });

  test('work that took very long is owed for a second at most', () => {
    budget.charge(acme, 60_000);
    expect(budget.waitMs(acme)).toBe(1_000);
  });
});

test('a tenant alone never waits', () => {
  activity.touch(acme);
  budget.charge(acme, 1_000);
  expect(budget.waitMs(acme)).toBe(0);
});
