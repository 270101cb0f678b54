import {
  type Contact,
  type ContactId,
  ContactSummary,
  type Conversation,
  type ConversationView,
  type TenantId,
} from '@baton/schema';
import type { Document } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';

/** A contact as callers see it. */
export function contactOf(document: WireDocument<'contacts'>): Contact {
  const { _id, details, attributes, consent, mergedInto, createdAt, updatedAt } = document;
  return {
    id: _id.contactId,
    ...details,
    attributes: attributes ?? {},
    consent: consent ?? {},
    ...(mergedInto !== undefined && { mergedInto }),
    firstSeenAt: createdAt,
    lastSeenAt: updatedAt,
  };
}

/** The contact of that very id, one that was merged into another too. */
async function find(
  collections: Collections,
  tenantId: TenantId,
  { contactId }: { contactId: ContactId },
): Promise<Contact | null> {
  const document = await collections.contacts.collection.findOne(byId({ tenantId, contactId }), {
    maxTimeMS: READ_TIMEOUT_MS,
  });
  return document === null ? null : contactOf(collections.contacts.decode(document));
}

/** The conversations, each with its contact beside it: one read for all of them. */
export async function withContacts(
  collections: Collections,
  tenantId: TenantId,
  conversations: readonly Conversation[],
): Promise<ConversationView[]> {
  if (conversations.length === 0) return [];
  const ids = [...new Set(conversations.map(({ contactId }) => contactId))];
  return besideContacts(conversations, await findContacts(collections, tenantId, ids));
}

/** Reads the contacts of conversations that are still being read themselves. */
export class ContactReads {
  readonly #collections: Collections;
  readonly #tenantId: TenantId;
  readonly #asked = new Set<string>();
  readonly #reads: Promise<Document[]>[] = [];

  constructor(collections: Collections, tenantId: TenantId) {
    this.#collections = collections;
    this.#tenantId = tenantId;
  }

  /** Begins to read those that are not being read. */
  ask(contactIds: readonly string[]): void {
    const ids = [...new Set(contactIds)].filter((id) => !this.#asked.has(id));
    if (ids.length === 0) return;
    for (const id of ids) this.#asked.add(id);
    const reading = findContacts(this.#collections, this.#tenantId, ids);
    // Whoever waits for it sees a fault.
    reading.catch(() => undefined);
    this.#reads.push(reading);
  }

  /** The conversations, each with its contact beside it. */
  async beside(conversations: readonly Conversation[]): Promise<ConversationView[]> {
    this.ask(conversations.map(({ contactId }) => contactId));
    return besideContacts(conversations, (await Promise.all(this.#reads)).flat());
  }
}

/** The documents of contacts, with their ids and names. */
export async function findContacts(
  { contacts }: Collections,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Document[]> {
  if (ids.length === 0) return [];
  return contacts.collection
    .find<Document>(byIds(ids.map((contactId) => ({ tenantId, contactId }))), {
      projection: { 'details.name': 1 },
      maxTimeMS: READ_TIMEOUT_MS,
    })
    .toArray();
}

/** The conversations, each with its contact beside it, of documents that were read on the way. */
export function besideContacts(
  conversations: readonly Conversation[],
  documents: readonly Document[],
): ConversationView[] {
  const summaries = new Map<string, ContactSummary>();
  for (const { _id, details } of documents) {
    const summary = ContactSummary.safeParse({ id: _id.contactId, name: details?.name ?? null });
    // A name that cannot be read costs the conversation nothing else.
    if (summary.success) summaries.set(summary.data.id, summary.data);
  }
  return conversations.map((conversation) => ({
    ...conversation,
    contact: summaries.get(conversation.contactId) ?? null,
  }));
}

export const contactQueries = { find };
