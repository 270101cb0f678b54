import { Channel, type TenantId } from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { tenantRange } from '../read/tenant-range.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { ofContact } from './contact-conversations.ts';

const termsOf = (tenantId: TenantId, contactIds: readonly string[]) => ({
  ...tenantRange(tenantId, 'term'),
  '_id.contactId': { $in: contactIds },
});

/** Takes from a person's contacts what they say, what finds them, and what became of them. */
export async function blankContacts(
  { contacts, contact_terms: terms, contact_changes: changes }: Collections,
  tenantId: TenantId,
  contactIds: readonly string[],
): Promise<void> {
  const options = { maxTimeMS: WRITE_TIMEOUT_MS };
  await contacts.collection.updateMany(
    byIds(contactIds.map((contactId) => ({ tenantId, contactId }))),
    { $set: { details: {} }, $unset: { attributes: '' } },
    options,
  );
  await terms.collection.deleteMany(termsOf(tenantId, contactIds), options);
  await changes.collection.deleteMany({ tenantId, contactId: { $in: contactIds } }, options);
}

type Options = {
  /** What a contact's document must be like. */
  only?: Document;
  /** What is written in the same transaction. */
  alongside?: (session: ClientSession) => Promise<void>;
};

/**
 * Deletes the contacts of a person who has no conversation any more. Whoever begins a conversation with one writes one of the
 * documents that are written here, too, so that the two cannot be committed beside each other.
 * @param contactIds the first is the one into whom the others were merged
 * @returns false where there is a conversation again, or the contact is not as it must be
 */
export async function deleteContacts(
  collections: Collections,
  tenantId: TenantId,
  contactIds: readonly string[],
  { only = {}, alongside }: Options = {},
): Promise<boolean> {
  const { contacts, conversations, db } = collections;
  const { contact_terms: terms, contact_changes: changes } = collections;
  return inTransaction(db.client, async (session) => {
    const found = await conversations.collection.findOne(ofContact(tenantId, contactIds), {
      projection: { _id: 1 },
      session,
      maxTimeMS: READ_TIMEOUT_MS,
    });
    if (found !== null) return false;
    const filter = { ...byIds(contactIds.map((contactId) => ({ tenantId, contactId }))), ...only };
    const { deletedCount } = await contacts.collection.deleteMany(filter, { session });
    if (alongside !== undefined && deletedCount === 0) return false;
    for (const contactId of contactIds) await keepOthersAway(collections, tenantId, contactId, session);
    await terms.collection.deleteMany(termsOf(tenantId, contactIds), { session });
    await changes.collection.deleteMany({ tenantId, contactId: { $in: contactIds } }, { session });
    await alongside?.(session);
    return true;
  });
}

/** Writes what is written for each conversation that begins. */
async function keepOthersAway(
  { contacts, active_conversations: active }: Collections,
  tenantId: TenantId,
  contactId: string,
  session: ClientSession,
): Promise<void> {
  const at = new Date();
  await contacts.collection.updateOne(
    byId({ tenantId, contactId }),
    { $setOnInsert: { details: {}, createdAt: at, updatedAt: at } },
    { session, upsert: true },
  );
  await contacts.collection.deleteOne(byId({ tenantId, contactId }), { session });
  for (const channel of Channel.options) {
    const { _id } = active.encodePart({ _id: { tenantId, contactId, channel } });
    const conversationId = new ObjectId();
    await active.collection.updateOne({ _id }, { $set: { conversationId } }, { session, upsert: true });
    await active.collection.deleteOne({ _id }, { session });
  }
}
