import { Refusal } from '@baton/domain';
import {
  type AuditActor,
  type ContactRecord,
  ConversationId,
  type ExportContact,
  type Page,
  type RefusedMessage,
  type TenantId,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { z } from 'zod';
import { appendExport } from '../audit/export.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { contactQueries } from '../read/contact.ts';
import { idsOfPerson } from '../read/merged-contacts.ts';
import { followUpOf } from '../read/follow-up.ts';
import { handoffOf } from '../read/handoff.ts';
import { objectionOf } from '../read/objection.ts';
import { decodeCursor, encodeCursor, type Listing } from '../read/page.ts';
import { PageBytes } from '../read/page-bytes.ts';
import { conversationOf, readEntry } from '../schema/mapping.ts';
import { type CollectionName, REFUSAL_COLLECTIONS, type WireDocument } from '../schema/collections.ts';
import type { Collections, TypedCollection } from '../schema/open-collections.ts';
import { conversationIdsOf, refusalsOf } from './contact-conversations.ts';

const ID = z.string().regex(/^[0-9a-f]{24}$/);
/** What comes after one another for each conversation. */
const SECTIONS = [
  'conversation',
  'entries',
  'handoffs',
  'objections',
  'followUps',
  'answers',
  'refused',
] as const;
type Section = (typeof SECTIONS)[number];
/** The conversation and the section in it, and the document or the entry there that was the last. */
const Position = z.tuple([ConversationId, z.enum(SECTIONS), z.union([ID, z.int()]).nullable()]);
type Place = { section: Section; after: string | number | null };
type Found = { record: ContactRecord; after: string | number };

/**
 * Everything that is kept about a contact, in pages: the contact, then each conversation with its entries and what follows from them.
 * @throws Refusal NOT_FOUND where nothing is kept; INVALID_CURSOR
 */
export async function exportContact(
  collections: Collections,
  tenantId: TenantId,
  input: ExportContact,
  by: AuditActor,
): Promise<Page<ContactRecord>> {
  const { contactId, limit } = input;
  const listing: Listing = { tenantId, procedure: 'privacy.exportContact', input: { ...input } };
  const position = decodeCursor(listing, Position);
  const contactIds = await idsOfPerson(collections, tenantId, contactId);
  const ids = (await conversationIdsOf(collections, tenantId, contactIds)).toSorted();
  const items: ContactRecord[] = [];
  const bytes = new PageBytes();
  if (position === null) {
    items.push(...(await contactRecordsOf(collections, tenantId, contactIds)));
    if (items.length === 0 && ids.length === 0)
      throw new Refusal('NOT_FOUND', 'Nothing is kept about this contact');
  }
  const details = { conversations: ids.length };
  const event = { tenantId, action: 'privacy.exportContact', by, details } as const;
  await appendExport(collections, event, { what: contactId, isFirst: position === null });
  for (const id of ids) {
    if (position !== null && id < position[0]) continue;
    const isResumed = position !== null && id === position[0];
    const first = isResumed ? SECTIONS.indexOf(position[1]) : 0;
    for (const section of SECTIONS.slice(first)) {
      let after = isResumed && section === position[1] ? position[2] : null;
      for await (const found of recordsOf(collections, tenantId, id, { section, after })) {
        // What is known of the contact itself comes first, and may be more than the limit.
        if (items.length >= limit || !bytes.takes(found.record))
          return { items, nextCursor: encodeCursor(listing, [id, section, after]) };
        items.push(found.record);
        ({ after } = found);
      }
    }
  }
  return { items, nextCursor: null };
}

/** Most changes of a contact that an export gives, the latest ones. */
const MAX_CHANGES = 200;

/** The contacts of a person, the present one first, and what became of them. */
async function contactRecordsOf(
  collections: Collections,
  tenantId: TenantId,
  contactIds: readonly string[],
): Promise<ContactRecord[]> {
  const records: ContactRecord[] = [];
  for (const contactId of contactIds) {
    const contact = await contactQueries.find(collections, tenantId, { contactId });
    if (contact !== null) records.push({ type: 'contact', contact });
  }
  const { contact_changes: changes } = collections;
  const documents = await changes.collection
    .find({ tenantId, contactId: { $in: contactIds } }, { maxTimeMS: READ_TIMEOUT_MS })
    .sort({ _id: -1 })
    .limit(MAX_CHANGES)
    .toArray();
  for (const document of documents.toReversed()) {
    const stored = changes.tryDecode(document);
    if (stored === null) continue;
    const { _id: id, tenantId: _tenant, ...change } = stored;
    records.push({ type: 'contactChange', change: { id, ...change } });
  }
  return records;
}

/** The records of a section after a place; what cannot be read is passed over. */
async function* recordsOf(
  collections: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
  { section, after }: Place,
): AsyncGenerator<Found> {
  const id = new ObjectId(conversationId);
  const { conversations, timeline } = collections;
  const options = { maxTimeMS: READ_TIMEOUT_MS };
  const place = { tenantId, conversationId: id };
  const behind = typeof after === 'string' ? { _id: { $gt: new ObjectId(after) } } : {};
  async function* each<Name extends CollectionName>(
    { collection, tryDecode }: TypedCollection<Name>,
    recordOf: (stored: WireDocument<Name>) => ContactRecord,
  ): AsyncGenerator<Found> {
    // A conversation has few of them, which the index finds; they are put in order here.
    for await (const document of collection.find({ ...place, ...behind }, options).sort({ _id: 1 })) {
      const stored = tryDecode(document);
      if (stored !== null) yield { record: recordOf(stored), after: String(document._id) };
    }
  }
  switch (section) {
    case 'conversation': {
      if (after !== null) return;
      const document = await conversations.collection.findOne({ tenantId, _id: id }, options);
      const stored = document && conversations.tryDecode(document);
      if (stored !== null)
        yield {
          record: { type: 'conversation', conversation: conversationOf(stored) },
          after: conversationId,
        };
      return;
    }
    case 'entries': {
      const seq = { $gt: typeof after === 'number' ? after : 0 };
      const found = timeline.collection
        .find({ ...place, seq }, { ...options, hint: 'by_seq' })
        .sort({ seq: 1 });
      for await (const document of found) {
        const entry = readEntry(collections, document);
        if (entry !== null) yield { record: { type: 'entry', entry }, after: entry.seq };
      }
      return;
    }
    case 'handoffs':
      yield* each(collections.handoffs, (stored) => ({ type: 'handoff', handoff: handoffOf(stored) }));
      return;
    case 'objections':
      yield* each(collections.objections, (stored) => ({
        type: 'objection',
        objection: objectionOf(stored),
      }));
      return;
    case 'followUps':
      yield* each(collections.follow_ups, (stored) => ({ type: 'followUp', followUp: followUpOf(stored) }));
      return;
    case 'answers':
      yield* each(collections.qualification_answers, ({ seq, field, answer }) => ({
        type: 'answer',
        answer: { conversationId, seq, field, answer },
      }));
      return;
    case 'refused': {
      const messages: RefusedMessage[] = [];
      for (const name of REFUSAL_COLLECTIONS) {
        const { collection, tryDecode } = collections[name];
        const document = await collection.findOne(refusalsOf(tenantId, [id]), options);
        messages.push(...((document && tryDecode(document)?.messages) ?? []));
      }
      for (const [index, message] of messages.entries()) {
        if (index <= (typeof after === 'number' ? after : -1)) continue;
        yield { record: { type: 'refusedMessage', conversationId, message }, after: index };
      }
    }
  }
}
