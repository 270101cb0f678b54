// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { filterCount, parseSearchAddress } from './search-params.ts';

describe('the address of a search', () => {
  it('keeps the words and the filters that conversations have', () => {
    const address = { q: 'price', stage: 'closing', status: 'active', agent: 'closer' };
    expect(parseSearchAddress(address)).toEqual(address);
    expect(filterCount(parseSearchAddress(address))).toBe(3);
  });

  it('keeps the filters that messages have, and drops the others', () => {
    expect(parseSearchAddress({ q: 'price', in: 'messages', stage: 'closing', author: 'customer' })).toEqual({
      q: 'price',
      in: 'messages',
      author: 'customer',
    });
    expect(parseSearchAddress({ q: 'price', author: 'customer', of: 'a'.repeat(24) })).toEqual({
      q: 'price',
    });
  });

  it('takes a number for the word that somebody typed', () => {
    expect(parseSearchAddress({ q: 500 })).toEqual({ q: '500' });
  });

  it('leaves out what it cannot read', () => {
    expect(
      parseSearchAddress({ q: 'x'.repeat(501), stage: 'limbo', agent: 'No Slug', in: 'dreams' }),
    ).toEqual({});
    expect(parseSearchAddress({})).toEqual({});
  });
});
