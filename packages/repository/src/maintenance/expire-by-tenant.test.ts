import { TenantId } from '@baton/schema';
import { expect, test } from 'vitest';
import { expireByTenant } from './expire-by-tenant.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');
const WINDOW = 500;

/** A look at what is due, the first tenant's before the second's. */
function dueOf(counts: readonly [TenantId, number][]) {
  const all = counts.flatMap(([tenantId, count]) => Array.from({ length: count }, () => ({ tenantId })));
  return async (passedOver: readonly string[]) =>
    all.filter(({ tenantId }) => !passedOver.includes(tenantId)).slice(0, WINDOW);
}

const aClock = () => {
  let now = 0;
  return { now: () => now, pass: (ms: number) => void (now += ms) };
};

test('a tenant with more than one look takes hides none of another', async () => {
  const expired = new Map<TenantId, number>();
  const result = await expireByTenant(
    dueOf([
      [acme, 10_000],
      [shop, 3],
    ]),
    WINDOW,
    async (tenantId, due) => {
      expired.set(tenantId, (expired.get(tenantId) ?? 0) + due.length);
      return { expired: due.length, faults: [] };
    },
  );
  expect([...expired]).toEqual([
    [acme, WINDOW],
    [shop, 3],
  ]);
  expect(result).toEqual({ expired: WINDOW + 3, faults: [] });
});

test('what takes long for one tenant keeps no other waiting, and is left to the next run', async () => {
  const clock = aClock();
  const order: TenantId[] = [];
  const { expired } = await expireByTenant(
    dueOf([
      [acme, 400],
      [shop, 3],
    ]),
    WINDOW,
    async (tenantId, due) => {
      order.push(tenantId);
      if (tenantId === acme) clock.pass(1_500);
      return { expired: due.length, faults: [] };
    },
    clock.now,
  );
  expect(order).toEqual([acme, shop, acme]);
  expect(expired).toBe(203);
});

test('faults of one tenant are told, and the others expire', async () => {
  const fault = new Error('disk full');
  const { expired, faults } = await expireByTenant(
    dueOf([
      [acme, 1],
      [shop, 2],
    ]),
    WINDOW,
    async (tenantId, due) =>
      tenantId === acme ? { expired: 0, faults: [fault] } : { expired: due.length, faults: [] },
  );
  expect({ expired, faults }).toEqual({ expired: 2, faults: [fault] });
});
