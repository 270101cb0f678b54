import type {
  ContactDetails,
  ContactId,
  ContactSummary,
  Conversation,
  ConversationView,
  TenantId,
  Timestamp,
} from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';

/** A person as the tenant knows them. */
export type Contact = {
  contactId: ContactId;
  details: ContactDetails;
  createdAt: Timestamp;
  updatedAt: Timestamp;
};

async function find(
  collections: Collections,
  tenantId: TenantId,
  { contactId }: { contactId: ContactId },
): Promise<Contact | null> {
  const document = await collections.contacts.collection.findOne(byId({ tenantId, contactId }), {
    maxTimeMS: READ_TIMEOUT_MS,
  });
  if (document === null) return null;
  const { _id, ...rest } = collections.contacts.decode(document);
  return { contactId: _id.contactId, ...rest };
}

/** The conversations, each with its contact beside it: one read for all of them. */
export async function withContacts(
  collections: Collections,
  tenantId: TenantId,
  conversations: readonly Conversation[],
): Promise<ConversationView[]> {
  if (conversations.length === 0) return [];
  const ids = [...new Set(conversations.map(({ contactId }) => contactId))];
  const documents = await collections.contacts.collection
    .find(byIds(ids.map((contactId) => ({ tenantId, contactId }))), {
      projection: { 'details.name': 1 },
      maxTimeMS: READ_TIMEOUT_MS,
    })
    .toArray();
  const summaries = new Map<string, ContactSummary>();
  for (const document of documents) {
    const { _id, details } = collections.contacts.decode(document);
    summaries.set(_id.contactId, { id: _id.contactId, name: details.name ?? null });
  }
  return conversations.map((conversation) => ({
    ...conversation,
    contact: summaries.get(conversation.contactId) ?? null,
  }));
}

export const contactQueries = { find };
