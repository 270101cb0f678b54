import { isDeepStrictEqual } from 'node:util';
import type { Contact, RestoreContacts, RestoredContacts, TenantId } from '@baton/schema';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { contactOf } from '../read/contact.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';

/** Brings contacts in as they were. One that is known here already stays as it is. */
async function restore(
  collections: Collections,
  tenantId: TenantId,
  { contacts }: RestoreContacts,
): Promise<RestoredContacts> {
  const writes = contacts.map((contact) => {
    const { _id, ...fields } = contactDocument(collections, tenantId, contact);
    return { updateOne: { filter: byId(_id), update: { $setOnInsert: fields }, upsert: true } };
  });
  const { upsertedIds } = await collections.contacts.collection.bulkWrite(writes, {
    maxTimeMS: WRITE_TIMEOUT_MS,
  });
  const isRestored = (index: number) => index in upsertedIds;
  const others = contacts.filter((_, index) => !isRestored(index));
  const documents = await collections.contacts.collection
    .find(byIds(others.map(({ id }) => ({ tenantId, contactId: id }))), { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const known = new Map(
    documents.map((document) => {
      const contact = contactOf(collections.contacts.decode(document));
      return [contact.id, contact];
    }),
  );
  return {
    restored: contacts.filter((_, index) => isRestored(index)).map(({ id }) => id),
    kept: others
      .filter((contact) => !isDeepStrictEqual({ ...known.get(contact.id) }, { ...contact }))
      .map(({ id }) => id),
  };
}

function contactDocument(
  { contacts }: Collections,
  tenantId: TenantId,
  { id, firstSeenAt, lastSeenAt, ...details }: Contact,
) {
  return contacts.encode({
    _id: { tenantId, contactId: id },
    details,
    createdAt: firstSeenAt,
    updatedAt: lastSeenAt,
  });
}

export const contactRestore = { restore };
