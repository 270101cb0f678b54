import type { Consent, ContactId, Conversation, CreateConversation, TenantId } from '@baton/schema';
import type { ClientSession, Document } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { contactOf } from '../read/contact.ts';
import { emailOf, phoneOf, termsOf } from '../read/contact-terms.ts';
import type { WireDocument } from '../schema/collections.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import type { TenantWrite } from '../schema/tenant-collection.ts';

export type ContactDocument = WireDocument<'contacts'>;

/**
 * A contact in a batch. Whoever begins or reopens a conversation writes the contact too, so that neither a merge nor a
 * change of consent is committed beside it.
 */
export type BatchContact = {
  /** As it was read; null where there is none. */
  before: ContactDocument | null;
  /** As the commands that were decided so far leave it; null where none of them is about it. */
  after: ContactDocument | null;
  /** It is there, but cannot be read: nothing of it is written. */
  isUnreadable: boolean;
};

export type BatchContacts = Map<ContactId, BatchContact>;

/** An archive may bring chains; a merge makes none. */
const LONGEST_CHAIN = 20;

/** Reads contacts that are not read yet, and those whom they were merged into. */
export async function readContacts(
  known: BatchContacts,
  tenantId: TenantId,
  ids: Iterable<ContactId>,
  { contacts }: Collections,
  session: ClientSession,
): Promise<void> {
  let missing = [...new Set(ids)].filter((id) => !known.has(id));
  for (let steps = 0; missing.length > 0 && steps < LONGEST_CHAIN; steps += 1) {
    const documents: Document[] = await contacts.collection
      .find(byIds(missing.map((contactId) => ({ tenantId, contactId }))), {
        session,
        maxTimeMS: TRANSACTION_TIMEOUT_MS,
      })
      .toArray();
    for (const id of missing) known.set(id, { before: null, after: null, isUnreadable: false });
    for (const document of documents) {
      const before = contacts.tryDecode(document);
      known.set(document['_id'].contactId, { before, after: null, isUnreadable: before === null });
    }
    missing = missing.flatMap((id) => known.get(id)?.before?.mergedInto ?? []).filter((id) => !known.has(id));
  }
}

/** Who a contact is by now. */
export function presentContact(known: BatchContacts, contactId: ContactId): ContactId {
  let present = contactId;
  for (let steps = 0; steps < LONGEST_CHAIN; steps += 1) {
    const into = known.get(present)?.before?.mergedInto;
    if (into === undefined || into === contactId) break;
    present = into;
  }
  return present;
}

/** What a contact said about messages on a channel; null where nothing was. */
export function consentIn(
  known: BatchContacts,
  { contactId, channel }: Pick<Conversation, 'contactId' | 'channel'>,
): Consent | null {
  return known.get(contactId)?.before?.consent?.[channel] ?? null;
}

/** Details as they are kept: an e-mail address in lower case, a phone number as E.164 where its country is known. */
export function storedDetails<Details extends { email?: string | undefined; phone?: string | undefined }>(
  details: Details,
): Details {
  const { email, phone } = details;
  return {
    ...details,
    ...(email !== undefined && { email: emailOf(email) }),
    ...(phone !== undefined && { phone: phoneOf(phone) ?? phone }),
  };
}

/** Takes a conversation that begins, or begins again, into what is known of its contact. */
export function noteSeen(
  known: BatchContacts,
  tenantId: TenantId,
  { contactId, createdAt, updatedAt }: Conversation,
  details: CreateConversation['contact'] = {},
): void {
  const contact = known.get(contactId) ?? { before: null, after: null, isUnreadable: false };
  const present = contact.after ?? contact.before;
  const given = Object.entries(storedDetails(details)).filter(([, value]) => value !== undefined);
  const after: ContactDocument = {
    ...present,
    _id: { tenantId, contactId },
    details: { ...present?.details, ...Object.fromEntries(given) },
    // History may be brought in.
    createdAt: present !== null && present.createdAt < createdAt ? present.createdAt : createdAt,
    updatedAt: present !== null && present.updatedAt > updatedAt ? present.updatedAt : updatedAt,
  };
  known.set(contactId, { ...contact, after });
}

/** Writes the contacts that a batch has seen, and what finds them. */
export async function writeContacts(
  known: BatchContacts,
  collections: Collections,
  session: ClientSession,
): Promise<void> {
  const { contacts, contact_terms: terms } = collections;
  const writes: TenantWrite[] = [];
  const termWrites: TenantWrite[] = [];
  for (const { before, after, isUnreadable } of known.values()) {
    if (after === null || isUnreadable) continue;
    const { _id, ...fields } = contacts.encode(after);
    writes.push({ updateOne: { filter: byId(_id), update: { $set: fields }, upsert: true } });
    termWrites.push(...changesOfTerms(collections, before, after));
  }
  const [first] = writes;
  if (first === undefined) return;
  if (writes.length === 1 && 'updateOne' in first)
    await contacts.collection.updateOne(first.updateOne.filter, first.updateOne.update, {
      session,
      upsert: true,
    });
  else await contacts.collection.bulkWrite(writes, { session });
  if (termWrites.length > 0) await terms.collection.bulkWrite(termWrites, { session });
}

/** What brings the terms of a contact from what it was to what it is. */
export function changesOfTerms(
  collections: Collections,
  before: ContactDocument | null,
  after: ContactDocument,
): TenantWrite[] {
  return termChanges(collections, after, before === null ? [] : termsOf(contactOf(before)));
}

/** What brings the terms that a contact has to those that find it. */
export function termChanges(
  { contact_terms: terms }: Collections,
  contact: ContactDocument,
  stored: readonly string[],
): TenantWrite[] {
  const was = new Set(stored);
  const is = new Set(termsOf(contactOf(contact)));
  const { tenantId, contactId } = contact._id;
  const byTerm = (term: string) => byId(terms.encode({ _id: { tenantId, term, contactId } })['_id']);
  return [
    ...[...was].filter((term) => !is.has(term)).map((term) => ({ deleteOne: { filter: byTerm(term) } })),
    ...[...is]
      .filter((term) => !was.has(term))
      .map((term) => ({ updateOne: { filter: byTerm(term), update: { $setOnInsert: {} }, upsert: true } })),
  ];
}
