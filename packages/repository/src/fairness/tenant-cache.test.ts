import { TenantId } from '@baton/schema';
import { beforeEach, describe, expect, test } from 'vitest';
import { TenantCache } from './tenant-cache.ts';

const acme = TenantId.parse('acme');
const shop = TenantId.parse('shop');

let now = 0;
const cacheOf = <Value>(limit: number) => new TenantCache<Value>(limit, () => now);

beforeEach(() => {
  now = 0;
});

describe('a cache that tenants share', () => {
  test('what one tenant adds never pushes out the few values of another', () => {
    const cache = cacheOf<number>(10);
    cache.set(shop, 'shop/1', 1);
    cache.set(shop, 'shop/2', 2);
    for (let value = 0; value < 1_000; value += 1) cache.set(acme, `acme/${value}`, value);
    expect([cache.get('shop/1'), cache.get('shop/2')]).toEqual([1, 2]);
    expect(cache.get('acme/999')).toBe(999);
    expect(cache.get('acme/991')).toBeUndefined();
  });

  test('where there are as many tenants as places, one more is kept in place of the one that was used least recently', () => {
    const cache = cacheOf<number>(10);
    for (let index = 0; index <= 10; index += 1) {
      cache.set(TenantId.parse(`tenant-${index}`), `key/${index}`, index);
      expect(cache.get('key/0')).toBe(0);
    }
    expect([cache.get('key/1'), cache.get('key/10'), cache.size]).toEqual([undefined, 10, 10]);
  });

  test('where nobody has more, what was used least recently over all goes', () => {
    const cache = cacheOf<number>(10);
    const tenants = [0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5];
    for (const [index, tenant] of tenants.entries())
      cache.set(TenantId.parse(`tenant-${tenant}`), `key/${index}`, index);
    expect([...tenants.keys()].filter((index) => cache.peek(`key/${index}`) === undefined)).toEqual([0]);
  });

  test('who has only a value makes no room for a newcomer while another has many', () => {
    const cache = cacheOf<number>(10);
    cache.set(shop, 'shop', 1);
    for (let value = 0; value < 9; value += 1) cache.set(acme, `acme/${value}`, value);
    cache.set(TenantId.parse('new'), 'new', 1);
    expect([cache.get('shop'), cache.get('new'), cache.get('acme/0')]).toEqual([1, 1, undefined]);
  });

  test('what nobody has used for a minute makes room, whoever has it', () => {
    const cache = cacheOf<number>(10);
    for (let index = 0; index < 10; index += 1)
      cache.set(TenantId.parse(`tenant-${index}`), `key/${index}`, index);
    now += 60_000;
    cache.get('key/0');
    now += 1;
    for (let value = 0; value < 12; value += 1) cache.set(acme, `acme/${value}`, value);
    expect(cache.get('key/0')).toBe(0);
    expect(Array.from({ length: 9 }, (_, index) => cache.get(`acme/${index + 3}`))).not.toContain(undefined);
  });

  test('a tenant that comes to a full cache gets a share of it', () => {
    const cache = cacheOf<number>(10);
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
    const cache = cacheOf<string>(2);
    cache.set(acme, 'one', 'first');
    cache.set(acme, 'two', 'second');
    expect(cache.get('one')).toBe('first');
    cache.set(acme, 'three', 'third');
    expect(cache.get('two')).toBeUndefined();
    expect(cache.get('one')).toBe('first');
  });

  test('looking at a value does not count as a use, and all are listed', () => {
    const cache = cacheOf<string>(2);
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
    const cache = cacheOf<number>(2);
    cache.set(acme, 'one', 1);
    cache.set(acme, 'one', 2);
    expect(cache.get('one')).toBe(2);
    cache.delete('one');
    cache.delete('one');
    expect(cache.get('one')).toBeUndefined();
  });
});
