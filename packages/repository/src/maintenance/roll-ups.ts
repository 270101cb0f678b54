import { hostname } from 'node:os';
import { TenantId, timestamp } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { countConversations } from '../rollup/roll-up.ts';
import { countedUpTo, findChanged, LONGEST_COMMIT_MS, ROLL_UPS } from '../rollup/uncounted.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { LeaseHeld, withLease } from './leases.ts';

const LEASE_MS = 30_000;

/** A look that goes back only a little is taken once there are so many new entries. */
const MANY_ENTRIES = 1_000;
/** How far such a look goes back behind the one before. */
const SHORT_OVERLAP_MS = 1_000;
/** A look that goes back behind every transaction that may have been under way. */
const FULL_LOOK_EVERY_MS = 60_000;
/** Servers of the version before give conversations the time of their own clocks, which may be off by an hour. */
const SKEWED_LOOK_EVERY_MS = 5 * 60_000;
const SKEW_MS = 70 * 60_000;
/** How many conversations are looked at between two transactions. */
const PAGE = 1_000;

export type RollUpsOptions = {
  signal?: AbortSignal;
  /** How many conversations have been looked at. */
  onProgress?: (done: number) => void;
};

async function saveProgress({ progress }: Collections, upTo: number): Promise<void> {
  await progress.collection.updateOne(
    byId(ROLL_UPS),
    { $max: { upTo: new Date(timestamp(upTo)) } },
    { upsert: true },
  );
}

/** Every tenant that has entries. */
export async function tenantsOf({ timeline }: Collections): Promise<TenantId[]> {
  const names: unknown[] = await timeline.collection.distinct('tenantId');
  return names.filter((name): name is TenantId => TenantId.safeParse(name).success);
}

/** The conversations of a tenant as they began: neighbours count in the same hours, which costs fewest writes. */
async function* pagesAsTheyBegan({ timeline }: Collections, tenantId: TenantId): AsyncGenerator<ObjectId[]> {
  const created = timeline.collection
    .find(
      { tenantId, kind: 'created', at: { $type: 'date' } },
      { projection: { conversationId: 1 }, hint: 'by_kind', batchSize: PAGE },
    )
    .sort({ at: 1 });
  let page: ObjectId[] = [];
  for await (const { conversationId } of created) {
    if (conversationId instanceof ObjectId) page.push(conversationId);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** The conversations of a tenant that have a first entry, by id, in pages. */
export async function* conversationPages(
  { timeline }: Collections,
  tenantId: TenantId,
): AsyncGenerator<ObjectId[]> {
  for (let after: ObjectId | null = null; ;) {
    const conversationId: object = after === null ? { $type: 'objectId' } : { $gt: after };
    const found = await timeline.collection
      .find({ tenantId, conversationId, seq: 1 }, { projection: { conversationId: 1 }, hint: 'by_seq' })
      .sort({ conversationId: 1 })
      .limit(PAGE)
      .toArray();
    if (found.length === 0) return;
    const ids: ObjectId[] = found.map((entry) => entry['conversationId']);
    yield ids;
    after = ids.at(-1) ?? null;
  }
}

/** Counts everything that is not counted. It may stop at any point, and goes on from there when it is called again. */
export async function fillRollUps(
  collections: Collections,
  { signal, onProgress }: RollUpsOptions = {},
): Promise<void> {
  await collections.clock.ready();
  const began = collections.clock.now();
  let done = 0;
  for (const tenantId of await tenantsOf(collections)) {
    for await (const ids of pagesAsTheyBegan(collections, tenantId)) {
      await countConversations(collections, tenantId, ids, signal);
      done += ids.length;
      onProgress?.(done);
    }
    // Those whose first entry is damaged.
    for await (const ids of conversationPages(collections, tenantId))
      await countConversations(collections, tenantId, ids, signal);
  }
  await countLateWrites(collections, signal);
  await saveProgress(collections, began);
}

/** Counts the conversations that have entries whose ids were given since an instant. */
async function countSince(collections: Collections, since: number, signal: AbortSignal): Promise<number> {
  const groups = collections.timeline.collection.aggregate(
    [
      { $match: { _id: { $gte: ObjectId.createFromTime(Math.floor(since / 1_000)) } } },
      { $group: { _id: '$tenantId', conversations: { $addToSet: '$conversationId' } } },
    ],
    { hint: '_id_', allowDiskUse: true },
  );
  let total = 0;
  for await (const { _id, conversations } of groups) {
    const tenantId = TenantId.safeParse(_id);
    if (!tenantId.success) continue;
    const ids = conversations.filter((id: unknown) => id instanceof ObjectId);
    total += await countConversations(collections, tenantId.data, ids, signal);
  }
  return total;
}

/** Counts what late writes name, and forgets those of which all is counted. */
async function countLateWrites(collections: Collections, signal?: AbortSignal): Promise<number> {
  const { late_writes: late, conversations } = collections;
  const marks = await late.collection.find().limit(PAGE).toArray();
  let total = 0;
  for (const [tenant, ofTenant] of Map.groupBy(marks, ({ tenantId }) => tenantId)) {
    const tenantId = TenantId.parse(tenant);
    const ids: ObjectId[] = ofTenant.flatMap(({ conversationIds }) => conversationIds);
    total += await countConversations(collections, tenantId, ids, signal);
    const whole = await conversations.collection
      .find({ _id: { $in: ids }, tenantId }, { projection: { _id: 1 } })
      .toArray();
    const known = new Set(whole.map(({ _id }) => _id.toHexString()));
    const counted = ofTenant.filter(({ conversationIds }) =>
      conversationIds.every((id: ObjectId) => known.has(id.toHexString())),
    );
    await late.collection.deleteMany({ tenantId, _id: { $in: counted.map(({ _id }) => _id) } });
  }
  return total;
}

/** Repeats `rollUp`; what it did last is this process's own. */
export function rollUps(collections: Collections): () => Promise<number> {
  const { clock, db, timeline } = collections;
  let lookedAt = 0;
  let skewLookedAt = 0;

  /** Where the next look begins; null where nothing makes one worth while. */
  async function nextLook(now: number): Promise<{ since: number; isFull: boolean } | null> {
    const upTo = await countedUpTo(collections);
    if (upTo === 0) return null;
    if (now - upTo >= FULL_LOOK_EVERY_MS || lookedAt === 0) {
      const [newest] = await timeline.collection
        .find({}, { projection: { _id: 1 } })
        .sort({ _id: -1 })
        .limit(1)
        .toArray();
      const latest = newest?._id instanceof ObjectId ? newest._id.getTimestamp().getTime() : 0;
      const isQuiet = latest < upTo - LONGEST_COMMIT_MS && lookedAt > 0;
      return isQuiet ? null : { since: upTo - LONGEST_COMMIT_MS, isFull: true };
    }
    const since = Math.max(lookedAt, upTo) - SHORT_OVERLAP_MS;
    const from = ObjectId.createFromTime(Math.floor(since / 1_000));
    const isMany =
      (await timeline.collection.countDocuments({ _id: { $gte: from } }, { limit: MANY_ENTRIES })) ===
      MANY_ENTRIES;
    return isMany ? { since, isFull: false } : null;
  }

  async function countSkewed(now: number, signal: AbortSignal): Promise<number> {
    let total = 0;
    for (const tenantId of await tenantsOf(collections)) {
      const changed = await findChanged(collections, tenantId, now - SKEW_MS);
      total += await countConversations(collections, tenantId, changed, signal);
    }
    return total;
  }

  /**
   * Counts what is new, whoever has written it; one server does it at a time.
   * @returns how many entries
   */
  return async function rollUp() {
    await clock.ready();
    const now = clock.now();
    const look = await nextLook(now);
    const hasMarks =
      (await collections.late_writes.collection.findOne({}, { projection: { _id: 1 } })) !== null;
    const isSkewDue = now - skewLookedAt >= SKEWED_LOOK_EVERY_MS && (await countedUpTo(collections)) > 0;
    if (look === null && !hasMarks && !isSkewDue) return 0;
    const holder = `${hostname()}:${process.pid}`;
    try {
      return await withLease(db, ROLL_UPS, { holder, leaseMs: LEASE_MS }, async (signal) => {
        let total = hasMarks ? await countLateWrites(collections, signal) : 0;
        if (look !== null) {
          total += await countSince(collections, look.since, signal);
          lookedAt = now;
        }
        if (isSkewDue) {
          total += await countSkewed(now, signal);
          skewLookedAt = now;
        }
        if (look?.isFull === true) await saveProgress(collections, now);
        return total;
      });
    } catch (error) {
      if (error instanceof LeaseHeld) return 0;
      throw error;
    }
  };
}
