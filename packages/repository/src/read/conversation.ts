import { Refusal } from '@baton/domain';
import {
  Channel,
  type ListContactHistory,
  type Conversation,
  ConversationId,
  type ConversationView,
  type FindActiveConversation,
  type GetConversation,
  type ListConversationsByAgent,
  type ListConversationsByStage,
  type ListConversations,
  type Page,
  type TenantId,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import type { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { conversationOf } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { besideContacts, ContactReads, findContacts, withContacts } from './contact.ts';
import { conversationReader } from './conversation-reader.ts';
import { presentContactId } from './merged-contacts.ts';
import { lastPublicMessages } from './last-public-message.ts';
import { InstantPosition, type Listing, readPage } from './page.ts';

async function withContact(
  collections: Collections,
  tenantId: TenantId,
  conversation: Conversation,
): Promise<ConversationView> {
  const [view] = await withContacts(collections, tenantId, [conversation]);
  return view ?? { ...conversation, contact: null };
}

export const noSuchConversation = () => new Refusal('NOT_FOUND', 'No such conversation');

/** A conversation as it is stored, with its contact's document where there is one. */
export type StoredConversation = { document: Document; contacts: readonly Document[] };

/** Reads several conversations at once. Those that do not exist are left out. */
export async function readConversations(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ConversationId[],
): Promise<Map<ConversationId, StoredConversation>> {
  const documents = await collections.conversations.collection
    .find({ tenantId, _id: { $in: ids.map((id) => new ObjectId(id)) } }, { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const contactIds = new Set(
    documents.flatMap(({ contactId }) => (typeof contactId === 'string' ? contactId : [])),
  );
  const contacts = await findContacts(collections, tenantId, [...contactIds]);
  // A contact's `_id` names tenant and contact, which the driver's type does not know.
  const byContact = Map.groupBy(contacts, ({ _id }) => String((_id as Document)['contactId']));
  return new Map(
    documents.map((document) => [
      ConversationId.parse(String(document._id)),
      { document, contacts: byContact.get(document['contactId']) ?? [] },
    ]),
  );
}

/** @throws Refusal NOT_FOUND, UNREADABLE */
export function viewOfStored(
  collections: Collections,
  stored: StoredConversation | null | undefined,
): ConversationView {
  if (stored == null) throw noSuchConversation();
  const conversation = conversationOf(collections.conversations.decode(stored.document));
  const [view] = besideContacts([conversation], stored.contacts);
  return view ?? { ...conversation, contact: null };
}

/** @throws Refusal NOT_FOUND, UNREADABLE */
async function get(
  collections: Collections,
  tenantId: TenantId,
  { conversationId }: GetConversation,
): Promise<ConversationView> {
  const found = await readConversations(collections, tenantId, [conversationId]);
  return viewOfStored(collections, found.get(conversationId));
}

/**
 * For lists inside a conversation that came out empty: tells an empty one from one that does not exist.
 * @throws Refusal NOT_FOUND
 */
export async function requireConversation(
  collections: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
): Promise<void> {
  const found = await collections.conversations.collection.findOne(
    { _id: new ObjectId(conversationId), tenantId },
    { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
  );
  if (found === null) throw noSuchConversation();
}

/** A list inside a conversation, where an empty one may mean that there is no such conversation; throws NOT_FOUND then. */
export async function pageOfConversation<Item>(
  collections: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
  reading: Promise<Page<Item>>,
): Promise<Page<Item>> {
  const page = await reading;
  if (page.items.length === 0) await requireConversation(collections, tenantId, conversationId);
  return page;
}

/** @throws Refusal INVALID_CURSOR */
export async function listConversations(
  collections: Collections,
  listing: Listing,
  input: ListConversations,
): Promise<Page<ConversationView>> {
  const { tenantId } = listing;
  const contacts = new ContactReads(collections, tenantId);
  const read = conversationReader(collections, tenantId, input, contacts);
  const page = await readPage<Conversation, InstantPosition>(listing, {
    position: InstantPosition,
    positionOf: ({ id, updatedAt, metrics }) => [
      (input.sort === 'waitingSince' ? metrics.waitingSince : null) ?? updatedAt,
      id,
    ],
    read: async (after, limit) => {
      const { items, isCut } = await read(after, limit);
      return { items: items.map((document) => document && conversationOf(document)), isCut };
    },
  });
  const [views, publicMessages] = await Promise.all([
    contacts.beside(page.items),
    lastPublicMessages(collections, tenantId, page.items),
  ]);
  return {
    ...page,
    items: views.map((view) => {
      const lastPublicMessage = publicMessages.get(view.id);
      return lastPublicMessage === undefined ? view : { ...view, lastPublicMessage };
    }),
  };
}

/** @throws Refusal INVALID_CURSOR */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListConversations,
): Promise<Page<ConversationView>> {
  const listing = { tenantId, procedure: 'conversations.list', input };
  const { contactId } = input;
  if (contactId === undefined) return listConversations(collections, listing, input);
  const present = await presentContactId(collections, tenantId, contactId);
  return listConversations(collections, listing, { ...input, contactId: present });
}

/** @throws Refusal INVALID_CURSOR */
async function listByStage(
  collections: Collections,
  tenantId: TenantId,
  input: z.infer<typeof ListConversationsByStage>,
): Promise<Page<ConversationView>> {
  const listing = { tenantId, procedure: 'conversations.listByStage', input: { ...input } };
  return listConversations(collections, listing, { ...input, sort: 'updatedAt' });
}

/** @throws Refusal INVALID_CURSOR */
async function listByAgent(
  collections: Collections,
  tenantId: TenantId,
  input: z.infer<typeof ListConversationsByAgent>,
): Promise<Page<ConversationView>> {
  const listing = { tenantId, procedure: 'conversations.listByAgent', input: { ...input } };
  return listConversations(collections, listing, { ...input, sort: 'updatedAt' });
}

/** The active conversation under that very id: of the channel, or without one the latest changed of all channels. */
export async function findActive(
  collections: Collections,
  tenantId: TenantId,
  { contactId, channel }: FindActiveConversation,
): Promise<Conversation | null> {
  const channels = channel === undefined ? Channel.options : [channel];
  const places = await collections.active_conversations.collection
    .find(byId({ $in: channels.map((each) => ({ tenantId, contactId, channel: each })) }), {
      maxTimeMS: READ_TIMEOUT_MS,
    })
    .toArray();
  if (places.length === 0) return null;
  const documents = await collections.conversations.collection
    .find(
      { _id: { $in: places.map((place) => place['conversationId']) }, tenantId, status: 'active' },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const active = documents.map((document) => conversationOf(collections.conversations.decode(document)));
  return active.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))[0] ?? null;
}

async function findActiveByContact(
  collections: Collections,
  tenantId: TenantId,
  input: FindActiveConversation,
): Promise<ConversationView | null> {
  let active = await findActive(collections, tenantId, input);
  if (active === null) {
    const contactId = await presentContactId(collections, tenantId, input.contactId);
    if (contactId !== input.contactId)
      active = await findActive(collections, tenantId, { ...input, contactId });
  }
  return active && withContact(collections, tenantId, active);
}

/** @throws Refusal INVALID_CURSOR */
async function history(
  collections: Collections,
  tenantId: TenantId,
  input: z.infer<typeof ListContactHistory>,
): Promise<Page<ConversationView>> {
  const listing = { tenantId, procedure: 'conversations.history', input: { ...input } };
  const contactId = await presentContactId(collections, tenantId, input.contactId);
  return listConversations(collections, listing, { ...input, contactId, sort: 'updatedAt' });
}

export const conversationQueries = { get, list, listByStage, listByAgent, findActiveByContact, history };
