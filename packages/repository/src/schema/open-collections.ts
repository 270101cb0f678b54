import { Refusal } from '@baton/domain';
import { BSON, type CollectionOptions, type Db, type Document } from 'mongodb';
import type { z } from 'zod';
import type { Clock, Random } from '../clock/clock.ts';
import { MongodbClock } from '../clock/mongodb-clock.ts';
import type { FileStorage } from '../storage/file-storage.ts';
import { gridFsStorage } from '../storage/gridfs-storage.ts';
import { type Codec, codecOf } from './codec.ts';
import { type CollectionName, declaredCollections, type WireDocument } from './collections.ts';
import { Undecodable } from './decoder.ts';
import { SESSION_LIFE, type SessionLife } from './session-life.ts';
import type {
  AcrossTenants,
  CollectionOfAll,
  StoreCollection,
  TenantCollection,
} from './tenant-collection.ts';
import { UnreadableDocuments } from './unreadable.ts';

/** Collections of which no document is a tenant's. */
type StoresOwn = 'file_removals' | 'progress' | 'migrations' | 'leases';

/** A collection with its codec: filters and updates are in the stored form, documents go through the codec. */
export type TypedCollection<Name extends CollectionName> = Pick<
  Codec<WireDocument<Name>>,
  'encode' | 'encodePart'
> & {
  collection: Name extends StoresOwn ? StoreCollection : TenantCollection;
  /** The same for work that goes through the documents of every tenant. */
  acrossTenants: (reason: AcrossTenants) => CollectionOfAll;
  /** @throws Refusal UNREADABLE */
  decode: (document: Document) => WireDocument<Name>;
  /** The same for one of many; null where it cannot be read. */
  tryDecode: (document: Document) => WireDocument<Name> | null;
};

/** Where a store's time, its chance and its files' contents come from, who is told of what cannot be read, and what is set. */
export type Sources = {
  clock: Clock;
  random: Random;
  unreadable: UnreadableDocuments;
  /** How long browsers stay signed in. */
  sessionLife: SessionLife;
  /** Where the contents of files are. */
  contents: FileStorage;
};

export type Collections = { [Name in CollectionName]: TypedCollection<Name> } & { db: Db } & Sources;

const codecs = Object.entries(declaredCollections).map(([name, { schema }]) => ({
  // A key of the declarations, which `Object.entries` calls a string.
  name: name as CollectionName,
  codec: codecOf<z.ZodType>(schema),
}));

/** A value that the driver itself cannot read would end the cursor, and so cost its neighbours: it is left to the codec. */
const LENIENT: CollectionOptions = { enableUtf8Validation: false, bsonRegExp: true };

/** A document that was read with `raw: true`, as the collections give theirs. */
export function deserialize(document: Uint8Array): Document {
  return BSON.deserialize(document, { bsonRegExp: true, validation: { utf8: false } });
}

/** Opens every declared collection of a database; by default with MongoDB's clock and Math.random. */
export function openCollections(db: Db, sources: Partial<Sources> = {}): Collections {
  const {
    clock = MongodbClock.of(db.client),
    random = Math.random,
    unreadable = new UnreadableDocuments(),
    sessionLife = SESSION_LIFE,
    contents = gridFsStorage(db),
  } = sources;
  const collections = codecs.map(({ name, codec }) => {
    function tryDecode(document: Document): unknown {
      try {
        return codec.decode(document);
      } catch (error) {
        if (!(error instanceof Undecodable)) throw error;
        unreadable.add(name, document, error.field);
        return null;
      }
    }
    // `_id` is not an ObjectId in every collection, so the driver's default type does not fit.
    const collection = db.collection(name, LENIENT);
    const opened = {
      collection,
      acrossTenants: () => collection,
      encode: codec.encode,
      encodePart: codec.encodePart,
      tryDecode,
      decode(document: Document): unknown {
        const readable = tryDecode(document);
        if (readable === null) throw unreadableRefusal(name);
        return readable;
      },
    };
    return [name, opened];
  });
  // Built from the very names of the declaration.
  return {
    ...Object.fromEntries(collections),
    db,
    clock,
    random,
    unreadable,
    sessionLife,
    contents,
  } as Collections;
}

export function unreadableRefusal(collection: CollectionName): Refusal {
  const message = 'This version of Baton cannot read what is stored: it is of a newer version, or damaged';
  return new Refusal('UNREADABLE', message, { collection });
}

/** The filter of one document by its `_id`. */
export function byId<Id extends string | object>(id: Id): { _id: Id } {
  return { _id: id };
}

/** The filter of several documents by their `_id`s. */
export function byIds<Id extends string | object>(ids: readonly Id[]): { _id: { $in: readonly Id[] } } {
  return { _id: { $in: ids } };
}
