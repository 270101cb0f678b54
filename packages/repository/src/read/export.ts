import { Refusal } from '@baton/domain';
import {
  type ConversationId,
  type Entry,
  type ExportConversations,
  type Page,
  type TenantId,
  Timestamp,
  timestamp,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { dateOfInstant } from '../schema/instant.ts';
import { readEntry } from '../schema/mapping.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';
import { decodeCursor, encodeCursor, type Listing } from './page.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/** A page ends behind the entry with which it passes this many characters of JSON. */
const PAGE_CHARACTERS = 2_000_000;
/** How many entries mongod hands over at once. */
const BATCH_SIZE = 200;

/** By how much the clocks of two servers differ at most. */
const CLOCKS_DIFFER_MS = 10_000;

/** Up to which instant entries are exported, and the entry that the page before ended with. */
const ExportPosition = z.tuple([Timestamp, z.string().regex(/^[0-9a-f]{24}$/), z.int()]);

/** Which export a page is of, and the entry after which it begins. */
type ExportPlace = { until: Timestamp; after: [conversationId: string | null, seq: number] };

const listingOf = (tenantId: TenantId, input: ExportConversations): Listing => ({
  tenantId,
  procedure: 'conversations.export',
  input: { ...input },
});

/**
 * Where a page begins. An export is known by its instant: all of its pages have the same.
 * @throws Refusal INVALID_CURSOR
 */
export function exportPlace(
  { clock }: Collections,
  tenantId: TenantId,
  input: ExportConversations,
): ExportPlace {
  const position = decodeCursor(listingOf(tenantId, input), ExportPosition);
  if (position === null) return { until: timestamp(clock.now()), after: [null, 0] };
  const [until, ...after] = position;
  if (Date.parse(until) > clock.now() + CLOCKS_DIFFER_MS)
    throw new Refusal('INVALID_CURSOR', 'This cursor is of an export that nobody has begun yet');
  return { until, after };
}

/**
 * Every entry of every conversation: a conversation after the other, by id. The first page fixes the instant up to which
 * entries are read, so that all conversations are as they were then, however long it takes.
 */
export async function exportEntries(
  collections: Collections,
  tenantId: TenantId,
  input: ExportConversations,
  { until, after: [conversationId, seq] }: ExportPlace,
): Promise<Page<Entry>> {
  const listing = listingOf(tenantId, input);
  const after = conversationId === null ? null : { conversationId, seq };
  const { found, last } = await readEntries(collections, tenantId, { until, after, limit: input.limit });
  const whole = await existing(collections, tenantId, new Set(found.map((entry) => entry.conversationId)));
  return {
    items: found.filter((entry) => whole.has(entry.conversationId)),
    nextCursor: last && encodeCursor(listing, [until, last.conversationId, last.seq]),
  };
}

type Place = { conversationId: string; seq: number };

/** @returns `last` the entry after which there may be more */
async function readEntries(
  collections: Collections,
  tenantId: TenantId,
  { until, after, limit }: { until: Timestamp; after: Place | null; limit: number },
): Promise<{ found: Entry[]; last: Entry | null }> {
  // One without an instant of its own is exported too: a timeline has no gap.
  const at = { $not: { $gt: dateOfInstant(until) } };
  const id = after && new ObjectId(after.conversationId);
  const filter: TenantFilter = {
    $or: [
      ...(after === null ? [] : [{ tenantId, conversationId: id, seq: { $gt: after.seq }, at }]),
      { tenantId, ...(id && { conversationId: { $gt: id } }), at },
    ],
  };
  await using cursor = collections.timeline.collection
    .find(filter, { maxTimeMS: READ_TIMEOUT_MS, batchSize: BATCH_SIZE })
    .sort({ conversationId: 1, seq: 1 })
    .hint('by_seq');
  const found: Entry[] = [];
  let characters = 0;
  for await (const document of cursor) {
    const entry = readEntry(collections, document);
    if (entry === null) continue;
    found.push(entry);
    characters += JSON.stringify(entry).length;
    if (found.length === limit || characters > PAGE_CHARACTERS) return { found, last: entry };
  }
  return { found, last: null };
}

/** The conversations that exist: one that is being restored in pieces does not yet. */
async function existing(
  { conversations }: Collections,
  tenantId: TenantId,
  ids: ReadonlySet<ConversationId>,
): Promise<ReadonlySet<string>> {
  const documents = await conversations.collection
    .find(
      { ...byIds([...ids].map((id) => new ObjectId(id))), tenantId },
      { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  return new Set(documents.map(({ _id }) => _id.toHexString()));
}
