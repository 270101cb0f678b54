import { hash } from 'node:crypto';
import { Refusal } from '@baton/domain';
import { type Page, type TenantId, Timestamp } from '@baton/schema';
import canonicalize from 'canonicalize';
import type { Document, Filter, ObjectId } from 'mongodb';
import { z } from 'zod';
import type { FoundItems } from './page-bytes.ts';

/** Which list a cursor belongs to: another tenant's, procedure's or filter's cursor is refused. */
export type Listing = {
  tenantId: TenantId;
  procedure: string;
  /** The procedure's input; `limit` and `cursor` are no part of what is listed. */
  input: { limit: number; cursor?: string | undefined } & Record<string, unknown>;
};

const Cursor = z.tuple([z.unknown(), z.string()]);

function checksum({ tenantId, procedure, input }: Listing, position: unknown): string {
  const { limit: _limit, cursor: _cursor, ...filter } = input;
  const whole = canonicalize([tenantId, procedure, filter, position]) ?? '';
  return hash('sha256', whole, 'base64url').slice(0, 16);
}

/** The opaque cursor of a place in a list. */
export function encodeCursor(listing: Listing, position: unknown): string {
  return Buffer.from(JSON.stringify([position, checksum(listing, position)])).toString('base64url');
}

function unpack(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
}

/**
 * The place that the listing's cursor names; null on the first page.
 * @throws Refusal INVALID_CURSOR where it was changed, or belongs to another list
 */
export function decodeCursor<Position>(listing: Listing, position: z.ZodType<Position>): Position | null {
  const { cursor } = listing.input;
  if (cursor === undefined) return null;
  const { data } = Cursor.safeParse(unpack(cursor));
  const parsed = position.safeParse(data?.[0]);
  if (data === undefined || !parsed.success || encodeCursor(listing, data[0]) !== cursor) {
    throw new Refusal('INVALID_CURSOR', 'This cursor was changed, or belongs to another list');
  }
  return parsed.data;
}

/** Most items in a row that a page passes over because they cannot be read. */
const MAX_PASSED_OVER = 5_000;

/**
 * One page of a keyset list: reads one item more than it gives, to know whether there is a next page. What cannot be
 * read is passed over, so that a page may have fewer items than asked for and yet a next one.
 * @param read the items after a place (null: from the start), in the list's order, at most `limit`; null for each that
 *   cannot be read, and fewer where they would be too many bytes
 * @throws Refusal INVALID_CURSOR; UNREADABLE where thousands in a row cannot be read
 */
export async function readPage<Item, Position>(
  listing: Listing,
  list: {
    position: z.ZodType<Position>;
    positionOf(item: Item): Position;
    read(after: Position | null, limit: number): Promise<(Item | null)[] | FoundItems<Item>>;
  },
): Promise<Page<Item>> {
  const { limit } = listing.input;
  const after = decodeCursor(listing, list.position);
  for (let reach = limit + 1; reach <= MAX_PASSED_OVER; reach *= 2) {
    const read = await list.read(after, reach);
    const { items: found, isCut } = Array.isArray(read) ? { items: read, isCut: false } : read;
    const readable = found.filter((item) => item !== null);
    if (!isCut && found.length < reach && readable.length <= limit)
      return { items: readable, nextCursor: null };
    const items = readable.slice(0, limit);
    const last = items.at(-1);
    if (last !== undefined) return { items, nextCursor: encodeCursor(listing, list.positionOf(last)) };
  }
  throw new Refusal('UNREADABLE', 'Nothing that comes next in this list can be read');
}

/** A place in a list by an instant, told apart by id. */
export const InstantPosition = z.tuple([Timestamp, z.string().regex(/^[0-9a-f]{24}$/)]);
export type InstantPosition = z.infer<typeof InstantPosition>;

/** A place in a conversation's timeline. */
export const SeqPosition = z.tuple([z.int()]);

/**
 * What comes after a place: the first condition bounds the index scan, the second tells equal values apart.
 * @param direction 1 for ascending, -1 for descending, of the field and the id alike
 */
export function afterPosition(
  field: string,
  direction: 1 | -1,
  position: { value: unknown; id: ObjectId } | null,
): Filter<Document> {
  if (position === null) return {};
  const [beyond, from] = direction === 1 ? ['$gt', '$gte'] : ['$lt', '$lte'];
  return {
    [field]: { [from]: position.value },
    $or: [{ [field]: { [beyond]: position.value } }, { _id: { [beyond]: position.id } }],
  };
}
