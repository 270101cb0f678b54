import type { TenantId } from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../connection/deadlines.ts';
import { ALL_CONVERSATIONS } from '../schema/conversation-lists.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { type Counted, STANDING_FIELDS } from './count-conversation.ts';
import { COUNTED_FIELDS } from './count-entry.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/** The name of the roll-ups' progress and of their lease. */
export const ROLL_UPS = 'roll_ups';

/** An entry that is older when it is written is of the past: its conversation is marked. */
export const LATE_MS = 10_000;

/** Any other entry is no older than this when it can be seen: mongod ends a transaction after a minute. */
export const LONGEST_COMMIT_MS = 75_000;

const OPTIONS = { maxTimeMS: METRICS_TIMEOUT_MS };

/**
 * Whatever was written before is counted, by MongoDB's clock; 0 where nothing may be.
 * @param name of another look's progress
 */
export async function countedUpTo(
  { progress }: Collections,
  session?: ClientSession,
  name: string = ROLL_UPS,
): Promise<number> {
  const found = await progress.collection.findOne(byId(name), {
    ...OPTIONS,
    ...(session && { session }),
  });
  return found?.['upTo'] instanceof Date ? found['upTo'].getTime() : 0;
}

/** How many conversations are compared in one query. */
const COMPARED = 1_000;

/**
 * The conversations of a tenant that have changed since an instant and are not counted as they are, and those with entries of
 * the past.
 */
export async function findChanged(
  { conversations, late_writes: late, counted_conversations: counts }: Collections,
  tenantId: TenantId,
  since: number,
  session?: ClientSession,
): Promise<ObjectId[]> {
  const options = { ...OPTIONS, ...(session && { session }) };
  // One after the other: a transaction takes one operation at a time.
  const changed = await conversations.collection
    .find(
      { tenantId, ...ALL_CONVERSATIONS, updatedAt: { $gte: new Date(since) } },
      { ...options, projection: { lastSeq: 1 }, hint: 'by_list' },
    )
    .toArray();
  const marks = await late.collection
    .find({ tenantId }, { ...options, projection: { conversationIds: 1 } })
    .toArray();
  const ids = new Map<string, ObjectId>();
  for (const { conversationIds } of marks)
    for (const id of conversationIds) if (id instanceof ObjectId) ids.set(id.toHexString(), id);
  for (let from = 0; from < changed.length; from += COMPARED) {
    const some = changed.slice(from, from + COMPARED);
    const counted = await counts.collection
      .find({ _id: { $in: some.map(({ _id }) => _id) }, tenantId }, { ...options, projection: { seq: 1 } })
      .toArray();
    const seqs = new Map(counted.map(({ _id, seq }) => [_id.toHexString(), seq]));
    for (const { _id, lastSeq } of some)
      if (!(lastSeq <= (seqs.get(_id.toHexString()) ?? 0))) ids.set(_id.toHexString(), _id);
  }
  return [...ids.values()];
}

/** What is to be counted of one conversation. */
export type Uncounted = {
  id: ObjectId;
  counted: Counted | null;
  /** Its document; null for pieces of one that is not restored whole. */
  conversation: Document | null;
  /** In their order. */
  entries: Document[];
};

export type UncountedOptions = { session?: ClientSession; limit?: number; onlyWhole?: boolean };

/** How many conversations are asked for in one query. */
const CHUNK = 200;

export function distinctIds(ids: readonly ObjectId[]): ObjectId[] {
  return [...new Map(ids.map((id) => [id.toHexString(), id])).values()];
}

/**
 * What is to be counted of some conversations; those of which all is counted are left out.
 * @param limit how many entries are read at most; of what does not fit a next call gives the rest
 * @param onlyWhole leaves out the pieces of conversations that are not restored whole
 */
export async function readUncounted(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
  { limit = Number.POSITIVE_INFINITY, ...options }: UncountedOptions = {},
): Promise<Uncounted[]> {
  const found: Uncounted[] = [];
  // One that is named twice would be counted twice.
  const distinct = distinctIds(ids);
  let left = limit;
  for (let from = 0; from < distinct.length && left > 0; from += CHUNK) {
    const chunk = await readChunk(collections, tenantId, distinct.slice(from, from + CHUNK), {
      ...options,
      limit: left,
    });
    found.push(...chunk);
    left -= chunk.reduce((sum, { entries }) => sum + entries.length, 0);
  }
  return found;
}

async function readChunk(
  { counted_conversations: counts, conversations, timeline }: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
  { session, limit, onlyWhole = false }: UncountedOptions & { limit: number },
): Promise<Uncounted[]> {
  const options = { ...OPTIONS, ...(session && { session }) };
  const ofTenant = { _id: { $in: [...ids] }, tenantId };
  const known = await counts.collection.find(ofTenant, options).toArray();
  const documents = await conversations.collection
    .find(ofTenant, { ...options, projection: STANDING_FIELDS })
    .toArray();
  const countedOf = new Map(known.map((one) => [one._id.toHexString(), countedOfDocument(one)]));
  const documentOf = new Map(documents.map((one) => [one._id.toHexString(), one]));
  const asked = ids.map((id): Uncounted => {
    const key = id.toHexString();
    return {
      id,
      counted: countedOf.get(key) ?? null,
      conversation: documentOf.get(key) ?? null,
      entries: [],
    };
  });
  const pending = asked.filter(({ counted, conversation }) => {
    if (conversation === null) return !onlyWhole;
    return counted === null || !(conversation['lastSeq'] <= counted.seq);
  });
  const fresh = pending.filter(({ counted }) => counted === null).map(({ id }) => id);
  const begun = pending.flatMap(({ id, counted }) =>
    counted === null ? [] : [{ tenantId, conversationId: id, seq: { $gt: counted.seq } }],
  );
  const filters: TenantFilter[] = [
    ...(fresh.length === 0 ? [] : [{ tenantId, conversationId: { $in: fresh } }]),
    ...(begun.length === 0 ? [] : [{ $or: begun }]),
  ];
  const byKey = new Map(pending.map((one) => [one.id.toHexString(), one]));
  let left = limit;
  for (const filter of filters) {
    if (left <= 0) break;
    const find = timeline.collection
      .find(filter, { ...options, projection: COUNTED_FIELDS, hint: 'by_seq' })
      .sort({ conversationId: 1, seq: 1 });
    const entries = await (Number.isFinite(left) ? find.limit(left) : find).toArray();
    left -= entries.length;
    for (const entry of entries) {
      const one = byKey.get(String(entry['conversationId']));
      // What was written since its document was read is counted with the next one.
      const last: unknown = one?.conversation?.['lastSeq'] ?? Number.POSITIVE_INFINITY;
      if (typeof last === 'number' && entry['seq'] <= last) one?.entries.push(entry);
    }
  }
  return pending.filter(({ entries }) => entries.length > 0);
}

/** What is counted of a conversation, as it is kept. */
export function countedOfDocument({ seq, owner, visits, objections, standing }: Document): Counted {
  // Written by this module alone, and checked by the collection's validator.
  return { seq, owner, visits, objections, standing };
}
