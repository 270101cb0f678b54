import { isDeepStrictEqual } from 'node:util';
import type { SchemaDifference, SchemaReport } from '@baton/schema';
import { type Db, type Document, MongoServerError } from 'mongodb';
import {
  type CollectionDeclaration,
  declaredCollections,
  type IndexDeclaration,
  shardKeyOf,
} from '../schema/collections.ts';
import { validationOf } from '../schema/validator.ts';

const NAMESPACE_EXISTS = 48;

/** One thing to do, or done, so that the server has what the code declares. */
export type SchemaStep = {
  collection: string;
  what: SchemaDifference['what'];
  name: string;
  action: 'create' | 'change' | 'recreate' | 'drop';
};

type Declarations = Readonly<Record<string, CollectionDeclaration>>;

export type ApplyOptions = {
  /** What is declared; this version's own collections by default. */
  declared?: Declarations | undefined;
  /** Says what would be done, and does nothing. */
  dryRun?: boolean;
  /** Called before each step is done; an index of a large collection can take hours. */
  onProgress?: (step: SchemaStep) => void;
  /** Stops between two steps. */
  signal?: AbortSignal;
};

/**
 * Compares the declared collections, validators and indexes with the server's. Collections that nobody
 * declared are none of its business; indexes that nobody declared are, as every write pays for them.
 */
export async function reportSchema(
  db: Db,
  declared: Declarations = declaredCollections,
): Promise<SchemaReport> {
  const found = await readServer(db, new Set(Object.keys(declared)));
  const differences = Object.values(declared).flatMap((collection) =>
    differencesOf(collection, found.get(collection.name)),
  );
  return { ok: differences.length === 0, differences };
}

/**
 * Makes the server's collections, validators and indexes those that are declared: an index that differs is
 * dropped and built again, one that nobody declared is dropped. Changes no document.
 *
 * @returns the steps that were taken; with `dryRun`, those that would be
 */
export async function applySchema(
  db: Db,
  { declared = declaredCollections, dryRun = false, onProgress, signal }: ApplyOptions = {},
): Promise<SchemaStep[]> {
  const { differences } = await reportSchema(db, declared);
  const steps: SchemaStep[] = differences.map(({ collection, what, name, problem }) => ({
    collection,
    what,
    name,
    action: ACTIONS[what === 'validator' ? 'validator' : problem],
  }));
  if (dryRun) return steps;
  for (const collection of Object.values(declared)) {
    const own = steps.filter((step) => step.collection === collection.name);
    if (own.length === 0) continue;
    signal?.throwIfAborted();
    for (const step of own) onProgress?.(step);
    await applySteps(db, collection, own);
  }
  return steps;
}

const ACTIONS = {
  missing: 'create',
  different: 'recreate',
  unexpected: 'drop',
  validator: 'change',
} as const;

async function applySteps(db: Db, declared: CollectionDeclaration, steps: SchemaStep[]): Promise<void> {
  const { name, schema } = declared;
  if (steps.some((step) => step.what === 'collection')) await createCollection(db, declared);
  if (steps.some((step) => step.what === 'validator'))
    await db.command({ collMod: name, ...validationOf(schema) });
  const indexes = steps.filter((step) => step.what === 'index');
  for (const step of indexes) {
    if (step.action !== 'create') await db.collection(name).dropIndex(step.name);
  }
  const built = new Set(indexes.filter((step) => step.action !== 'drop').map((step) => step.name));
  // One command builds all of them in one scan of the collection.
  await createIndexes(
    db,
    name,
    declared.indexes.filter((index) => built.has(index.name)),
  );
}

async function createCollection(db: Db, { name, schema }: CollectionDeclaration): Promise<void> {
  try {
    await db.createCollection(name, validationOf(schema));
  } catch (error) {
    // Created meanwhile, maybe with another validator.
    if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
    await db.command({ collMod: name, ...validationOf(schema) });
  }
}

async function createIndexes(db: Db, collection: string, indexes: IndexDeclaration[]): Promise<void> {
  if (indexes.length > 0) await db.collection(collection).createIndexes(indexes);
}

type FoundCollection = { options: Document; indexes: Map<string, Document> };

async function readServer(db: Db, declared: ReadonlySet<string>): Promise<Map<string, FoundCollection>> {
  const listed = await db.listCollections({ type: 'collection' }, { nameOnly: false }).toArray();
  const found = await Promise.all(
    listed
      .filter(({ name }) => declared.has(name))
      .map(
        async ({ name, options = {} }) => [name, { options, indexes: await readIndexes(db, name) }] as const,
      ),
  );
  return new Map(found);
}

async function readIndexes(db: Db, collection: string): Promise<Map<string, Document>> {
  const listed = await db.collection(collection).listIndexes().toArray();
  const own = listed.filter(({ name }) => name !== '_id_');
  return new Map(own.map((index) => [String(index['name']), asDeclared(index)]));
}

function differencesOf(
  declared: CollectionDeclaration,
  found: FoundCollection | undefined,
): SchemaDifference[] {
  const collection = declared.name;
  const differences: SchemaDifference[] = [];
  const validation = validationOf(declared.schema);
  if (found === undefined) {
    differences.push({
      collection,
      what: 'collection',
      name: collection,
      problem: 'missing',
      declared: collection,
      found: null,
    });
  } else {
    const { validator, validationLevel, validationAction } = found.options;
    if (!isDeepStrictEqual({ validator, validationLevel, validationAction }, validation)) {
      differences.push({
        collection,
        what: 'validator',
        name: collection,
        problem: validator === undefined ? 'missing' : 'different',
        declared: JSON.stringify(validation),
        found:
          validator === undefined ? null : JSON.stringify({ validator, validationLevel, validationAction }),
      });
    }
  }
  const indexes = new Map(found?.indexes);
  for (const index of declared.indexes) {
    const other = indexes.get(index.name);
    indexes.delete(index.name);
    if (other !== undefined && sameIndex(index, other)) continue;
    differences.push({
      collection,
      what: 'index',
      name: index.name,
      problem: other === undefined ? 'missing' : 'different',
      declared: JSON.stringify(index),
      found: other === undefined ? null : JSON.stringify(other),
    });
  }
  for (const [name, index] of indexes) {
    // A sharded collection has an index on its shard key, which MongoDB may have made.
    if (isDeepStrictEqual(index['key'], shardKeyOf(collection))) continue;
    differences.push({
      collection,
      what: 'index',
      name,
      problem: 'unexpected',
      declared: null,
      found: JSON.stringify(index),
    });
  }
  return differences;
}

/** The order of an index's fields is part of what it is; that of its options is not. */
function sameIndex(declared: IndexDeclaration, found: Document): boolean {
  return (
    isDeepStrictEqual(declared, found) &&
    isDeepStrictEqual(Object.keys(declared.key), Object.keys(found['key']))
  );
}

/**
 * An index in the words of its declaration. The server lists a text index's fields as `_fts` and `_ftsx`
 * with the names among the weights, and the versions of its own formats.
 */
function asDeclared({
  v: _v,
  textIndexVersion: _t,
  ns: _n,
  background: _b,
  weights,
  ...index
}: Document): Document {
  if (weights === undefined) return index;
  const key: Document = {};
  for (const [field, direction] of Object.entries<unknown>(index['key'])) {
    if (field === '_fts') for (const name of Object.keys(weights)) key[name] = 'text';
    else if (field !== '_ftsx') key[field] = direction;
  }
  const weighted = Object.values<unknown>(weights).some((weight) => weight !== 1);
  return { ...index, key, ...(weighted && { weights }) };
}
