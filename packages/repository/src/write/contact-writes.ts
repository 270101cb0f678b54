import { invalidInput } from '@baton/domain';
import {
  type AuditActor,
  type Consent,
  type Contact,
  type ContactChange,
  type ContactId,
  ConversationId,
  type ConversationStatus,
  type SetConsent,
  type TenantId,
  timestamp,
  type UpdateContact,
} from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { OPERATOR } from '../audit/append.ts';
import { newObjectId } from '../clock/clock.ts';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { contactOf } from '../read/contact.ts';
import { contactOfConversations, noSuchContact } from '../read/contact-list.ts';
import { phoneOf } from '../read/contact-terms.ts';
import { presentContact } from '../read/merged-contacts.ts';
import { listName } from '../schema/conversation-lists.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { changesOfTerms, type ContactDocument, storedDetails } from './batch-contacts.ts';
import { commitTogether, type ConversationWriter, retryStale } from './commit-together.ts';
import { idempotentInTransaction } from './idempotent.ts';

/** What is written of contacts beside conversations. */
export function contactWrites(writer: ConversationWriter) {
  const { collections } = writer;
  return {
    /**
     * Replaces the fields that are given; the last write wins, field by field.
     * @throws Refusal NOT_FOUND, IDEMPOTENCY_MISMATCH; INVALID_INPUT for a phone number without its country
     */
    update(tenantId: TenantId, input: UpdateContact, by: AuditActor = OPERATOR): Promise<Contact> {
      const { phone } = input;
      if (typeof phone === 'string' && phoneOf(phone) === null)
        throw invalidInput('phone', 'Expected a phone number with its country code, like +49 30 901820');
      return idempotentInTransaction(collections, tenantId, 'contacts.update', input, (session) =>
        update(collections, tenantId, input, by, session),
      );
    },

    /**
     * Notes what a person said about messages on a channel, in their open conversations there too, all in one transaction.
     * @throws Refusal NOT_FOUND, IDEMPOTENCY_MISMATCH, UNAVAILABLE
     */
    setConsent(tenantId: TenantId, input: SetConsent, by: AuditActor = OPERATOR): Promise<Contact> {
      return retryStale(() =>
        idempotentInTransaction(collections, tenantId, 'contacts.setConsent', input, (session) =>
          setConsent(writer, tenantId, input, by, session),
        ),
      );
    },
  };
}

/**
 * A contact to be written, by its id or by that of one that was merged into it. Of whom only conversations are known there
 * is one from now on.
 * @throws Refusal NOT_FOUND, UNREADABLE
 */
async function contactToWrite(
  collections: Collections,
  tenantId: TenantId,
  given: ContactId,
  session: ClientSession,
): Promise<{ before: ContactDocument | null; contact: ContactDocument }> {
  const { contacts } = collections;
  const { contactId, document } = await presentContact(collections, tenantId, given, { session });
  if (document !== null) {
    const contact = contacts.decode(document);
    return { before: contact, contact };
  }
  const seen = await contactOfConversations(collections, tenantId, contactId, session);
  if (seen === null) throw noSuchContact();
  const contact: ContactDocument = {
    _id: { tenantId, contactId },
    details: {},
    createdAt: seen.firstSeenAt,
    updatedAt: seen.lastSeenAt,
  };
  return { before: null, contact };
}

/** Replaces a contact, with what finds it. */
async function replaceContact(
  collections: Collections,
  before: ContactDocument | null,
  after: ContactDocument,
  session: ClientSession,
): Promise<void> {
  const { contacts, contact_terms: terms } = collections;
  const replacement = contacts.encode(after);
  await contacts.collection.replaceOne(byId(replacement['_id']), replacement, { session, upsert: true });
  const changes = changesOfTerms(collections, before, after);
  if (changes.length > 0) await terms.collection.bulkWrite(changes, { session });
}

/** Keeps what became of a contact. */
async function appendContactChange(
  { contact_changes: changes, clock }: Collections,
  tenantId: TenantId,
  change: Omit<ContactChange, 'id' | 'at'>,
  session: ClientSession,
): Promise<void> {
  const _id = newObjectId(clock).toHexString();
  const document = changes.encode({ _id, tenantId, at: timestamp(clock.now()), ...change });
  await changes.collection.insertOne(document, { session });
}

async function update(
  collections: Collections,
  tenantId: TenantId,
  { contactId, idempotencyKey: _key, attributes, ...given }: UpdateContact,
  by: AuditActor,
  session: ClientSession,
): Promise<Contact> {
  const { before, contact } = await contactToWrite(collections, tenantId, contactId, session);
  const values = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
  const set = Object.fromEntries([...values].filter(([, value]) => value !== null));
  const kept = Object.fromEntries(Object.entries(contact.details).filter(([field]) => !values.has(field)));
  const after = {
    ...contact,
    details: { ...kept, ...storedDetails(set) },
    ...(attributes && { attributes }),
  };
  await replaceContact(collections, before, after, session);
  const fields = [...values.keys(), ...(attributes === undefined ? [] : ['attributes'])];
  if (fields.length > 0) {
    const change = { contactId: contact._id.contactId, by, fields };
    await appendContactChange(collections, tenantId, change, session);
  }
  return contactOf(after);
}

async function setConsent(
  writer: ConversationWriter,
  tenantId: TenantId,
  { contactId: given, channel, state, source }: SetConsent,
  by: AuditActor,
  session: ClientSession,
): Promise<Contact> {
  const { collections } = writer;
  const { conversations, clock } = collections;
  await clock.ready();
  const { before, contact } = await contactToWrite(collections, tenantId, given, session);
  const { contactId } = contact._id;
  const consent: Consent = { state, at: timestamp(clock.now()), source };
  const after = { ...contact, consent: { ...contact.consent, [channel]: consent } };
  await replaceContact(collections, before, after, session);
  await appendContactChange(
    collections,
    tenantId,
    { contactId, by, consent: { channel, ...consent } },
    session,
  );
  // Those that are closed take it over when they are reopened.
  const open = await conversations.collection
    .find(
      {
        tenantId,
        listedUnder: listName.contact(contactId),
        channel,
        // An open follow-up ends also where the conversation is closed.
        $or: [{ status: { $in: OPEN } }, { nextFollowUpAt: { $ne: null } }],
      },
      { session, projection: { _id: 1 }, maxTimeMS: TRANSACTION_TIMEOUT_MS },
    )
    .toArray();
  const commands = open.map(({ _id }) => {
    const conversationId = ConversationId.parse(_id.toHexString());
    const command = { type: 'contacts.noteConsent', input: { conversationId, consent } } as const;
    return { conversationId, command };
  });
  await commitTogether(writer, tenantId, commands, by, session);
  return contactOf(after);
}

/** A conversation that goes on, or may. */
const OPEN: readonly ConversationStatus[] = ['active', 'paused', 'scheduled'];
