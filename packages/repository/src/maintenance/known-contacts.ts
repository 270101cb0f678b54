import { type ContactId, ConversationStatus, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { inTransaction } from '../connection/transaction.ts';
import { tenantRange } from '../read/tenant-range.ts';
import { listName } from '../schema/conversation-lists.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { changesOfTerms, termChanges } from '../write/batch-contacts.ts';
import { batchesOf, catchUp, noteCaughtUp } from './catch-up.ts';

const NAME = 'known_contacts';

/** How many contacts became known, and of how many what finds them was put right. */
export type KnownContactsReport = { added: number; indexed: number };

export type KnownContactsOptions = {
  signal?: AbortSignal;
  /** How many documents have been looked at. */
  onProgress?: (done: number) => void;
};

/**
 * Makes a contact of everyone who has a conversation, and writes what finds each contact. Servers of the version before do
 * neither, so it is done again after they have gone. Any number of processes may do it at once.
 */
export async function fillKnownContacts(
  collections: Collections,
  options: KnownContactsOptions = {},
): Promise<KnownContactsReport> {
  const began = collections.clock.now();
  const { conversations, contacts } = collections;
  const report: KnownContactsReport = { added: 0, indexed: 0 };
  let done = 0;
  const inBatches = async (
    cursor: AsyncIterable<Document>,
    work: (documents: readonly Document[]) => Promise<void>,
  ) => {
    for await (const batch of batchesOf(cursor)) {
      options.signal?.throwIfAborted();
      await work(batch);
      done += batch.length;
      options.onProgress?.(done);
    }
  };
  const projection = { tenantId: 1, contactId: 1, createdAt: 1, updatedAt: 1 };
  await inBatches(
    conversations.acrossTenants('migration').find(NOT_ERASED, { projection }).sort({ _id: 1 }),
    async (batch) => {
      report.added += await addMissing(collections, batch);
    },
  );
  await inBatches(contacts.acrossTenants('migration').find({}).sort({ _id: 1 }), async (batch) => {
    report.indexed += await indexContacts(collections, batch);
  });
  await noteCaughtUp(collections, NAME, began);
  return report;
}

const NOT_ERASED = { erasedAt: { $exists: false } };

/**
 * The same for the conversations that began lately, and only once for all servers in some minutes.
 * @returns null where another server does it, or has done it, or no migration has made the collection yet
 */
export function catchUpKnownContacts(collections: Collections): Promise<KnownContactsReport | null> {
  return catchUp(collections, NAME, async (since, signal) => {
    const report: KnownContactsReport = { added: 0, indexed: 0 };
    const created = collections.timeline
      .acrossTenants('migration')
      .find({ _id: { $gte: since }, kind: 'created' }, { hint: '_id_', projection: { conversationId: 1 } })
      .sort({ _id: 1 });
    for await (const batch of batchesOf(created)) {
      signal.throwIfAborted();
      const { added, indexed } = await lookAgain(collections, batch);
      report.added += added;
      report.indexed += indexed;
    }
    return report;
  });
}

/** The contacts of conversations, given their first entries. */
async function lookAgain(
  collections: Collections,
  created: readonly Document[],
): Promise<KnownContactsReport> {
  const ids = created.map(({ conversationId }) => conversationId);
  const conversations = await collections.conversations
    .acrossTenants('migration')
    .find(
      { _id: { $in: ids }, ...NOT_ERASED },
      { projection: { tenantId: 1, contactId: 1, createdAt: 1, updatedAt: 1 } },
    )
    .toArray();
  const added = await addMissing(collections, conversations);
  const contacts = await collections.contacts.collection
    .find(byIds(conversations.map(({ tenantId, contactId }) => ({ tenantId, contactId }))))
    .toArray();
  return { added, indexed: await indexContacts(collections, contacts) };
}

/** Adds the contacts of conversations that are not known yet; returns how many. */
async function addMissing(collections: Collections, conversations: readonly Document[]): Promise<number> {
  const wanted = new Map(
    conversations.map((conversation) => [
      JSON.stringify([conversation['tenantId'], conversation['contactId']]),
      conversation,
    ]),
  );
  const keys = [...wanted.values()].map(({ tenantId, contactId }) => ({ tenantId, contactId }));
  const known = await collections.contacts.collection
    .find<Document>(byIds(keys), { projection: { _id: 1 } })
    .toArray();
  for (const { _id } of known) wanted.delete(JSON.stringify([_id.tenantId, _id.contactId]));
  let added = 0;
  for (const { tenantId, contactId } of wanted.values()) {
    const id = TenantId.safeParse(tenantId);
    if (id.success && typeof contactId === 'string' && (await addContact(collections, id.data, contactId)))
      added += 1;
  }
  return added;
}

/** Adds a contact who has a conversation; in a transaction, because an erasure may take both away meanwhile. */
async function addContact(
  collections: Collections,
  tenantId: TenantId,
  contactId: ContactId,
): Promise<boolean> {
  const { contacts, contact_terms: terms, conversations, db } = collections;
  return inTransaction(db.client, async (session) => {
    const theirs = { tenantId, listedUnder: listName.contact(contactId), ...NOT_ERASED };
    const [seen] = await conversations.collection
      .aggregate(
        [
          { $match: { ...theirs, status: { $in: ConversationStatus.options } } },
          {
            $group: { _id: null, createdAt: { $min: '$createdAt' }, updatedAt: { $max: '$updatedAt' } },
          },
        ],
        { session },
      )
      .toArray();
    if (seen === undefined) return false;
    const { createdAt, updatedAt } = seen;
    const { _id, ...fields } = { _id: { tenantId, contactId }, details: {}, createdAt, updatedAt };
    const { upsertedCount } = await contacts.collection.updateOne(
      byId(_id),
      { $setOnInsert: fields },
      { session, upsert: true },
    );
    if (upsertedCount === 0) return false;
    const inserts = changesOfTerms(collections, null, contacts.decode({ _id, ...fields }));
    if (inserts.length > 0) await terms.collection.bulkWrite(inserts, { session });
    return true;
  });
}

/** Writes what finds contacts where it is missing or wrong; returns of how many. */
async function indexContacts(collections: Collections, documents: readonly Document[]): Promise<number> {
  const { contacts, contact_terms: terms } = collections;
  const readable = documents.flatMap((document) => contacts.tryDecode(document) ?? []);
  if (readable.length === 0) return 0;
  const byTenant = Map.groupBy(readable, ({ _id }) => _id.tenantId);
  const stored = new Map<string, string[]>();
  for (const [tenantId, theirs] of byTenant) {
    const filter = {
      ...tenantRange(tenantId, 'term'),
      '_id.contactId': { $in: theirs.map(({ _id }) => _id.contactId) },
    };
    for await (const document of terms.collection.find(filter, { hint: 'by_contact' })) {
      const term = terms.tryDecode(document)?._id;
      if (term === undefined) continue;
      const key = JSON.stringify([tenantId, term.contactId]);
      stored.set(key, [...(stored.get(key) ?? []), term.term]);
    }
  }
  const changes = readable.map((document) => {
    const { tenantId, contactId } = document._id;
    return termChanges(collections, document, stored.get(JSON.stringify([tenantId, contactId])) ?? []);
  });
  const writes = changes.flat();
  if (writes.length > 0) await terms.collection.bulkWrite(writes, { ordered: false });
  return changes.filter((ofOne) => ofOne.length > 0).length;
}
