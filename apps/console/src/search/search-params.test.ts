// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { filterCount, parseSearchParams } from './search-params.ts';

describe('the address of a search', () => {
  it('keeps the words and the filters that conversations have', () => {
    const params = { q: 'price', stage: 'closing', status: 'active', agent: 'closer' };
    expect(parseSearchParams(params)).toEqual(params);
    expect(filterCount(parseSearchParams(params))).toBe(3);
  });

  it('keeps the filters that messages have, and drops the others', () => {
    expect(parseSearchParams({ q: 'price', in: 'messages', stage: 'closing', author: 'customer' })).toEqual({
      q: 'price',
      in: 'messages',
      author: 'customer',
    });
    expect(parseSearchParams({ q: 'price', author: 'customer', of: 'a'.repeat(24) })).toEqual({
      q: 'price',
    });
  });

  it('takes a number for the word that somebody typed', () => {
    expect(parseSearchParams({ q: 500 })).toEqual({ q: '500' });
  });

  it('leaves out what it cannot read', () => {
    expect(parseSearchParams({ q: 'x'.repeat(501), stage: 'limbo', agent: 'No Slug', in: 'dreams' })).toEqual(
      {},
    );
    expect(parseSearchParams({})).toEqual({});
  });
});
