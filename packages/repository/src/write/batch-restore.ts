import { fold, type Outcome, redactedEarlier, restore } from '@baton/domain';
import {
  type Conversation,
  type ConversationId,
  type Entry,
  type EntryKind,
  type RestoreConversation,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { entryOf } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import type { BatchState, CommitOptions, RestoreRequest } from './batch.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/** The kinds of entries that projections follow from. */
const PROJECTED_KINDS: readonly EntryKind[] = ['handoff', 'objection', 'follow_up', 'qualification'];

type Place = { tenantId: TenantId; conversationId: ConversationId };

/**
 * Takes a piece of a timeline into the batch. The pieces before the last one are entries without a conversation; the
 * last one adds it, and the projections of them all.
 * @throws Refusal
 */
export async function restoreInBatch(
  batch: BatchState,
  { tenantId, conversationId, command: { input } }: RestoreRequest,
  options: CommitOptions,
  session: ClientSession,
): Promise<{ outcome: Outcome; unfinished: boolean }> {
  const place = { tenantId, conversationId };
  const conversation = batch.current.get(conversationId) ?? null;
  const pieces = conversation === null ? await foldOfPieces(batch, place, options, session) : null;
  const lastSeq = (conversation ?? pieces)?.lastSeq ?? 0;
  const stored = await storedEntries(batch, place, input, lastSeq, options, session);
  const now = timestamp(options.collections.clock.now());
  const outcome = restore(conversation, input, { now, unfinished: pieces, stored });
  batch.entries.push(...outcome.entries);
  batch.earlierRedactions.push(...redactedEarlier(outcome.entries));
  if (conversation === null && input.more) {
    batch.unfinished.set(conversationId, outcome.conversation);
    return { outcome, unfinished: true };
  }
  batch.current.set(conversationId, outcome.conversation);
  if (pieces !== null) {
    batch.unfinished.delete(conversationId);
    batch.earlierEntries.push(
      ...(await projectedEntries(place, pieces.lastSeq, options.collections, session)),
    );
  }
  return { outcome, unfinished: false };
}

/** The fold of the pieces that are in the store, or come earlier in this batch; null where there are none. */
async function foldOfPieces(
  batch: BatchState,
  { tenantId, conversationId }: Place,
  { collections, cachedPieces }: CommitOptions,
  session: ClientSession,
): Promise<Conversation | null> {
  const inBatch = batch.unfinished.get(conversationId);
  if (inBatch !== undefined) return inBatch;
  let pieces = cachedPieces.get(`${tenantId}/${conversationId}`) ?? null;
  // Another process may have brought more of them.
  const seq = { $gt: pieces?.lastSeq ?? 0 };
  const newer = entriesOf(
    collections,
    { tenantId, conversationId: new ObjectId(conversationId), seq },
    session,
  );
  for await (const entry of newer) pieces = fold([entry], pieces);
  return pieces;
}

/** What stands at the places of the given entries, as far as the conversation has them. */
async function storedEntries(
  batch: BatchState,
  { tenantId, conversationId }: Place,
  { entries }: RestoreConversation,
  lastSeq: number,
  { collections }: CommitOptions,
  session: ClientSession,
): Promise<Entry[]> {
  const first = entries[0]?.seq ?? 1;
  const last = Math.min(lastSeq, first + entries.length - 1);
  if (first > last) return [];
  const isGiven = (entry: Entry) =>
    entry.conversationId === conversationId && entry.seq >= first && entry.seq <= last;
  const inBatch = batch.entries.filter(isGiven);
  const seq = { $gte: first, $lte: last };
  const filter = { tenantId, conversationId: new ObjectId(conversationId), seq };
  const stored: Entry[] = [];
  for await (const entry of entriesOf(collections, filter, session)) stored.push(entry);
  return [...stored, ...inBatch];
}

/** The entries of earlier pieces that projections follow from. */
async function projectedEntries(
  { tenantId, conversationId }: Place,
  lastSeq: number,
  collections: Collections,
  session: ClientSession,
): Promise<Entry[]> {
  const place = { tenantId, conversationId: new ObjectId(conversationId) };
  const $or = PROJECTED_KINDS.map((kind) => ({ ...place, kind, seq: { $lte: lastSeq } }));
  const entries: Entry[] = [];
  for await (const entry of entriesOf(collections, { $or }, session)) entries.push(entry);
  return entries;
}

async function* entriesOf(
  { timeline }: Collections,
  filter: TenantFilter,
  session: ClientSession,
): AsyncGenerator<Entry> {
  const documents = timeline.collection
    .find(filter, { session, maxTimeMS: TRANSACTION_TIMEOUT_MS })
    .sort({ seq: 1 })
    .hint('$or' in filter ? 'by_conversation_kind' : 'by_seq');
  for await (const document of documents) yield entryOf(timeline.decode(document));
}
