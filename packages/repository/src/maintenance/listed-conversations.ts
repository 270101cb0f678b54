import { Timestamp, type TenantId } from '@baton/schema';
import { type Document, MongoBulkWriteError, ObjectId } from 'mongodb';
import { z } from 'zod';
import { DUPLICATE_KEY } from '../connection/duplicate-key.ts';
import { CaughtUpLists } from '../read/caught-up-lists.ts';
import { afterPosition } from '../read/page.ts';
import type { WireDocument } from '../schema/collections.ts';
import { ALL_CONVERSATIONS } from '../schema/conversation-lists.ts';
import { tryDecoderOf } from '../schema/decoder.ts';
import { ConversationDocument } from '../schema/documents.ts';
import { QUIET_MS } from '../schema/list-combinations.ts';
import { listedConversationOf } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { erasedAmong } from '../write/erased-among.ts';
import { unlessHeld, withLease } from './leases.ts';
import { tenantsOf } from './roll-ups.ts';

const NAME = 'listed_conversations';
const LEASE_MS = 30_000;
/** How many conversations are named at a time. */
const PAGE = 1_000;
/** Fewer that have changed and are quiet are left for later: lists look at each of them. */
const FEWEST = 500;
/** How much longer a pause is than the look before it. */
const PAUSES_OF_A_LOOK = 20;

const NamedFields = ConversationDocument.pick({
  _id: true,
  version: true,
  channel: true,
  stage: true,
  owner: true,
  contactId: true,
  nextFollowUpAt: true,
  tags: true,
  status: true,
  updatedAt: true,
}).extend({ metrics: z.strictObject({ waitingSince: Timestamp.nullable() }) });

/** Null where it cannot be read, which the doctor finds. */
const readNamed = tryDecoderOf(NamedFields);

const PROJECTION = Object.fromEntries(
  Object.keys(NamedFields.shape).map((field) => [field === 'metrics' ? 'metrics.waitingSince' : field, 1]),
);

export type ListsOptions = {
  signal?: AbortSignal;
  /** How many conversations have been looked at. */
  onProgress?: (done: number) => void;
};

/** How many conversations were named anew or otherwise, and how many that are gone were taken out. */
export type ListsReport = { written: number; removed: number };

/** What a bulk write has done, whose ids are taken for some; any other fault is thrown. */
function despiteDuplicates(error: unknown): MongoBulkWriteError {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  if (![error.writeErrors].flat().every(({ code }) => code === DUPLICATE_KEY)) throw error;
  return error;
}

/**
 * Writes the names of conversations as they were read. What has changed since then has a later version, and stays.
 * @param options with `areNew` most have none yet: then inserting first takes a third of the time
 */
async function writeNames(
  { listed_conversations: { collection, encode } }: Collections,
  named: WireDocument<'listed_conversations'>[],
  { areNew }: { areNew: boolean },
): Promise<number> {
  let documents = named.map(encode);
  if (documents.length === 0) return 0;
  let inserted = 0;
  if (areNew) {
    const result = await collection.insertMany(documents, { ordered: false }).catch(despiteDuplicates);
    inserted = result.insertedCount;
    if (!(result instanceof MongoBulkWriteError)) return inserted;
    const known = new Set([result.writeErrors].flat().map(({ index }) => index));
    documents = documents.filter((_, index) => known.has(index));
  }
  const operations = documents.map((replacement) => {
    const { _id, tenantId, version } = replacement;
    return {
      replaceOne: { filter: { _id, tenantId, version: { $lte: version } }, replacement, upsert: true },
    };
  });
  const { upsertedCount, modifiedCount } = await collection
    .bulkWrite(operations, { ordered: false })
    .catch(despiteDuplicates);
  return inserted + upsertedCount + modifiedCount;
}

/** What was erased between the look and the write has a later version, and is named again by that. */
async function removeErased(
  collections: Collections,
  tenantId: TenantId,
  named: readonly WireDocument<'listed_conversations'>[],
): Promise<void> {
  const ids = named.map(({ _id }) => new ObjectId(_id));
  const erased = new Set((await erasedAmong(collections, [tenantId], ids)).map(String));
  const ofBefore = named
    .filter(({ _id }) => erased.has(_id))
    .map(({ _id, version }) => ({ _id: new ObjectId(_id), version }));
  if (ofBefore.length === 0) return;
  const { listed_conversations: listed, conversations } = collections;
  for (const { _id, version } of ofBefore) {
    const now = await conversations.collection.findOne({ tenantId, _id }, { projection: { version: 1 } });
    if (now?.['version'] !== version) await listed.collection.deleteOne({ tenantId, _id, version });
  }
}

/**
 * Names the conversations of a tenant that have changed since an instant and have been quiet since.
 * @param options with `fewest`: where there are fewer, nothing is done
 */
async function nameChanged(
  collections: Collections,
  tenantId: TenantId,
  { since, fewest, signal, onProgress }: ListsOptions & { since: number; fewest: number },
): Promise<number> {
  const { conversations, clock } = collections;
  const lists = CaughtUpLists.of(collections);
  const upTo = clock.now() - QUIET_MS;
  const filter = {
    tenantId,
    ...ALL_CONVERSATIONS,
    updatedAt: { $gt: new Date(since), $lte: new Date(upTo) },
  };
  let written = 0;
  let last: Document | undefined;
  for (let done = 0; ;) {
    signal?.throwIfAborted();
    const position = last === undefined ? null : { value: last['updatedAt'], id: last['_id'] };
    const documents = await conversations.collection
      .find(
        { $and: [filter, afterPosition('updatedAt', 1, position)] },
        { projection: PROJECTION, hint: 'by_list' },
      )
      .sort({ updatedAt: 1, _id: 1 })
      .limit(PAGE)
      .toArray();
    if (last === undefined && documents.length < fewest) return 0;
    const named = documents.flatMap((document) => {
      const readable = readNamed(document);
      return readable === null ? [] : listedConversationOf(tenantId, { id: readable._id, ...readable });
    });
    written += await writeNames(collections, named, { areNew: since === 0 });
    await removeErased(collections, tenantId, named);
    last = documents.at(-1);
    done += documents.length;
    onProgress?.(done);
    if (documents.length < PAGE || last === undefined) break;
    // Others may have changed at the very same instant.
    await lists.save(tenantId, Math.max(since, last['updatedAt'].getTime() - 1));
  }
  await lists.save(tenantId, upTo);
  return written;
}

/** Names what is not named yet, of every tenant. It may stop at any point, and goes on from there when it is called again. */
export async function fillListedConversations(
  collections: Collections,
  { signal, onProgress }: ListsOptions = {},
): Promise<void> {
  await collections.clock.ready();
  let before = 0;
  for (const tenantId of await tenantsOf(collections)) {
    let done = 0;
    const since = await CaughtUpLists.of(collections).upTo(tenantId);
    const options = {
      since,
      fewest: 0,
      signal,
      onProgress: (now: number) => onProgress?.(before + (done = now)),
    };
    await nameChanged(collections, tenantId, options);
    before += done;
  }
}

/** Names all conversations again, and takes those out that are gone. */
export async function rebuildListedConversations(collections: Collections): Promise<ListsReport> {
  await collections.clock.ready();
  let written = 0;
  for (const tenantId of await tenantsOf(collections))
    written += await nameChanged(collections, tenantId, { since: 0, fewest: 0 });
  return { written, removed: await removeGone(collections) };
}

async function removeGone({ listed_conversations, conversations }: Collections): Promise<number> {
  const listed = listed_conversations.acrossTenants('check');
  let removed = 0;
  let last: Document | undefined;
  for (;;) {
    const page = await listed
      .find(last === undefined ? {} : { _id: { $gt: last['_id'] } }, { projection: { _id: 1 } })
      .sort({ _id: 1 })
      .limit(PAGE)
      .toArray();
    if (page.length === 0) return removed;
    const ids = page.map(({ _id }) => _id);
    const there = await conversations
      .acrossTenants('check')
      .find({ _id: { $in: ids } }, { projection: { _id: 1 } })
      .toArray();
    const known = new Set(there.map(({ _id }) => _id.toHexString()));
    const gone = ids.filter((id) => !known.has(id.toHexString()));
    if (gone.length > 0) removed += (await listed.deleteMany({ _id: { $in: gone } })).deletedCount;
    last = page.at(-1);
  }
}

/** Repeats `nameQuiet`; when it looks next is this process's own. */
export function nameQuietConversations(collections: Collections): () => Promise<number> {
  let nextLookAt = 0;

  /**
   * Names the conversations that have changed and have been quiet for QUIET_MS, where a tenant has many; one server does it
   * at a time, and it takes a twentieth of its time at most.
   * @returns how many
   */
  return async function nameQuiet() {
    if (performance.now() < nextLookAt) return 0;
    await collections.clock.ready();
    const began = performance.now();
    const naming = withLease(collections.db, NAME, { leaseMs: LEASE_MS }, async (signal) => {
      let written = 0;
      for (const tenantId of await tenantsOf(collections)) {
        const since = await CaughtUpLists.of(collections).upTo(tenantId);
        written += await nameChanged(collections, tenantId, { since, fewest: FEWEST, signal });
      }
      return written;
    });
    const written = await unlessHeld(naming, 0);
    nextLookAt = performance.now() + PAUSES_OF_A_LOOK * (performance.now() - began);
    return written;
  };
}
