import { evolve, Refusal } from '@baton/domain';
import type { Conversation, ConversationAt, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readEntry } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { StaleRead } from './commit-error.ts';
import type { ConversationHistory } from './history.ts';
import { requireConversation } from '../read/conversation.ts';

/** Most entries of one command that are read. */
const MAX_OF_A_COMMAND = 1_000;

/**
 * The conversation as it stood after an entry: the fold of its timeline so far, from the snapshot before it. What was
 * redacted or erased since is not in it.
 * @throws Refusal NOT_FOUND where there is no such conversation or entry; UNREADABLE
 */
export async function conversationAt(
  { collections, history }: { collections: Collections; history: ConversationHistory },
  tenantId: TenantId,
  { conversationId, seq }: ConversationAt,
): Promise<Conversation> {
  const place = { tenantId, conversationId: new ObjectId(conversationId) };
  const { timeline } = collections;
  const target = await timeline.collection.findOne(
    { ...place, seq },
    { projection: { version: 1 }, hint: 'by_seq', maxTimeMS: READ_TIMEOUT_MS },
  );
  if (target === null) {
    await requireConversation(collections, tenantId, conversationId);
    throw new Refusal('NOT_FOUND', `The conversation has no entry ${seq} yet`, { conversationId, seq });
  }
  const version: number = target['version'];
  const before = version === 1 ? null : await stateAfter(history, tenantId, conversationId, version - 1);
  const documents = await timeline.collection
    .find(
      { ...place, seq: { $gt: before?.lastSeq ?? 0, $lte: seq } },
      { hint: 'by_seq', limit: MAX_OF_A_COMMAND, maxTimeMS: READ_TIMEOUT_MS },
    )
    .sort({ seq: 1 })
    .toArray();
  let conversation = before;
  for (const document of documents) {
    const entry = readEntry(collections, document);
    if (entry === null || entry.kind === 'unknown') throw unreadable(conversationId, seq);
    conversation = evolve(conversation, entry);
  }
  if (conversation?.lastSeq !== seq) throw unreadable(conversationId, seq);
  return conversation;
}

async function stateAfter(
  history: ConversationHistory,
  tenantId: TenantId,
  conversationId: ConversationAt['conversationId'],
  version: number,
): Promise<Conversation> {
  try {
    return (await history.outcomeAt({ tenantId, conversationId, version })).conversation;
  } catch (error) {
    if (error instanceof StaleRead) throw unreadable(conversationId);
    throw error;
  }
}

const unreadable = (conversationId: string, seq?: number) =>
  new Refusal('UNREADABLE', 'What the conversation was then cannot be read', {
    conversationId,
    ...(seq !== undefined && { seq }),
  });
