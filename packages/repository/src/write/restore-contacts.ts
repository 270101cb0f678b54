import { isDeepStrictEqual } from 'node:util';
import type { Contact, RestoreContacts, RestoredContacts, TenantId } from '@baton/schema';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { contactOf } from '../read/contact.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { changesOfTerms, type ContactDocument } from './batch-contacts.ts';

/** Brings contacts in as they were. One that is known here already stays as it is. */
async function restore(
  collections: Collections,
  tenantId: TenantId,
  { contacts }: RestoreContacts,
): Promise<RestoredContacts> {
  const documents = contacts.map((contact) => documentOf(tenantId, contact));
  const writes = documents.map((document) => {
    const { _id, ...fields } = collections.contacts.encode(document);
    return { updateOne: { filter: byId(_id), update: { $setOnInsert: fields }, upsert: true } };
  });
  const { upsertedIds } = await collections.contacts.collection.bulkWrite(writes, {
    maxTimeMS: WRITE_TIMEOUT_MS,
  });
  const isRestored = (index: number) => index in upsertedIds;
  const others = contacts.filter((_, index) => !isRestored(index));
  const stored = await collections.contacts.collection
    .find(byIds(others.map(({ id }) => ({ tenantId, contactId: id }))), { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const kept = stored.map((document) => collections.contacts.decode(document));
  // Those of the others, too: a run before may have been cut short.
  const restored = documents.filter((_, index) => isRestored(index));
  const terms = [...restored, ...kept].flatMap((document) => changesOfTerms(collections, null, document));
  await collections.contact_terms.collection.bulkWrite(terms, { maxTimeMS: WRITE_TIMEOUT_MS });
  const known = new Map(kept.map((document) => [document._id.contactId, contactOf(document)]));
  return {
    restored: contacts.filter((_, index) => isRestored(index)).map(({ id }) => id),
    kept: others
      .filter((contact) => !isDeepStrictEqual({ ...known.get(contact.id) }, { ...contact }))
      .map(({ id }) => id),
  };
}

function documentOf(
  tenantId: TenantId,
  { id, attributes, consent, mergedInto, firstSeenAt, lastSeenAt, ...details }: Contact,
): ContactDocument {
  return {
    _id: { tenantId, contactId: id },
    details,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(Object.keys(consent).length > 0 && { consent }),
    ...(mergedInto !== undefined && { mergedInto }),
    createdAt: firstSeenAt,
    updatedAt: lastSeenAt,
  };
}

export const contactRestore = { restore };
