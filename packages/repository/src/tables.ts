import type { Collection, Db, Document } from 'mongodb';
import { type Codec, codecOf } from './codec.ts';
import { type CollectionName, collections, type WireDocument } from './collections.ts';

/** A collection with its codec: filters and updates are in the stored form, documents go through the codec. */
export type Table<Name extends CollectionName> = Codec<WireDocument<Name>> & { collection: Collection<Document> };

export type Tables = { [Name in CollectionName]: Table<Name> } & { db: Db };

const codecs = Object.fromEntries(
  Object.values(collections).map(({ name, schema }) => [name, codecOf(schema)]),
);

/** Opens every declared collection of a database. */
export function openTables(db: Db): Tables {
  const tables = Object.keys(collections).map((name) => [
    name,
    // `_id` is not an ObjectId in every collection, so the driver's default type does not fit.
    { collection: db.collection<Document>(name), ...codecs[name] },
  ]);
  // Built from the very names of the declaration.
  return { ...Object.fromEntries(tables), db } as Tables;
}
