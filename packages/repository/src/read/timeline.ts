import type { EntryKind, ReadTimeline, TenantId, TimelinePage } from '@baton/schema';
import { type Document, type Filter, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { entryOf } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { requireConversation } from './conversation.ts';

/**
 * The filter of some kinds of a conversation's entries, with the index that gives them in order. Without messages
 * that is the partial one, which mongod reads in order only if each kind is asked for by itself.
 */
function entriesOf(
  place: Filter<Document>,
  kinds: readonly EntryKind[] | undefined,
): { filter: Filter<Document>; index: string } {
  if (kinds === undefined) return { filter: place, index: 'by_seq' };
  if (kinds.includes('message')) return { filter: { ...place, kind: { $in: kinds } }, index: 'by_seq' };
  return { filter: { $or: kinds.map((kind) => ({ ...place, kind })) }, index: 'by_conversation_kind' };
}

/**
 * The entries between two places, oldest first; with `beforeSeq` alone, the newest before it.
 * @throws Refusal NOT_FOUND
 */
async function read(
  collections: Collections,
  tenantId: TenantId,
  input: ReadTimeline,
): Promise<TimelinePage> {
  const { conversationId, afterSeq, beforeSeq, kinds, limit } = input;
  const isBackward = beforeSeq !== undefined && afterSeq === undefined;
  const seq = { $gt: afterSeq ?? 0, ...(beforeSeq !== undefined && { $lt: beforeSeq }) };
  const place = { tenantId, conversationId: new ObjectId(conversationId), seq };
  const { filter, index } = entriesOf(place, kinds && [...new Set(kinds)]);
  const documents = await collections.timeline.collection
    .find(filter, { maxTimeMS: READ_TIMEOUT_MS })
    .sort({ seq: isBackward ? -1 : 1 })
    .hint(index)
    .limit(limit + 1)
    .toArray();
  if (documents.length === 0) await requireConversation(collections, tenantId, conversationId);
  const items = documents.slice(0, limit).map((document) => entryOf(collections.timeline.decode(document)));
  if (isBackward) items.reverse();
  return { items, more: documents.length > limit };
}

export const timelineQueries = { read };
