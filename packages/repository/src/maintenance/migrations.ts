import { timestamp } from '@baton/schema';
import type { Db, Document } from 'mongodb';
import { MongodbClock } from '../clock/mongodb-clock.ts';
import { prepareGridFs } from '../storage/gridfs-storage.ts';
import { codecOf } from '../schema/codec.ts';
import { type CollectionName, declaredCollections, type WireDocument } from '../schema/collections.ts';
import { listsOf } from '../schema/conversation-lists.ts';
import { tryDecoderOf } from '../schema/decoder.ts';
import { ConversationDocument } from '../schema/documents.ts';
import { type Collections, openCollections } from '../schema/open-collections.ts';
import { withLease } from './leases.ts';
import { fillKnownContacts } from './known-contacts.ts';
import { fillListedConversations } from './listed-conversations.ts';
import { giveRoles } from './roles.ts';
import { fillRollUps } from './roll-ups.ts';
import { applySchema, type ApplyOptions, type SchemaStep } from './schema-report.ts';
import { rebuildSearchTerms } from './search-terms.ts';

export const MIGRATION_LEASE = 'migrations';
const LEASE_MS = 30_000;

export type MigrationProgress =
  | { phase: 'migration'; name: string }
  | { phase: 'schema'; step: SchemaStep }
  /** How many documents of a collection a migration has brought up to date by now. */
  | { phase: 'documents'; collection: string; done: number };

type MigrationContext = { signal: AbortSignal; onProgress: (progress: MigrationProgress) => void };

export type Migration = {
  /** Orders it: `0001-initial`, `0002-…`. A name that was released never changes. */
  name: string;
  /**
   * The migration that a version must know to serve the store after this one. Without it every version before may: such a
   * migration only adds.
   */
  requires?: string;
  /** Must be safe to run again after it stopped at any point. */
  up(db: Db, context: MigrationContext): Promise<void>;
};

const BATCH_SIZE = 1_000;

async function declareSchema(db: Db, { signal, onProgress }: MigrationContext): Promise<void> {
  await applySchema(db, { signal, onProgress: (step) => onProgress({ phase: 'schema', step }) });
}

/** What lists need of a conversation; null where it cannot be read, which the doctor finds. */
const readListed = tryDecoderOf(
  ConversationDocument.pick({
    channel: true,
    stage: true,
    owner: true,
    contactId: true,
    nextFollowUpAt: true,
    tags: true,
  }),
);

/** Names the lists of conversations that were made before lists had names, in one pass over all of them. */
async function nameLists(db: Db, { signal, onProgress }: MigrationContext): Promise<void> {
  const conversations = openCollections(db).conversations.acrossTenants('migration');
  let last: Document | undefined;
  for (let done = 0; ;) {
    signal.throwIfAborted();
    const unnamed = { listedUnder: { $exists: false }, ...(last && { _id: { $gt: last['_id'] } }) };
    const documents = await conversations.find(unnamed).sort({ _id: 1 }).limit(BATCH_SIZE).toArray();
    if (documents.length === 0) return;
    const updates = documents.flatMap((document) => {
      const listed = readListed(document);
      if (listed === null) return [];
      const update = { $set: { listedUnder: listsOf(listed) } };
      return [{ updateOne: { filter: { _id: document._id }, update } }];
    });
    if (updates.length > 0) await conversations.bulkWrite(updates, { ordered: false });
    last = documents.at(-1);
    done += documents.length;
    onProgress({ phase: 'documents', collection: declaredCollections.conversations.name, done });
  }
}

type Fill = (
  collections: Collections,
  options: { signal: AbortSignal; onProgress: (done: number) => void },
) => Promise<unknown>;

/** Declares the schema, and fills a collection that follows from others. */
function declareAndFill(collection: CollectionName, fill: Fill): Migration['up'] {
  return async (db, context) => {
    await declareSchema(db, context);
    await fill(openCollections(db), {
      signal: context.signal,
      onProgress: (done) => context.onProgress({ phase: 'documents', collection, done }),
    });
  };
}

/** Every migration, oldest first. */
export const migrations: readonly Migration[] = [
  {
    name: '0001-initial',
    up: declareSchema,
  },
  {
    name: '0002-lists',
    async up(db, context) {
      // The validator first: from here on nobody can write a conversation without its lists.
      await declareSchema(db, context);
      await nameLists(db, context);
    },
  },
  {
    name: '0003-search-terms',
    up: declareAndFill('search_terms', rebuildSearchTerms),
  },
  {
    name: '0004-refusals',
    up: declareSchema,
  },
  {
    name: '0005-claims',
    // The indexes of claims. They read what a server of the version before writes, too.
    up: declareSchema,
  },
  {
    name: '0006-snapshots',
    up: declareSchema,
  },
  {
    name: '0007-session-keys',
    // The validator that lets a session say which key it comes from.
    up: declareSchema,
  },
  {
    name: '0008-roll-ups',
    up: declareAndFill('counted_conversations', fillRollUps),
  },
  {
    name: '0009-roles',
    async up(db, context) {
      await declareSchema(db, context);
      await giveRoles(db, context);
    },
  },
  {
    name: '0010-combined-lists',
    up: declareAndFill('listed_conversations', fillListedConversations),
  },
  {
    name: '0011-privacy',
    // The validators that let a timeline have erasures, and the records of what was erased.
    up: declareSchema,
  },
  {
    name: '0012-audit',
    // The audit log, and the validator and index of keys that expire and rotate.
    up: declareSchema,
  },
  {
    name: '0013-tenants',
    // The validator that lets a tenant be suspended.
    up: declareSchema,
  },
  {
    name: '0014-erasure-progress',
    // The validator that lets an erasure say how far it has come.
    up: declareSchema,
  },
  {
    name: '0015-retention',
    // The limits of tenants, in a collection of their own.
    up: declareSchema,
  },
  {
    name: '0016-messages',
    // The validator of what frameworks write: parts of more kinds, and the message as it was given.
    up: declareSchema,
  },
  {
    name: '0017-contacts',
    up: declareAndFill('contacts', fillKnownContacts),
  },
  {
    name: '0018-files',
    async up(db, context) {
      await declareSchema(db, context);
      await prepareGridFs(db);
    },
  },
  {
    name: '0019-send-policy',
    // The policies of tenants, what they refused, what agents used up, and the validator of messages made of a template.
    up: declareSchema,
  },
  {
    name: '0020-pauses',
    // Pauses that end by themselves, follow-ups that repeat, and how long after its end a conversation is reopened.
    up: declareSchema,
  },
  {
    name: '0021-sign-ins',
    // How browsers were signed in, beside their sessions.
    up: declareSchema,
  },
];

/** A newer Baton has migrated this store: an older one would take its validators and indexes back. */
export class StoreIsNewer extends Error {
  override readonly name = 'StoreIsNewer';
  readonly migrations: readonly string[];

  constructor(unknown: readonly string[]) {
    super(`The store has migrations that this version does not know: ${unknown.join(', ')}`);
    this.migrations = unknown;
  }
}

export type AppliedMigration = { name: string; appliedAt: string; durationMs: number };

export type MigrationStatus = {
  applied: AppliedMigration[];
  /** What the code has and the store lacks, in the order in which it will run. */
  pending: string[];
  /** What the store has and the code lacks. */
  unknown: string[];
  /** Those of them after which this version cannot serve; absent where there are none. */
  newer?: string[];
};

export type MigrateOptions = {
  /** Says what would be done, and does nothing. */
  dryRun?: boolean;
  onProgress?: (progress: MigrationProgress) => void;
  /** How long to wait for another process that migrates, in milliseconds; a minute by default. */
  waitMs?: number;
  /** The migrations that there are; every released one by default. */
  list?: readonly Migration[];
} & Pick<ApplyOptions, 'declared'>;

/** What was done; with `dryRun`, what would be. */
export type MigrationResult = {
  dryRun: boolean;
  /** The migrations that ran. */
  migrations: string[];
  /** Changes of collections, validators and indexes, those of the migrations included. */
  schema: SchemaStep[];
};

const codec = codecOf(declaredCollections.migrations.schema);

export async function migrationStatus(
  db: Db,
  list: readonly Migration[] = migrations,
): Promise<MigrationStatus> {
  const documents = await db
    .collection(declaredCollections.migrations.name)
    .find()
    .sort({ _id: 1 })
    .toArray();
  const records = documents.map((document) => codec.decode(document));
  const done = new Set(records.map(({ _id }) => _id));
  const declared = new Set(list.map(({ name }) => name));
  const newer = records.filter(
    ({ _id, requires }) => !declared.has(_id) && requires !== undefined && !declared.has(requires),
  );
  return {
    applied: records.map(({ _id, appliedAt, durationMs }) => ({ name: _id, appliedAt, durationMs })),
    pending: [...declared].filter((name) => !done.has(name)),
    unknown: [...done].filter((name) => !declared.has(name)),
    ...(newer.length > 0 && { newer: newer.map(({ _id }) => _id) }),
  };
}

/**
 * Migrates the store before it is served. One that a newer version has migrated is left as it is, where this version may
 * serve it beside that one.
 * @throws StoreIsNewer where it may not
 */
export async function migrateToServe(db: Db, options: MigrateOptions = {}): Promise<void> {
  const { pending, unknown, newer } = await migrationStatus(db, options.list);
  const mayServe = unknown.length > 0 && pending.length === 0 && newer === undefined;
  if (!mayServe) await migrate(db, options);
}

/**
 * Runs the pending migrations in order and applies the declared schema where the server's differs. Of several
 * processes one does it, under a lease; the others wait and find nothing left to do.
 *
 * @throws StoreIsNewer
 * @throws LeaseHeld where another process still migrates after `waitMs`
 */
export async function migrate(db: Db, options: MigrateOptions = {}): Promise<MigrationResult> {
  const { dryRun = false, waitMs = 60_000, declared } = options;
  if (dryRun) {
    const pending = await pendingOf(db, options);
    const schema = await applySchema(db, { dryRun, declared });
    return { dryRun, migrations: pending.map(({ name }) => name), schema };
  }
  return withLease(db, MIGRATION_LEASE, { leaseMs: LEASE_MS, waitMs }, (signal) =>
    runPending(db, signal, options),
  );
}

async function runPending(db: Db, signal: AbortSignal, options: MigrateOptions): Promise<MigrationResult> {
  const pending = await pendingOf(db, options);
  const schema: SchemaStep[] = [];
  const onProgress = (progress: MigrationProgress) => {
    if (progress.phase === 'schema') schema.push(progress.step);
    options.onProgress?.(progress);
  };
  // A record with this field needs the validator that knows it.
  if (pending.some(({ requires }) => requires !== undefined)) {
    const { migrations: records } = declaredCollections;
    await applySchema(db, { declared: { migrations: records }, signal });
  }
  for (const migration of pending) {
    signal.throwIfAborted();
    onProgress({ phase: 'migration', name: migration.name });
    const began = performance.now();
    await migration.up(db, { signal, onProgress });
    await recordApplied(db, migration, performance.now() - began);
  }
  const { declared } = options;
  await applySchema(db, { declared, signal, onProgress: (step) => onProgress({ phase: 'schema', step }) });
  return { dryRun: false, migrations: pending.map(({ name }) => name), schema };
}

async function pendingOf(db: Db, { list = migrations }: MigrateOptions): Promise<Migration[]> {
  const { pending, unknown } = await migrationStatus(db, list);
  if (unknown.length > 0) throw new StoreIsNewer(unknown);
  return list.filter(({ name }) => pending.includes(name));
}

async function recordApplied(db: Db, { name, requires }: Migration, durationMs: number): Promise<void> {
  const clock = MongodbClock.of(db.client);
  await clock.ready();
  const document: WireDocument<'migrations'> = {
    _id: name,
    appliedAt: timestamp(clock.now()),
    durationMs: Math.round(durationMs),
    ...(requires !== undefined && { requires }),
  };
  await db.collection(declaredCollections.migrations.name).insertOne(codec.encode(document));
}
