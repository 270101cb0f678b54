import { Channel, type TenantId } from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { ofContact } from './contact-conversations.ts';

type Options = {
  /** What the contact's document must be like. */
  only?: Document;
  /** What is written in the same transaction. */
  alongside?: (session: ClientSession) => Promise<void>;
};

/**
 * Whoever begins a conversation with the contact writes one of the documents that are written here, too, so that the two
 * cannot be committed beside each other.
 * @returns false where the contact has a conversation, or is not as it must be
 */
export async function deleteContact(
  { contacts, conversations, active_conversations: active, db }: Collections,
  tenantId: TenantId,
  contactId: string,
  { only = {}, alongside }: Options = {},
): Promise<boolean> {
  return inTransaction(db.client, async (session) => {
    const found = await conversations.collection.findOne(ofContact(tenantId, contactId), {
      projection: { _id: 1 },
      session,
      maxTimeMS: READ_TIMEOUT_MS,
    });
    if (found !== null) return false;
    for (const channel of Channel.options) {
      const { _id } = active.encodePart({ _id: { tenantId, contactId, channel } });
      const conversationId = new ObjectId();
      await active.collection.updateOne({ _id }, { $set: { conversationId } }, { session, upsert: true });
      await active.collection.deleteOne({ _id }, { session });
    }
    const filter = { ...byId({ tenantId, contactId }), ...only };
    const { deletedCount } = await contacts.collection.deleteOne(filter, { session });
    if (deletedCount > 0) await alongside?.(session);
    return alongside === undefined || deletedCount > 0;
  });
}
