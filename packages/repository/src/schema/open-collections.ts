import type { Collection, Db, Document, Filter, ObjectId } from 'mongodb';
import type { Clock, Random } from '../clock/clock.ts';
import { MongodbClock } from '../clock/mongodb-clock.ts';
import { type Codec, codecOf } from './codec.ts';
import { type CollectionName, declaredCollections, type WireDocument } from './collections.ts';

/** A collection with its codec: filters and updates are in the stored form, documents go through the codec. */
export type TypedCollection<Name extends CollectionName> = Codec<WireDocument<Name>> & {
  collection: Collection;
};

/** Where a store's time and its chance come from. */
export type Sources = { clock: Clock; random: Random };

export type Collections = { [Name in CollectionName]: TypedCollection<Name> } & { db: Db } & Sources;

const codecs = Object.fromEntries(
  Object.values(declaredCollections).map(({ name, schema }) => [name, codecOf(schema)]),
);

/** Opens every declared collection of a database; by default with MongoDB's clock and Math.random. */
export function openCollections(db: Db, sources: Partial<Sources> = {}): Collections {
  const { clock = MongodbClock.of(db.client), random = Math.random } = sources;
  const collections = Object.keys(declaredCollections).map((name) => [
    name,
    // `_id` is not an ObjectId in every collection, so the driver's default type does not fit.
    { collection: db.collection(name), ...codecs[name] },
  ]);
  // Built from the very names of the declaration.
  return { ...Object.fromEntries(collections), db, clock, random } as Collections;
}

/** The filter of one document by its `_id`; the driver's types know ObjectIds only. */
export function byId(id: string | object): Filter<Document> {
  return { _id: id as ObjectId };
}

/** The filter of several documents by their `_id`s. */
export function byIds(ids: readonly (string | object)[]): Filter<Document> {
  return { _id: { $in: ids as ObjectId[] } };
}
