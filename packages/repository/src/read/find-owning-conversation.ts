import { Refusal } from '@baton/domain';
import type { ConversationId, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readConversationId } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';

const names = { handoffs: 'handoff', objections: 'objection', follow_ups: 'follow-up' } as const;

/**
 * The conversation of a handoff, objection or follow-up, for commands that name only that.
 * @throws Refusal NOT_FOUND
 */
export async function findOwningConversation(
  collections: Collections,
  tenantId: TenantId,
  collection: keyof typeof names,
  itemId: string,
): Promise<ConversationId> {
  const found = await collections[collection].collection.findOne(
    { _id: new ObjectId(itemId), tenantId },
    { projection: { conversationId: 1 }, maxTimeMS: READ_TIMEOUT_MS },
  );
  if (found === null) throw new Refusal('NOT_FOUND', `No such ${names[collection]}`);
  const conversationId = readConversationId(found);
  if (conversationId === null) throw new Refusal('UNREADABLE', `This ${names[collection]} cannot be read`);
  return conversationId;
}
