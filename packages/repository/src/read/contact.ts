import type { ContactDetails, ContactId, TenantId, Timestamp } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

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

export const contactQueries = { find };
