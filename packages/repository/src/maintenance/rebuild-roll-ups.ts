import { isDeepStrictEqual } from 'node:util';
import type { TenantId } from '@baton/schema';
import type { Document, ObjectId } from 'mongodb';
import {
  type Counted,
  countConversation,
  STANDING_FIELDS,
  type Standing,
} from '../rollup/count-conversation.ts';
import { COUNTED_FIELDS } from '../rollup/count-entry.ts';
import { type Bins, binOf, packBins, unpackBins } from '../rollup/histogram.ts';
import { HOUR_MS, hourOf, type Level } from '../rollup/hours.ts';
import { addAmount, emptyIn, Tally } from '../rollup/tally.ts';
import { countedOfDocument, ROLL_UPS } from '../rollup/uncounted.ts';
import {
  type BucketAmounts,
  bucketFilter,
  bucketsOf,
  emptyBucket,
  hashOf,
  keyOf,
} from '../rollup/write-tally.ts';
import type { Collections } from '../schema/open-collections.ts';
import { withLease } from './leases.ts';
import { conversationPages, fillRollUps, type RollUpsOptions, tenantsOf } from './roll-ups.ts';

const LEASE_MS = 30_000;
const WAIT_MS = 60_000;

/** How many conversations were counted wrongly, and how many buckets of figures did not say what the timelines say. */
export type RollUpsReport = { conversations: number; buckets: number };

/**
 * Counts what is not counted, then everything again from the timelines, and puts right what differs. Servers may write
 * meanwhile; what they write is counted afterwards.
 * @throws LeaseHeld where another process still counts after a minute
 */
export async function rebuildRollUps(
  collections: Collections,
  options: RollUpsOptions = {},
): Promise<RollUpsReport> {
  const lease = { leaseMs: LEASE_MS, waitMs: WAIT_MS };
  return withLease(collections.db, ROLL_UPS, lease, async (signal) => {
    await fillRollUps(collections, { ...options, signal });
    const report: RollUpsReport = { conversations: 0, buckets: 0 };
    for (const tenantId of await tenantsOf(collections)) {
      const { conversations, buckets } = await rebuildTenant(collections, tenantId, signal);
      report.conversations += conversations;
      report.buckets += buckets;
    }
    return report;
  });
}

async function rebuildTenant(
  collections: Collections,
  tenantId: TenantId,
  signal: AbortSignal,
): Promise<RollUpsReport> {
  // A number for each bucket: a large tenant's figures themselves would not fit in memory.
  const expected = new Map<string, bigint>();
  const wrong: Wrong[] = [];
  for await (const { id, stored, counted, buckets } of countAgain(collections, tenantId, signal)) {
    if (!isDeepStrictEqual(stored, counted)) wrong.push({ id, counted });
    for (const bucket of buckets)
      expected.set(keyOf(bucket), (expected.get(keyOf(bucket)) ?? 0n) + fingerprint(amountsOf(bucket)));
  }
  for (const { id, counted } of wrong)
    await collections.counted_conversations.collection.replaceOne(
      { _id: id, tenantId },
      { tenantId, ...counted },
    );

  const differing = await differingBuckets(collections, tenantId, expected);
  if (differing.size === 0) return { conversations: wrong.length, buckets: 0 };
  const right = new Map<string, BucketAmounts>();
  for await (const { buckets } of countAgain(collections, tenantId, signal))
    for (const bucket of buckets) {
      const key = keyOf(bucket);
      if (!differing.has(key)) continue;
      const sum = emptyIn(right, key, () => emptyBucket(bucket));
      for (const [path, amount] of bucket.amounts) addAmount(sum.amounts, path, amount);
      for (const [path, bins] of bucket.bins) {
        const counts = emptyIn(sum.bins, path, (): Bins => new Map());
        for (const [bin, count] of bins) counts.set(bin, (counts.get(bin) ?? 0) + count);
      }
    }
  for (const [key, bucket] of differing) await replaceBucket(collections, tenantId, right.get(key) ?? bucket);
  return { conversations: wrong.length, buckets: differing.size };
}

type Wrong = { id: ObjectId; counted: Counted };
type CountedAgain = { id: ObjectId; stored: Counted; counted: Counted; buckets: BucketAmounts[] };

/** Counts each conversation again as far as it is counted. */
async function* countAgain(
  collections: Collections,
  tenantId: TenantId,
  signal: AbortSignal,
): AsyncGenerator<CountedAgain> {
  const { counted_conversations: counts, conversations, timeline } = collections;
  for await (const ids of conversationPages(collections, tenantId)) {
    signal.throwIfAborted();
    const ofTenant = { _id: { $in: ids }, tenantId };
    const stored = await counts.collection.find(ofTenant).toArray();
    const documents = await conversations.collection
      .find(ofTenant, { projection: STANDING_FIELDS })
      .toArray();
    const documentOf = new Map(documents.map((one) => [one._id.toHexString(), one]));
    for (const one of stored) {
      const before = countedOfDocument(one);
      const entries = await timeline.collection
        .find(
          { tenantId, conversationId: one._id, seq: { $lte: before.seq } },
          { projection: COUNTED_FIELDS },
        )
        .sort({ seq: 1 })
        .hint('by_seq')
        .toArray();
      const now = documentOf.get(one._id.toHexString());
      // One that has changed since counts as it stood then, which only the count itself says.
      const conversation = now?.['lastSeq'] === before.seq ? now : standingDocument(before.standing);
      const tally = new Tally();
      const counted = countConversation(null, conversation, entries, tally, binOf);
      yield { id: one._id, stored: before, counted, buckets: bucketsOf(tally) };
    }
  }
}

/** A conversation's document as far as its standing goes. */
function standingDocument(standing: Standing | null): Document {
  if (standing === null) return {};
  const { hour, channel, status, stage, owner, waitingSince } = standing;
  return {
    createdAt: new Date(hour * HOUR_MS),
    channel,
    status,
    stage,
    owner: { agentId: owner },
    metrics: { waitingSince: waitingSince === null ? null : new Date(waitingSince) },
  };
}

/** A sum that is the same only for the same amounts, but for one in four milliards. */
function fingerprint(amounts: Iterable<readonly [path: string, amount: number]>): bigint {
  let sum = 0n;
  for (const [path, amount] of amounts)
    if (amount !== 0) sum += BigInt(hashOf(path)) * BigInt(Math.round(amount));
  return sum;
}

/** A bucket's amounts, each bin of durations as one. */
function* amountsOf({ amounts, bins }: BucketAmounts): Generator<readonly [string, number]> {
  yield* amounts;
  for (const [path, counts] of bins) for (const [bin, count] of counts) yield [`${path}.${bin}`, count];
}

async function differingBuckets(
  { metrics_buckets: figures, metrics_spans: spans }: Collections,
  tenantId: TenantId,
  expected: ReadonlyMap<string, bigint>,
): Promise<Map<string, BucketAmounts>> {
  const differing = new Map<string, BucketAmounts>();
  const missing = new Set([...expected].filter(([, sum]) => sum !== 0n).map(([key]) => key));
  for (const { collection } of [figures, spans])
    for await (const document of collection.find({ tenantId }, { hint: 'by_time' })) {
      const bucket = placeOf(document);
      const key = keyOf(bucket);
      missing.delete(key);
      if (fingerprint(pathsOf(document)) !== (expected.get(key) ?? 0n)) differing.set(key, bucket);
    }
  for (const key of missing) differing.set(key, placeOfKey(key));
  return differing;
}

function placeOf({ level, at, day, part }: Document): BucketAmounts {
  const from = day instanceof Date ? hourOf(day.getTime()) : null;
  return emptyBucket({ level, at: hourOf(at.getTime()), day: from, part: part ?? 0 });
}

function placeOfKey(key: string): BucketAmounts {
  const [level, at, day, part] = key.split(':');
  // The very level that `keyOf` wrote.
  return emptyBucket({
    level: level as Level,
    at: Number(at),
    day: day === 'null' ? null : Number(day),
    part: Number(part),
  });
}

/** The amounts of a document of buckets by their paths. */
function* pathsOf({ figures, bins }: Document): Generator<readonly [string, number]> {
  for (const [path, amount] of leavesOf('figures', figures)) yield [path, Number(amount)];
  for (const [path, packed] of leavesOf('bins', bins)) {
    const counts: [string, number][] = [];
    unpackBins(String(packed), (bin, count) => counts.push([`${path}.${bin}`, count]));
    yield* counts;
  }
}

/** What lies three steps below a field, by its path. */
function* leavesOf(field: string, scopes: Document | undefined): Generator<readonly [string, unknown]> {
  for (const [scope, families] of Object.entries<Document>(scopes ?? {}))
    for (const [family, leaves] of Object.entries<Document>(families))
      for (const [key, leaf] of Object.entries(leaves)) yield [`${field}.${scope}.${family}.${key}`, leaf];
}

type Leaves<Leaf> = Record<string, Record<string, Record<string, Leaf>>>;

/** The field that paths of three steps below it lead into. */
function nest<Leaf>(leaves: Iterable<readonly [path: string, leaf: Leaf]>): Leaves<Leaf> {
  const scopes: Leaves<Leaf> = {};
  for (const [path, leaf] of leaves) {
    const [, scope = '', family = '', key = ''] = path.split('.');
    ((scopes[scope] ??= {})[family] ??= {})[key] = leaf;
  }
  return scopes;
}

async function replaceBucket(
  { metrics_buckets: figures, metrics_spans: spans }: Collections,
  tenantId: TenantId,
  bucket: BucketAmounts,
): Promise<void> {
  const { collection } = bucket.day === null ? figures : spans;
  const filter = bucketFilter(tenantId, bucket);
  const bins = nest([...bucket.bins].map(([path, counts]) => [path, packBins(counts)] as const));
  const replacement = {
    ...filter,
    figures: nest([...bucket.amounts].filter(([, amount]) => amount !== 0)),
    ...(bucket.bins.size > 0 && { bins }),
  };
  await collection.replaceOne(filter, replacement, { upsert: true });
}
