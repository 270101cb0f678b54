import { TenantId, timestamp } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { countConversations } from '../rollup/roll-up.ts';
import { countedUpTo, distinctIds, findChanged, LONGEST_COMMIT_MS, ROLL_UPS } from '../rollup/uncounted.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { unlessHeld, withLease } from './leases.ts';
import { idsBetween, SeenEntries } from './seen-entries.ts';

const LEASE_MS = 30_000;

/** A look that goes back only a little is taken once there are so many new entries. */
const MANY_ENTRIES = 1_000;
/** How far such a look goes back behind the one before. */
const SHORT_OVERLAP_MS = 1_000;
/** A look that goes back behind every transaction that may have been under way; one that takes long, less often. */
const FULL_LOOK_EVERY_MS = 10_000;
const PAUSE_AFTER_LOOK = 10;
/** A conversation that is not restored whole for so long is looked at with the full looks alone. */
const LONG_UNFINISHED_MS = 60 * 60_000;
/** Servers of the version before give conversations the time of their own clocks, which may be off by an hour. */
const SKEWED_LOOK_EVERY_MS = 5 * 60_000;
/** The name of that look's progress. */
const SKEWED = 'roll_ups_skewed';
const SKEW_MS = 70 * 60_000;
/** How many conversations, or marks, are read at a time. */
const PAGE = 1_000;

export type RollUpsOptions = {
  signal?: AbortSignal;
  /** How many conversations have been looked at. */
  onProgress?: (done: number) => void;
};

async function saveProgress({ progress }: Collections, upTo: number, name: string = ROLL_UPS): Promise<void> {
  await progress.collection.updateOne(
    byId(name),
    { $max: { upTo: new Date(timestamp(upTo)) } },
    { upsert: true },
  );
}

/** Every tenant that has entries. */
export async function tenantsOf({ timeline }: Collections): Promise<TenantId[]> {
  const names: unknown[] = await timeline.acrossTenants('roll-up').distinct('tenantId');
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

/**
 * The conversations of a tenant that have a first entry, by id, in pages.
 * @param first what that entry must be
 */
export async function* conversationPages(
  { timeline }: Collections,
  tenantId: TenantId,
  first: Document = {},
): AsyncGenerator<ObjectId[]> {
  for (let after: ObjectId | null = null; ;) {
    const conversationId: object = after === null ? { $type: 'objectId' } : { $gt: after };
    const found = await timeline.collection
      .find(
        { ...first, tenantId, conversationId, seq: 1 },
        { projection: { conversationId: 1 }, hint: 'by_seq' },
      )
      .sort({ conversationId: 1 })
      .limit(PAGE)
      .toArray();
    if (found.length === 0) return;
    const ids: ObjectId[] = found.map((entry) => entry['conversationId']);
    yield ids;
    after = ids.at(-1) ?? null;
  }
}

/** A first entry without the place among those of its kind that `pagesAsTheyBegan` reads. */
const DAMAGED = { $or: [{ kind: { $ne: 'created' } }, { at: { $not: { $type: 'date' } } }] };

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
    for await (const ids of conversationPages(collections, tenantId, DAMAGED))
      await countConversations(collections, tenantId, ids, signal);
  }
  await countLateWrites(newLook(signal), collections);
  await saveProgress(collections, began);
}

/** What a look has counted, and what it could not. */
type Look = { signal: AbortSignal | undefined; entries: number; faults: unknown[] };

const newLook = (signal?: AbortSignal): Look => ({ signal, entries: 0, faults: [] });

/** Counts what some conversations of one tenant have; a fault there costs no other tenant. */
async function countIn(
  look: Look,
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
): Promise<boolean> {
  try {
    look.entries += await countConversations(collections, tenantId, ids, look.signal);
    return true;
  } catch (error) {
    look.signal?.throwIfAborted();
    look.faults.push(error);
    return false;
  }
}

/** The same for conversations without marks: where they cannot be counted they are marked, so that queries see them. */
async function countOrMark(
  look: Look,
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += PAGE) {
    const conversationIds = ids.slice(from, from + PAGE);
    if (await countIn(look, collections, tenantId, conversationIds)) continue;
    const mark = { _id: newObjectId(collections.clock), tenantId, conversationIds };
    await collections.late_writes.collection.insertOne(mark);
  }
}

/** Counts the conversations that have entries whose ids were given from a second on, and before another. */
async function countBetween(look: Look, collections: Collections, from: number, to?: number): Promise<void> {
  const groups = collections.timeline
    .acrossTenants('roll-up')
    .aggregate(
      [
        { $match: { _id: idsBetween(from, to) } },
        { $group: { _id: { tenantId: '$tenantId', conversationId: '$conversationId' } } },
        { $sort: { '_id.tenantId': 1 } },
      ],
      { hint: '_id_', allowDiskUse: true },
    );
  let tenant: unknown;
  let ids: ObjectId[] = [];
  const count = async () => {
    const tenantId = TenantId.safeParse(tenant);
    if (tenantId.success && ids.length > 0) await countOrMark(look, collections, tenantId.data, ids);
    ids = [];
  };
  for await (const { _id } of groups) {
    if (_id.tenantId !== tenant || ids.length >= PAGE) await count();
    tenant = _id.tenantId;
    if (_id.conversationId instanceof ObjectId) ids.push(_id.conversationId);
  }
  await count();
}

/**
 * Counts what late writes name, and forgets those of which all is counted.
 * @param since when they were written; without it, of all of them
 */
async function countLateWrites(look: Look, collections: Collections, since = 0): Promise<void> {
  const { late_writes: late, conversations } = collections;
  for (let after = ObjectId.createFromTime(Math.floor(since / 1_000)); ;) {
    const marks = await late
      .acrossTenants('roll-up')
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(PAGE)
      .toArray();
    const last = marks.at(-1)?._id;
    if (last === undefined) return;
    after = last;
    for (const [tenant, ofTenant] of Map.groupBy(marks, ({ tenantId }) => tenantId)) {
      const tenantId = TenantId.parse(tenant);
      const ids = distinctIds(ofTenant.flatMap(({ conversationIds }): ObjectId[] => conversationIds));
      if (!(await countIn(look, collections, tenantId, ids))) continue;
      const whole = await conversations.collection
        .find({ _id: { $in: ids }, tenantId }, { projection: { _id: 1 } })
        .toArray();
      const known = new Set(whole.map(({ _id }) => _id.toHexString()));
      const counted = ofTenant.filter(({ conversationIds }) =>
        conversationIds.every((id: ObjectId) => known.has(id.toHexString())),
      );
      await late.collection.deleteMany({ tenantId, _id: { $in: counted.map(({ _id }) => _id) } });
    }
  }
}

type NextLook = { since: number; isFull: boolean };

/** Repeats `rollUp`; what it did last is this process's own. */
export function rollUps(collections: Collections): () => Promise<number> {
  const { clock, db, timeline, late_writes: late } = collections;
  const seen = new SeenEntries(collections);
  let lookedAt = 0;
  let skewLookedAt = 0;
  let fullLookEveryMs = FULL_LOOK_EVERY_MS;

  /** Where the next look begins; null where nothing makes one worth while. */
  async function nextLook(now: number, upTo: number): Promise<NextLook | null> {
    if (now - upTo >= fullLookEveryMs || lookedAt === 0) {
      const [newest] = await timeline
        .acrossTenants('roll-up')
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
    const count = await timeline
      .acrossTenants('roll-up')
      .countDocuments({ _id: { $gte: from } }, { limit: MANY_ENTRIES });
    return count === MANY_ENTRIES ? { since, isFull: false } : null;
  }

  /** Counts what is new; in a full look also what was committed late, among what this process has looked at before. */
  async function countNew(look: Look, now: number, { since, isFull }: NextLook): Promise<void> {
    const second = Math.floor(since / 1_000);
    const seenTo = seen.endSince(isFull ? second : Number.POSITIVE_INFINITY);
    if (isFull && seenTo !== null)
      for (const stretch of await seen.findChanged(second)) {
        await countBetween(look, collections, stretch.from, stretch.to);
        seen.add(stretch);
      }
    // Where another server has looked for a while, this one goes back no further than it has to.
    const earliest = isFull ? second : second - LONGEST_COMMIT_MS / 1_000;
    const from = Math.max(seenTo ?? second, earliest);
    const to = Math.floor((now - SHORT_OVERLAP_MS) / 1_000);
    const stretch = to > from ? await seen.count(from, to) : null;
    await countBetween(look, collections, from);
    if (stretch !== null) seen.add(stretch);
  }

  async function countSkewed(look: Look, now: number): Promise<void> {
    for (const tenantId of await tenantsOf(collections)) {
      const changed = await findChanged(collections, tenantId, now - SKEW_MS);
      await countOrMark(look, collections, tenantId, changed);
    }
  }

  /** Once for all servers in some minutes. */
  async function countSkewedOnce(look: Look, now: number): Promise<void> {
    if (now - (await countedUpTo(collections, undefined, SKEWED)) < SKEWED_LOOK_EVERY_MS) return;
    await countSkewed(look, now);
    await saveProgress(collections, now, SKEWED);
  }

  /**
   * Counts what is new, whoever has written it; one server does it at a time.
   * @returns how many entries
   * @throws AggregateError where some of it cannot be counted, after all else is; queries go on to see it
   */
  return async function rollUp() {
    await clock.ready();
    const now = clock.now();
    const upTo = await countedUpTo(collections);
    // A migration counts everything first.
    if (upTo === 0) return 0;
    const next = await nextLook(now, upTo);
    const marksSince = next?.isFull === true ? 0 : now - LONG_UNFINISHED_MS;
    const isMarked = { _id: { $gt: ObjectId.createFromTime(Math.floor(marksSince / 1_000)) } };
    const hasMarks =
      (await late.acrossTenants('roll-up').findOne(isMarked, { projection: { _id: 1 } })) !== null;
    const isSkewDue = now - skewLookedAt >= SKEWED_LOOK_EVERY_MS;
    if (next === null && !hasMarks && !isSkewDue) return 0;
    const began = performance.now();
    const counting = withLease(db, ROLL_UPS, { leaseMs: LEASE_MS }, async (signal) => {
      const look = newLook(signal);
      if (hasMarks) await countLateWrites(look, collections, marksSince);
      if (next !== null) {
        await countNew(look, now, next);
        lookedAt = now;
      }
      if (isSkewDue) {
        await countSkewedOnce(look, now);
        skewLookedAt = now;
      }
      if (next?.isFull === true) {
        await saveProgress(collections, now);
        fullLookEveryMs = Math.max(FULL_LOOK_EVERY_MS, PAUSE_AFTER_LOOK * (performance.now() - began));
      }
      if (look.faults.length > 0) throw new AggregateError(look.faults, 'Some figures cannot be counted');
      return look.entries;
    });
    return unlessHeld(counting, 0);
  };
}
