import { TenantId } from '@baton/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type Listing, readPage } from './page.ts';

const Place = z.tuple([z.int()]);
const listing = (more: Partial<Listing> = {}): Listing => ({
  tenantId: TenantId.parse('acme'),
  procedure: 'numbers.list',
  input: { limit: 2, parity: 'even' },
  ...more,
});
const withCursor = (cursor: string, { input, ...rest }: Listing = listing()): Listing => ({
  ...rest,
  input: { ...input, cursor },
});
const invalid = expect.objectContaining({ code: 'INVALID_CURSOR' });

/** A list of even numbers below 10, after a place. */
const page = (from: Listing) =>
  readPage<number, [number]>(from, {
    position: Place,
    positionOf: (number) => [number],
    read: async (after, limit) =>
      [0, 2, 4, 6, 8].filter((number) => number > (after?.[0] ?? -1)).slice(0, limit),
  });

describe('A page', () => {
  it('has a cursor while more is to come, and none at the end', async () => {
    const first = await page(listing());
    expect(first.items).toEqual([0, 2]);
    const second = await page(withCursor(first.nextCursor ?? ''));
    expect(second.items).toEqual([4, 6]);
    expect(await page(withCursor(second.nextCursor ?? ''))).toEqual({ items: [8], nextCursor: null });
  });

  it('that is exactly full and the last has no cursor', async () => {
    expect(await page(listing({ input: { limit: 5 } }))).toEqual({
      items: [0, 2, 4, 6, 8],
      nextCursor: null,
    });
  });

  it('may change its size on the way', async () => {
    const { nextCursor } = await page(listing());
    const next = withCursor(nextCursor ?? '', listing({ input: { limit: 10, parity: 'even' } }));
    expect((await page(next)).items).toEqual([4, 6, 8]);
  });
});

describe('A page of what cannot be read in part', () => {
  const hundred = Array.from({ length: 100 }, (_, number) => number);
  /** The numbers from 0 to 99, of which some cannot be read. */
  const partly = (isReadable: (number: number) => boolean, from: Listing) =>
    readPage<number, [number]>(from, {
      position: Place,
      positionOf: (number) => [number],
      read: async (after, limit) =>
        hundred
          .filter((number) => number > (after?.[0] ?? -1))
          .slice(0, limit)
          .map((number) => (isReadable(number) ? number : null)),
    });

  it.each<[string, (number: number) => boolean]>([
    ['every second', (number) => number % 2 === 0],
    ['one at a page’s end', (number) => number !== 1],
    ['one after a page’s end', (number) => number !== 2],
    ['many in a row', (number) => number < 3 || number > 80],
    ['the first', (number) => number > 60],
    ['the last', (number) => number < 40],
    ['all', () => false],
  ])('passes over %s and comes to the end, with nothing twice', async (_, isReadable) => {
    const found: number[] = [];
    for (let next = listing(); ;) {
      const { items, nextCursor } = await partly(isReadable, next);
      expect(items.length).toBeLessThanOrEqual(2);
      found.push(...items);
      if (nextCursor === null) break;
      next = withCursor(nextCursor);
    }
    expect(found).toEqual(hundred.filter(isReadable));
  });

  it('is refused where thousands in a row cannot be read', async () => {
    const nothing = readPage<number, [number]>(listing(), {
      position: Place,
      positionOf: (number) => [number],
      read: async (_after, limit) => Array.from({ length: limit }, () => null),
    });
    await expect(nothing).rejects.toMatchObject({ code: 'UNREADABLE' });
  });
});

describe('A cursor', () => {
  const cursor = encodeCursor(listing(), [4]);

  it('names a place in its own list', () => {
    expect(decodeCursor(withCursor(cursor), Place)).toEqual([4]);
    expect(decodeCursor(listing(), Place)).toBeNull();
  });

  it.each<[string, Partial<Listing>]>([
    ['another tenant', { tenantId: TenantId.parse('umbrella') }],
    ['another procedure', { procedure: 'letters.list' }],
    ['another filter', { input: { limit: 2, parity: 'odd' } }],
    ['no filter', { input: { limit: 2 } }],
  ])('of %s is refused', (_, other) => {
    expect(() => decodeCursor(withCursor(cursor, listing(other)), Place)).toThrow(invalid);
  });

  it('is refused where its place has another form, whoever made it', () => {
    const forged = encodeCursor(listing(), ['not a number']);
    expect(() => decodeCursor(withCursor(forged), Place)).toThrow(invalid);
  });

  it('is refused with any character changed, added or taken', () => {
    const characters = fc.constantFrom('a', 'X', 'Z', '0', '9', '-', '_', '=', '.');
    fc.assert(
      fc.property(
        fc.nat(cursor.length),
        fc.string({ unit: characters, maxLength: 2 }),
        fc.nat(2),
        (at, text, cut) => {
          const changed = cursor.slice(0, at) + text + cursor.slice(at + cut);
          fc.pre(changed !== cursor);
          expect(() => decodeCursor(withCursor(changed), Place)).toThrow(invalid);
        },
      ),
    );
  });

  it('is refused where it is no JSON, no tuple or nothing at all', () => {
    for (const text of ['{', '{}', '[]', 'null', '[[4]]', '[[4],5]', '']) {
      const forged = Buffer.from(text).toString('base64url');
      expect(() => decodeCursor(withCursor(forged), Place)).toThrow(invalid);
    }
  });
});
