import {
  type ConversationId,
  type Entry,
  type ExportConversations,
  type Page,
  type TenantId,
  Timestamp,
  timestamp,
} from '@baton/schema';
import { type Document, type Filter, ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { dateOfInstant } from '../schema/instant.ts';
import { readEntry } from '../schema/mapping.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';
import { decodeCursor, encodeCursor, type Listing } from './page.ts';

/** A page ends behind the entry with which it passes this many characters of JSON. */
const PAGE_CHARACTERS = 2_000_000;
/** How many entries mongod hands over at once. */
const BATCH_SIZE = 200;

/** Up to which instant entries are exported, and the entry that the page before ended with. */
const ExportPosition = z.tuple([Timestamp, z.string().regex(/^[0-9a-f]{24}$/), z.int()]);

/**
 * Every entry of every conversation: a conversation after the other, by id. The first page fixes the instant up to which
 * entries are read, so that all conversations are as they were then, however long it takes.
 * @throws Refusal INVALID_CURSOR
 */
async function exportEntries(
  collections: Collections,
  tenantId: TenantId,
  input: ExportConversations,
): Promise<Page<Entry>> {
  const listing: Listing = { tenantId, procedure: 'conversations.export', input: { ...input } };
  const position = decodeCursor(listing, ExportPosition);
  const [until, conversationId, seq] = position ?? [timestamp(collections.clock.now()), null, 0];
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
  const filter: Filter<Document> = {
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

export const exportQueries = { export: exportEntries };
