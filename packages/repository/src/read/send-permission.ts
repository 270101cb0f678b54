import { isClosed, sendReasons } from '@baton/domain';
import {
  type CanSend,
  type Conversation,
  type SendPermission,
  type SendReason,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { conversationOf } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { noSuchConversation } from './conversation.ts';
import { readSending } from './sending.ts';
import { readTenantPolicy } from './tenant.ts';

/**
 * Whether an agent could say something in public now, as `messages.append` would decide, and if not, every reason.
 * @throws Refusal NOT_FOUND
 */
async function canSend(
  collections: Collections,
  tenantId: TenantId,
  { conversationId, agentId: asked, template }: CanSend,
): Promise<SendPermission> {
  const { conversations, clock } = collections;
  await clock.ready();
  const [document, policy] = await Promise.all([
    conversations.collection.findOne(
      { _id: new ObjectId(conversationId), tenantId },
      { maxTimeMS: READ_TIMEOUT_MS },
    ),
    readTenantPolicy(collections, tenantId),
  ]);
  if (document === null) throw noSuchConversation();
  const conversation = conversationOf(conversations.decode(document));
  const { contactId, channel, owner } = conversation;
  const agentId = asked ?? owner.agentId;
  const at = timestamp(clock.now());
  const target = { tenantId, contactId, channel, conversation, agentIds: [agentId], at };
  const sending = policy === null ? undefined : await readSending(collections, policy, target);
  const reasons = [
    ...stateReasons(conversation, agentId),
    ...sendReasons(conversation, { at, agentId, template }, sending),
  ];
  return { allowed: reasons.length === 0, reasons };
}

function stateReasons(conversation: Conversation, agentId: string): SendReason[] {
  const { owner, status } = conversation;
  const reasons: SendReason[] = [];
  if (isClosed(conversation))
    reasons.push({ code: 'CONVERSATION_CLOSED', message: `The conversation is ${status}; reopen it first` });
  if (owner.agentId !== agentId)
    reasons.push({ code: 'NOT_OWNER', message: `${owner.agentId} owns the conversation` });
  return reasons;
}

export const sendPermissionQueries = { canSend };
