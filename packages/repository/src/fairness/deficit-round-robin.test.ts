import { TenantId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { DeficitRoundRobin } from './deficit-round-robin.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => TenantId.parse(name)) as [TenantId, TenantId, TenantId];
const everyone = () => true;

function serve(turns: DeficitRoundRobin, costs: ReadonlyMap<TenantId, number>, rounds: number): string {
  let served = '';
  for (let round = 0; round < rounds; round += 1) {
    const next = turns.next(everyone);
    if (next === undefined) return served;
    served += next;
    turns.endTurn(next, costs.get(next) ?? 0);
  }
  return served;
}

describe('deficit round robin', () => {
  test('tenants whose pieces cost the same take turns', () => {
    const turns = new DeficitRoundRobin(10);
    for (const tenant of [a, b, c]) turns.join(tenant);
    const costs = new Map([a, b, c].map((tenant) => [tenant, 10]));
    expect(serve(turns, costs, 9)).toBe('abcabcabc');
  });

  test('a tenant whose pieces cost ten times as much is served a tenth as often', () => {
    const turns = new DeficitRoundRobin(10);
    turns.join(a);
    turns.join(b);
    const served = serve(
      turns,
      new Map([
        [a, 100],
        [b, 10],
      ]),
      1_100,
    );
    expect(served.replaceAll('b', '')).toHaveLength(100);
  });

  test('a tenant that cannot be served loses neither its place nor its credit', () => {
    const turns = new DeficitRoundRobin(10);
    turns.join(a);
    turns.join(b);
    turns.endTurn(b, 10);
    expect(turns.next((tenant) => tenant === b)).toBe(b);
    turns.endTurn(b, 10);
    expect(turns.next(everyone)).toBe(a);
    expect(turns.next(() => false)).toBeUndefined();
  });

  test('who waits for long does not save up turns', () => {
    const turns = new DeficitRoundRobin(10);
    turns.join(a);
    turns.join(b);
    const onlyA = (tenant: TenantId) => tenant === a;
    for (let turn = 0; turn < 50; turn += 1) {
      expect(turns.next(onlyA)).toBe(a);
      turns.endTurn(a, 10);
    }
    const costs = new Map([a, b].map((tenant) => [tenant, 10]));
    expect(serve(turns, costs, 10).replaceAll('a', '').length).toBeLessThanOrEqual(6);
  });

  test('a tenant that has left is not served, and one that comes back waits behind the others', () => {
    const turns = new DeficitRoundRobin(10);
    turns.join(a);
    turns.join(b);
    turns.leave(a);
    turns.endTurn(a, 10);
    expect(turns.next(everyone)).toBe(b);
    turns.join(a);
    turns.join(a);
    expect(turns.next(everyone)).toBe(b);
    turns.endTurn(b, 1);
    expect(turns.next(everyone)).toBe(a);
  });
});
