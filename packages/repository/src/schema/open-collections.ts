import type { Conversation, Entry, TenantId } from '@baton/schema';
import type { Collection, Db, Document, Filter, ObjectId } from 'mongodb';
import { type Codec, codecOf } from './codec.ts';
import { type CollectionName, declaredCollections, type WireDocument } from './collections.ts';
import { listsOf } from './conversation-lists.ts';

/** A collection with its codec: filters and updates are in the stored form, documents go through the codec. */
export type TypedCollection<Name extends CollectionName> = Codec<WireDocument<Name>> & {
  collection: Collection;
};

export type Collections = { [Name in CollectionName]: TypedCollection<Name> } & { db: Db };

const codecs = Object.fromEntries(
  Object.values(declaredCollections).map(({ name, schema }) => [name, codecOf(schema)]),
);

/** Opens every declared collection of a database. */
export function openCollections(db: Db): Collections {
  const collections = Object.keys(declaredCollections).map((name) => [
    name,
    // `_id` is not an ObjectId in every collection, so the driver's default type does not fit.
    { collection: db.collection(name), ...codecs[name] },
  ]);
  // Built from the very names of the declaration.
  return { ...Object.fromEntries(collections), db } as Collections;
}

/** A conversation as callers see it. */
export function conversationOf({
  _id,
  tenantId: _tenant,
  listedUnder: _lists,
  ...rest
}: WireDocument<'conversations'>): Conversation {
  return { id: _id, ...rest };
}

/**
 * A conversation as it is kept. What each write looks up comes first: mongod finds a field by passing those before
 * it, several times for each word of the validator.
 */
export function conversationDocument(
  tenantId: TenantId,
  conversation: Conversation,
): WireDocument<'conversations'> {
  const { id, lastSeq, version, handoffCount, activeObjections, ...rest } = conversation;
  const counters = { lastSeq, version, handoffCount, activeObjections };
  return { _id: id, tenantId, ...counters, listedUnder: listsOf(conversation), ...rest };
}

/** An entry as callers see it. */
export function entryOf({ _id, tenantId: _tenant, ...kept }: WireDocument<'timeline'>): Entry {
  if (kept.kind === 'created') return kept;
  const { channel: _channel, ...entry } = kept;
  return entry;
}

/** The filter of one document by its `_id`; the driver's types know ObjectIds only. */
export function byId(id: string | object): Filter<Document> {
  return { _id: id as ObjectId };
}

/** The filter of several documents by their `_id`s. */
export function byIds(ids: readonly (string | object)[]): Filter<Document> {
  return { _id: { $in: ids as ObjectId[] } };
}
