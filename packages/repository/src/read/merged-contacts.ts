import type { ContactId, TenantId } from '@baton/schema';
import type { ClientSession, Document } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { tenantRange } from './tenant-range.ts';

/** An archive may bring contacts that were merged one into the other; nothing else makes such a chain. */
const LONGEST_CHAIN = 20;

/** Who a contact is by now: itself, unless it was merged into another; with what is kept of it, if anything is. */
export async function presentContact(
  { contacts }: Collections,
  tenantId: TenantId,
  contactId: ContactId,
  { session, projection }: { session?: ClientSession | undefined; projection?: Document } = {},
): Promise<{ contactId: ContactId; document: Document | null }> {
  const read = (id: ContactId): Promise<Document | null> =>
    contacts.collection.findOne(byId({ tenantId, contactId: id }), {
      maxTimeMS: READ_TIMEOUT_MS,
      ...(projection && { projection }),
      ...(session && { session }),
    });
  let present = { contactId, document: await read(contactId) };
  for (let steps = 0; steps < LONGEST_CHAIN; steps += 1) {
    const into: unknown = present.document?.['mergedInto'];
    if (typeof into !== 'string' || into === contactId) break;
    present = { contactId: into, document: await read(into) };
  }
  return present;
}

export async function presentContactId(
  collections: Collections,
  tenantId: TenantId,
  contactId: ContactId,
  session?: ClientSession,
): Promise<ContactId> {
  const options = { session, projection: { mergedInto: 1 } };
  return (await presentContact(collections, tenantId, contactId, options)).contactId;
}

/** The ids by which a person was known: the present one first, then those that were merged into it. */
export async function idsOfPerson(
  collections: Collections,
  tenantId: TenantId,
  contactId: ContactId,
  session?: ClientSession,
): Promise<ContactId[]> {
  const ids = [await presentContactId(collections, tenantId, contactId, session)];
  for (let into: readonly string[] = ids; into.length > 0;) {
    const merged = await collections.contacts.collection
      .find(
        { ...tenantRange(tenantId, 'contactId'), mergedInto: { $in: into } },
        {
          projection: { _id: 1 },
          hint: 'by_merged',
          maxTimeMS: READ_TIMEOUT_MS,
          ...(session && { session }),
        },
      )
      .toArray();
    const found = merged.map(({ _id }) => String(Reflect.get(_id, 'contactId')));
    into = found.filter((id) => !ids.includes(id));
    ids.push(...into);
  }
  return ids;
}
