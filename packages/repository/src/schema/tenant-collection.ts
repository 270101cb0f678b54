import type { TenantId } from '@baton/schema';
import type {
  AggregateOptions,
  AggregationCursor,
  BulkWriteOptions,
  BulkWriteResult,
  Collection,
  CountDocumentsOptions,
  DeleteOptions,
  DeleteResult,
  Document,
  FindCursor,
  FindOneAndDeleteOptions,
  FindOneAndReplaceOptions,
  FindOneAndUpdateOptions,
  FindOneOptions,
  FindOptions,
  ObjectId,
  ReplaceOptions,
  UpdateOptions,
  UpdateResult,
  WithId,
} from 'mongodb';

/** An `_id` that begins with the tenant. */
type TenantKey = { tenantId: TenantId };

type TenantIds =
  | TenantId
  | TenantKey
  | { $in: readonly TenantKey[] }
  | { $gt: TenantKey; $lt: TenantKey }
  | { $gte: TenantKey; $lt: TenantKey };

/** A filter by the field `tenantId`, with what else it asks for. */
export type OfTenant = Document & { tenantId: TenantId };

/** A filter that finds documents of one tenant only, by their `tenantId` or by the tenant in their `_id`. */
export type TenantFilter =
  | OfTenant
  | (Document & { _id: TenantIds })
  | KnownDocument
  | (Document & { $or: readonly TenantFilter[] })
  | (Document & { $and: readonly [TenantFilter, ...Document[]] });

declare const known: unique symbol;
type KnownDocument = { _id: ObjectId; [known]: TenantId };

/**
 * The filter of a document that was read or made in the tenant before: by its id alone, for which mongod has a fast path.
 */
export function knownDocument(_tenantId: TenantId, _id: ObjectId): KnownDocument {
  // The tenant is in the type alone.
  return { _id } as KnownDocument;
}

/** Why work goes through the documents of every tenant. */
export type AcrossTenants =
  /** Whose a credential is, only its document says. */
  | 'credential'
  /** Workers look for what is due, whosever it is, and then work in its tenant. */
  | 'due work'
  /** One change stream a process serves the readers of every tenant. */
  | 'live feed'
  /** New entries are looked for by their ids, and counted in their tenants. */
  | 'roll-up'
  /** What is kept beside conversations is taken back for several tenants at once. */
  | 'late copies'
  /** An address of a file is all the right that it needs; its document says whose it is. */
  | 'file address'
  /** `migrate` goes through everything. */
  | 'migration'
  /** So does `doctor`. */
  | 'check'
  /** An operator lists the tenants, or deletes what was found of one. */
  | 'tenants'
  /** A test or a bench looks at what is there. */
  | 'test';

type Writes<Filter> =
  | { insertOne: { document: Document } }
  | { updateOne: { filter: Filter; update: Document | Document[]; upsert?: boolean } }
  | { updateMany: { filter: Filter; update: Document | Document[]; upsert?: boolean } }
  | { replaceOne: { filter: Filter; replacement: Document; upsert?: boolean } }
  | { deleteOne: { filter: Filter } }
  | { deleteMany: { filter: Filter } };

export type TenantWrite = Writes<TenantFilter>;

/** The driver's collection, as far as it is used and with another type of filters. */
type Filtered<Filter, Pipeline> = Pick<Collection, 'collectionName' | 'insertOne' | 'insertMany'> & {
  find<Found extends Document = WithId<Document>>(filter: Filter, options?: FindOptions): FindCursor<Found>;
  findOne(filter: Filter, options?: FindOneOptions): Promise<WithId<Document> | null>;
  aggregate<Found extends Document = Document>(
    pipeline: Pipeline,
    options?: AggregateOptions,
  ): AggregationCursor<Found>;
  countDocuments(filter: Filter, options?: CountDocumentsOptions): Promise<number>;
  updateOne(filter: Filter, update: Document | Document[], options?: UpdateOptions): Promise<UpdateResult>;
  updateMany(filter: Filter, update: Document | Document[], options?: UpdateOptions): Promise<UpdateResult>;
  replaceOne(filter: Filter, replacement: Document, options?: ReplaceOptions): Promise<UpdateResult>;
  deleteOne(filter: Filter, options?: DeleteOptions): Promise<DeleteResult>;
  deleteMany(filter: Filter, options?: DeleteOptions): Promise<DeleteResult>;
  findOneAndUpdate(
    filter: Filter,
    update: Document | Document[],
    options?: FindOneAndUpdateOptions,
  ): Promise<WithId<Document> | null>;
  findOneAndReplace(
    filter: Filter,
    replacement: Document,
    options?: FindOneAndReplaceOptions,
  ): Promise<WithId<Document> | null>;
  findOneAndDelete(filter: Filter, options?: FindOneAndDeleteOptions): Promise<WithId<Document> | null>;
  bulkWrite(operations: readonly Writes<Filter>[], options?: BulkWriteOptions): Promise<BulkWriteResult>;
};

/** Its first stage takes the documents of one tenant. */
export type TenantPipeline = readonly [{ $match: TenantFilter }, ...Document[]];

/** A collection of tenants' documents: it finds, changes and deletes nothing without naming a tenant. */
export type TenantCollection = Filtered<TenantFilter, TenantPipeline>;

/** A collection of the store's own documents. */
export type StoreCollection = Filtered<Document, readonly Document[]>;

/** The documents of every tenant. */
export type CollectionOfAll = StoreCollection &
  Pick<Collection, 'distinct' | 'estimatedDocumentCount' | 'watch'>;
