import { TenantId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { TenantCache } from './tenant-cache.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');

describe('a cache that tenants share', () => {
  test('what one tenant adds never pushes out the few values of another', () => {
    const cache = new TenantCache<number>(10);
    cache.set(shop, 'shop/1', 1);
    cache.set(shop, 'shop/2', 2);
    for (let value = 0; value < 1_000; value += 1) cache.set(acme, `acme/${value}`, value);
    expect([cache.get('shop/1'), cache.get('shop/2')]).toEqual([1, 2]);
    expect(cache.get('acme/999')).toBe(999);
    expect(cache.get('acme/991')).toBeUndefined();
  });

  test('a tenant that comes to a full cache gets a share of it', () => {
    const cache = new TenantCache<number>(10);
    for (let value = 0; value < 10; value += 1) cache.set(acme, `acme/${value}`, value);
    for (let value = 0; value < 10; value += 1) cache.set(shop, `shop/${value}`, value);
    const kept = (tenant: string) =>
      Array.from({ length: 10 }, (_, value) => cache.get(`${tenant}/${value}`)).filter(
        (value) => value !== undefined,
      );
    expect(kept('acme')).toEqual([5, 6, 7, 8, 9]);
    expect(kept('shop')).toEqual([5, 6, 7, 8, 9]);
  });

  test('what was used least recently goes first', () => {
    const cache = new TenantCache<string>(2);
    cache.set(acme, 'one', 'first');
    cache.set(acme, 'two', 'second');
    expect(cache.get('one')).toBe('first');
    cache.set(acme, 'three', 'third');
    expect(cache.get('two')).toBeUndefined();
    expect(cache.get('one')).toBe('first');
  });

  test('looking at a value does not count as a use, and all are listed', () => {
    const cache = new TenantCache<string>(2);
    cache.set(acme, 'one', 'first');
    cache.set(acme, 'two', 'second');
    expect(cache.peek('one')).toBe('first');
    cache.set(acme, 'three', 'third');
    expect(cache.peek('one')).toBeUndefined();
    expect([...cache]).toEqual([
      ['two', 'second'],
      ['three', 'third'],
    ]);
    expect(cache.size).toBe(2);
  });

  test('a value is replaced and taken out', () => {
    const cache = new TenantCache<number>(2);
    cache.set(acme, 'one', 1);
    cache.set(acme, 'one', 2);
    expect(cache.get('one')).toBe(2);
    cache.delete('one');
    cache.delete('one');
    expect(cache.get('one')).toBeUndefined();
  });
});
