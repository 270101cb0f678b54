import { Refusal, truncateText } from '@baton/domain';
import {
  AgentId,
  type Command,
  type ConversationId,
  type NewMessage,
  type RefusedMessage,
  REFUSED_MESSAGES_LIMIT,
  REFUSED_TEXT_LENGTH,
  RefusedMessageCode,
  SendPolicyCode,
  SendReason,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import type { Collections } from '../schema/open-collections.ts';
import { erasedAmong } from './erased-among.ts';

/** What a refusal says of the owner, and of what the policy was against. */
const RefusedBy = z.object({
  owner: z.object({ agentId: AgentId }),
  reasons: z.array(SendReason).optional(),
});

type RefusedReply = Pick<RefusedMessage, 'code' | 'ownerId' | 'reason' | 'until'> & {
  conversationId: ConversationId;
  messages: readonly NewMessage[];
};

/** What a command would have said, where another agent owns the conversation or the send policy is against it; null otherwise. */
export function refusedReply(command: Command, error: unknown): RefusedReply | null {
  if (!(error instanceof Refusal)) return null;
  const { input } = command;
  const messages = wouldSay(command);
  if (messages.length === 0 || !('conversationId' in input)) return null;
  const code = RefusedMessageCode.safeParse(error.code);
  const by = RefusedBy.safeParse(error.details);
  if (!code.success || !by.success) return null;
  const [reason] = by.data.reasons ?? [];
  return {
    code: code.data,
    ownerId: by.data.owner.agentId,
    conversationId: input.conversationId,
    messages,
    ...(reason && { reason: reason.message }),
    ...(reason?.until !== undefined && { until: reason.until }),
  };
}

/** What a command would say in a conversation that exists. */
function wouldSay({ type, input }: Command): NewMessage[] {
  if (type === 'messages.append') return [input];
  if (type === 'messages.appendTurn') return input.messages;
  if (type !== 'conversations.continue' || input.initialMessage === undefined) return [];
  return [{ ...input.initialMessage, visibility: 'public' }];
}

/**
 * Keeps what an agent said in public and was refused, for people to see. The command stays
 * refused and its timeline as it is; a retry of the same message is kept once.
 */
export async function keepRefusal(
  collections: Collections,
  tenantId: TenantId,
  { code, ownerId, reason, until, conversationId, messages }: RefusedReply,
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
            ...(reason !== undefined && { reason }),
            ...(until !== undefined && { until }),
            text: truncateText(text, REFUSED_TEXT_LENGTH),
            ownerId,
            afterSeq: conversation['lastSeq'],
            at: timestamp(collections.clock.now()),
          },
        ],
  );
  const [first] = refused;
  if (first === undefined) return;
  const refusals = collections[SendPolicyCode.safeParse(code).success ? 'send_refusals' : 'refusals'];
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
