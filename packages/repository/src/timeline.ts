import type { ReadTimeline, TenantId, TimelinePage } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { requireConversation } from './conversation.ts';
import { READ_MS } from './read-limits.ts';
import { entryOf, type Tables } from './tables.ts';

/**
 * The entries between two places, oldest first; with `beforeSeq` alone, the newest before it.
 * @throws Refusal NOT_FOUND
 */
async function read(tables: Tables, tenantId: TenantId, input: ReadTimeline): Promise<TimelinePage> {
  const { conversationId, afterSeq, beforeSeq, kinds, limit } = input;
  const isBackward = beforeSeq !== undefined && afterSeq === undefined;
  const index = kinds === undefined || kinds.includes('message') ? 'by_seq' : 'by_conversation_kind';
  const documents = await tables.timeline.collection
    .find(
      {
        tenantId,
        conversationId: new ObjectId(conversationId),
        ...(kinds && { kind: { $in: kinds } }),
        seq: { $gt: afterSeq ?? 0, ...(beforeSeq !== undefined && { $lt: beforeSeq }) },
      },
      { maxTimeMS: READ_MS },
    )
    .sort({ seq: isBackward ? -1 : 1 })
    .hint(index)
    .limit(limit + 1)
    .toArray();
  if (documents.length === 0) await requireConversation(tables, tenantId, conversationId);
  const items = documents.slice(0, limit).map((document) => entryOf(tables.timeline.decode(document)));
  if (isBackward) items.reverse();
  return { items, more: documents.length > limit };
}

export const timelineQueries = { read };
