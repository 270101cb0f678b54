import { Refusal, truncateText } from '@baton/domain';
import {
  AgentId,
  type Command,
  type ConversationId,
  type NewMessage,
  type RefusedMessage,
  REFUSED_MESSAGES_LIMIT,
  REFUSED_TEXT_LENGTH,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import type { Collections } from '../schema/open-collections.ts';
import { erasedAmong } from './erased-among.ts';

/** What a refusal says of the owner. */
const RefusedBy = z.object({ owner: z.object({ agentId: AgentId }) });

type RefusedReply = Pick<RefusedMessage, 'code' | 'ownerId'> & {
  conversationId: ConversationId;
  messages: readonly NewMessage[];
};

/** What a command would have said, where it was refused because another agent owns the conversation; null otherwise. */
export function refusedReply({ type, input }: Command, error: unknown): RefusedReply | null {
  if (!(error instanceof Refusal) || (error.code !== 'NOT_OWNER' && error.code !== 'STALE_OWNER'))
    return null;
  if (type !== 'messages.append' && type !== 'messages.appendTurn') return null;
  const by = RefusedBy.safeParse(error.details);
  if (!by.success) return null;
  const messages = type === 'messages.append' ? [input] : input.messages;
  const { conversationId } = input;
  return { code: error.code, ownerId: by.data.owner.agentId, conversationId, messages };
}

/**
 * Keeps what an agent said in public while another one owned the conversation, for people to see. The command stays
 * refused and its timeline as it is; a retry of the same message is kept once.
 */
export async function keepRefusal(
  collections: Collections,
  tenantId: TenantId,
  { code, ownerId, conversationId, messages }: RefusedReply,
): Promise<void> {
  const id = new ObjectId(conversationId);
  const conversation = await collections.conversations.collection.findOne(
    { _id: id, tenantId },
    { projection: { lastSeq: 1, erasedAt: 1 }, maxTimeMS: READ_TIMEOUT_MS },
  );
  if (conversation === null || conversation['erasedAt'] !== undefined) return;
  const refused = messages.flatMap(({ author, visibility, clientMessageId, text }): RefusedMessage[] =>
    author.agentId === undefined || visibility !== 'public'
      ? []
      : [
          {
            clientMessageId,
            agentId: author.agentId,
            code,
            text: truncateText(text, REFUSED_TEXT_LENGTH),
            ownerId,
            afterSeq: conversation['lastSeq'],
            at: timestamp(collections.clock.now()),
          },
        ],
  );
  const [first] = refused;
  if (first === undefined) return;
  const { refusals } = collections;
  const { _id, ...stored } = refusals.encode({
    _id: { tenantId, conversationId },
    messages: refused,
  });
  const update: Document = {
    $push: { messages: { $each: stored['messages'], $slice: -REFUSED_MESSAGES_LIMIT } },
  };
  try {
    await refusals.collection.updateOne(
      { _id, 'messages.clientMessageId': { $ne: first.clientMessageId } },
      update,
      { upsert: true, maxTimeMS: READ_TIMEOUT_MS },
    );
  } catch (failure) {
    // The document is there and has this message.
    if (!isDuplicate(failure)) throw failure;
  }
  // An erasure may have come between the look and the write.
  const erased = await erasedAmong(collections, [tenantId], [id]);
  if (erased.length > 0) await refusals.collection.deleteOne({ _id }, { maxTimeMS: WRITE_TIMEOUT_MS });
}
