import { Refusal } from '@baton/domain';
import {
  type Contact,
  type ContactChange,
  type ConversationView,
  ConversationStatus,
  type GetContact,
  type ListContacts,
  type ListOfContact,
  type Page,
  type TenantId,
} from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { listName } from '../schema/conversation-lists.ts';
import { instantOfDate, isInstant } from '../schema/instant.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { contactOf } from './contact.ts';
import { type ContactQuery, contactQueryOf, firstTermFor, patternsOf } from './contact-terms.ts';
import { listConversations } from './conversation.ts';
import { idsOfPerson, presentContact } from './merged-contacts.ts';
import { type Listing, readPage } from './page.ts';
import { tenantRange } from './tenant-range.ts';

const OPTIONS = { maxTimeMS: READ_TIMEOUT_MS };

/**
 * A contact by its id, or by that of one that was merged into it.
 * @throws Refusal NOT_FOUND
 */
async function get(collections: Collections, tenantId: TenantId, input: GetContact): Promise<Contact> {
  const { contactId, document } = await presentContact(collections, tenantId, input.contactId);
  if (document !== null) return contactOf(collections.contacts.decode(document));
  const contact = await contactOfConversations(collections, tenantId, contactId);
  if (contact === null) throw noSuchContact();
  return contact;
}

export const noSuchContact = () => new Refusal('NOT_FOUND', 'No such contact');

/** Of whom a server of the version before keeps conversations and nothing else. */
export async function contactOfConversations(
  { conversations }: Collections,
  tenantId: TenantId,
  contactId: string,
  session?: ClientSession,
): Promise<Contact | null> {
  const latest = await conversations.collection.findOne(
    {
      tenantId,
      listedUnder: listName.contact(contactId),
      status: { $in: ConversationStatus.options },
      erasedAt: { $exists: false },
    },
    {
      projection: { createdAt: 1, updatedAt: 1 },
      sort: { updatedAt: -1, _id: -1 },
      ...OPTIONS,
      ...(session && { session }),
    },
  );
  const [createdAt, updatedAt] = [latest?.['createdAt'], latest?.['updatedAt']];
  if (!isInstant(createdAt) || !isInstant(updatedAt)) return null;
  const [firstSeenAt, lastSeenAt] = [instantOfDate(createdAt), instantOfDate(updatedAt)];
  return { id: contactId, attributes: {}, consent: {}, firstSeenAt, lastSeenAt };
}

/**
 * By id; with a text those that it finds, by the term that it found.
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListContacts,
): Promise<Page<Contact>> {
  const listing: Listing = { tenantId, procedure: 'contacts.list', input: { ...input } };
  return input.text === undefined
    ? listById(collections, listing, input)
    : search(collections, listing, contactQueryOf(input.text));
}

function listById(
  { contacts }: Collections,
  listing: Listing,
  { merged }: ListContacts,
): Promise<Page<Contact>> {
  return readPage<Contact, [string]>(listing, {
    position: z.tuple([z.string()]),
    positionOf: ({ id }) => [id],
    read: async (after, limit) => {
      const documents = await contacts.collection
        .find(
          {
            ...tenantRange(listing.tenantId, 'contactId', after?.[0]),
            ...(!merged && { mergedInto: { $exists: false } }),
          },
          OPTIONS,
        )
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return documents.map((document) => {
        const readable = contacts.tryDecode(document);
        return readable && contactOf(readable);
      });
    },
  });
}

/** A contact with the term at which the list shows it. */
type Hit = { contact: Contact; term: string; contactId: string };

async function search(
  collections: Collections,
  listing: Listing,
  query: ContactQuery | null,
): Promise<Page<Contact>> {
  if (query === null) return { items: [], nextCursor: null };
  const page = await readPage<Hit, [string, string]>(listing, {
    position: z.tuple([z.string(), z.string()]),
    positionOf: ({ term, contactId }) => [term, contactId],
    read: (after, limit) => hitsOf(collections, listing.tenantId, query, after, limit),
  });
  return { ...page, items: page.items.map(({ contact }) => contact) };
}

/** Null for a term that says nothing more: of a contact that stands before, or does not have it any more. */
async function hitsOf(
  collections: Collections,
  tenantId: TenantId,
  query: ContactQuery,
  after: [string, string] | null,
  limit: number,
): Promise<(Hit | null)[]> {
  const { contact_terms: terms } = collections;
  const [term, contactId] = after ?? [query.prefix, ''];
  const patterns = patternsOf(query);
  const found = await terms.collection
    .find(
      {
        ...byId({
          $gt: { tenantId, term, contactId },
          $lt: { tenantId, term: `${query.prefix}\u{10FFFF}` },
        }),
        ...(patterns.length > 0 && { $and: patterns.map((pattern) => ({ '_id.term': pattern })) }),
      },
      OPTIONS,
    )
    .sort({ _id: 1 })
    .limit(limit)
    .toArray();
  const hits = found.map((document) => terms.tryDecode(document)?._id ?? null);
  const people = await peopleOf(
    collections,
    tenantId,
    hits.flatMap((hit) => (hit === null ? [] : [hit.contactId])),
  );
  return hits.map((hit) => {
    const own = hit === null ? undefined : people.get(hit.contactId);
    if (hit === null || own === undefined) return null;
    const shownAt = firstTermFor(own.found, query);
    // One that was merged stands for another, who may be found by itself.
    const isShownElsewhere =
      own.found.id !== own.present.id && firstTermFor(own.present, query) !== undefined;
    if (shownAt !== hit.term || isShownElsewhere) return null;
    return { term: hit.term, contactId: hit.contactId, contact: own.present };
  });
}

/** The contacts of these ids, each with the one that it was merged into, or itself. */
async function peopleOf(
  { contacts }: Collections,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<string, { found: Contact; present: Contact }>> {
  const read = async (wanted: Iterable<string>): Promise<Map<string, Contact>> => {
    const keys = [...new Set(wanted)].map((contactId) => ({ tenantId, contactId }));
    if (keys.length === 0) return new Map();
    const documents: Document[] = await contacts.collection.find(byIds(keys), OPTIONS).toArray();
    const readable = documents.flatMap((document) => contacts.tryDecode(document) ?? []);
    return new Map(readable.map((document) => [document._id.contactId, contactOf(document)]));
  };
  const found = await read(ids);
  const presents = await read([...found.values()].flatMap(({ mergedInto }) => mergedInto ?? []));
  return new Map(
    [...found].flatMap(([id, contact]) => {
      const present = contact.mergedInto === undefined ? contact : presents.get(contact.mergedInto);
      return present === undefined ? [] : [[id, { found: contact, present }] as const];
    }),
  );
}

/**
 * The conversations of a person, those under ids that were merged among them; the latest change first.
 * @throws Refusal NOT_FOUND, INVALID_CURSOR
 */
async function history(
  collections: Collections,
  tenantId: TenantId,
  input: ListOfContact,
): Promise<Page<ConversationView>> {
  const { id: contactId } = await get(collections, tenantId, input);
  const listing = { tenantId, procedure: 'contacts.history', input: { ...input } };
  return listConversations(collections, listing, { ...input, contactId, sort: 'updatedAt' });
}

/**
 * What became of a person, the latest first: what was changed, what they agreed to.
 * @throws Refusal NOT_FOUND, INVALID_CURSOR
 */
async function changes(
  collections: Collections,
  tenantId: TenantId,
  input: ListOfContact,
): Promise<Page<ContactChange>> {
  await get(collections, tenantId, input);
  const ids = await idsOfPerson(collections, tenantId, input.contactId);
  const { contact_changes: stored } = collections;
  return readPage<ContactChange, [string]>(
    { tenantId, procedure: 'contacts.changes', input: { ...input } },
    {
      position: z.tuple([z.string().regex(/^[0-9a-f]{24}$/)]),
      positionOf: ({ id }) => [id],
      read: async (after, limit) => {
        const documents = await stored.collection
          .find(
            { tenantId, contactId: { $in: ids }, ...(after && { _id: { $lt: new ObjectId(after[0]) } }) },
            OPTIONS,
          )
          .sort({ _id: -1 })
          .limit(limit)
          .toArray();
        return documents.map((document) => {
          const readable = stored.tryDecode(document);
          if (readable === null) return null;
          const { _id: id, tenantId: _tenant, ...change } = readable;
          return { id, ...change };
        });
      },
    },
  );
}

export const contactLists = { get, list, history, changes };
