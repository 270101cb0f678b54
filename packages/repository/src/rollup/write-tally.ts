import type { TenantId } from '@baton/schema';
import type { ClientSession, Document } from 'mongodb';
import type { Collections } from '../schema/open-collections.ts';
import { type Bins, packBins, unpackBins } from './histogram.ts';
import { dateOfHour, hourOf, LEVELS, type Level, startOf } from './hours.ts';
import {
  addAmount,
  type Amounts,
  DURATION_FAMILIES,
  emptyIn,
  type Family,
  isOfAgents,
  isOfAllTime,
  type Scope,
  type Tally,
} from './tally.ts';
import type { OfTenant, TenantWrite } from '../schema/tenant-collection.ts';

/** A bucket of figures, or of spans that began on a day. */
export type BucketAmounts = {
  level: Level;
  at: number;
  day: number | null;
  /** 0, or one of those that figures of agents are shared out to. */
  part: number;
  /** By their paths in the document. */
  amounts: Amounts;
  /** Durations by the paths of their packed bins. */
  bins: Map<string, Bins>;
};

type Place = Pick<BucketAmounts, 'level' | 'at' | 'day' | 'part'>;

/** So many documents have the figures of agents of a month, and of all time. */
const PARTS = 16;

/** The part of an agent, by whose id a key begins. */
function partOf(key: string): number {
  const end = key.indexOf(':');
  return 1 + (hashOf(end === -1 ? key : key.slice(0, end)) % PARTS);
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  return hash >>> 0;
}

export const keyOf = ({ level, at, day, part }: Place): string => `${level}:${at}:${day}:${part}`;

export const emptyBucket = (place: Place): BucketAmounts => ({
  ...place,
  amounts: new Map(),
  bins: new Map(),
});

/** Sums up what hours add by the buckets that they are in. */
export function bucketsOf(tally: Tally): BucketAmounts[] {
  const buckets = new Map<string, BucketAmounts>();
  const bucketAt = (place: Place) => emptyIn(buckets, keyOf(place), () => emptyBucket(place));
  for (const [hour, { figures, spans }] of tally.hours) {
    for (const [scope, families] of figures)
      for (const [family, amounts] of families) {
        const levels = isOfAllTime(family) ? (['all'] as const) : LEVELS;
        const ofPart = new Map<number, BucketAmounts[]>();
        for (const [key, amount] of amounts) {
          if (amount === 0) continue;
          const part = isOfAgents(family) ? partOf(key) : 0;
          const ofHour = emptyIn(ofPart, part, () =>
            levels.map((level) =>
              bucketAt({
                level,
                at: startOf(level, hour),
                day: null,
                part: level === 'hour' || level === 'day' ? 0 : part,
              }),
            ),
          );
          addFigure(ofHour, scope, family, key, amount);
        }
      }
    for (const [from, scopes] of spans) {
      const day = startOf('day', from);
      const ofHour = LEVELS.filter((level) => startOf(level, from) < startOf(level, hour)).map((level) =>
        bucketAt({ level, at: startOf(level, hour), day, part: 0 }),
      );
      for (const [scope, families] of scopes)
        for (const [family, amounts] of families)
          for (const [key, amount] of amounts) {
            if (amount === 0) continue;
            for (const { amounts: sums } of ofHour) {
              addAmount(sums, `figures.${scope}.${family}_h${from - day}.${key}`, amount);
              addAmount(sums, `figures.${scope}.${family}_day.${key}`, amount);
            }
          }
    }
  }
  return [...buckets.values()].filter(({ amounts, bins }) => amounts.size + bins.size > 0);
}

function addFigure(
  buckets: readonly BucketAmounts[],
  scope: Scope,
  family: Family,
  key: string,
  amount: number,
): void {
  const [subject = '', name] = key.split(':');
  const bin = DURATION_FAMILIES.some((one) => one === family) ? Number(name) : Number.NaN;
  for (const { amounts, bins } of buckets) {
    if (Number.isNaN(bin)) addAmount(amounts, `figures.${scope}.${family}.${key}`, amount);
    else {
      const counts = emptyIn(bins, `bins.${scope}.${family}.${subjectField(subject)}`, (): Bins => new Map());
      counts.set(bin, (counts.get(bin) ?? 0) + amount);
    }
  }
}

/** Where no agent can be named. */
const NOBODY = ':';

const subjectField = (subject: string): string => (subject === '' ? NOBODY : subject);

/** The subject of packed bins by its field. */
export const subjectOf = (field: string): string => (field === NOBODY ? '' : field);

/** The filter of a bucket by its unique index. */
export function bucketFilter(tenantId: TenantId, { level, at, day, part }: Place): OfTenant {
  return {
    tenantId,
    level,
    at: dateOfHour(at),
    ...(day === null ? { part } : { day: dateOfHour(day) }),
  };
}

/** Adds amounts to the buckets of a tenant, within the transaction that says what is counted. */
export async function writeTally(
  { metrics_buckets: figures, metrics_spans: spans }: Collections,
  tenantId: TenantId,
  tally: Tally,
  session: ClientSession,
): Promise<void> {
  const buckets = bucketsOf(tally);
  const withBins = buckets.filter(({ bins }) => bins.size > 0);
  const stored = new Map<string, Document>();
  if (withBins.length > 0) {
    const byLevel = Map.groupBy(withBins, ({ level }) => level);
    const $or = [...byLevel].map(([level, found]) => ({
      tenantId,
      level,
      at: { $in: found.map(({ at }) => dateOfHour(at)) },
      part: { $in: [...new Set(found.map(({ part }) => part))] },
    }));
    const documents = await figures.collection
      .find({ $or }, { session, projection: { level: 1, at: 1, part: 1, bins: 1 } })
      .toArray();
    for (const one of documents) stored.set(placeKeyOf(one), one);
  }
  for (const [{ collection }, isSpan] of [
    [figures, false],
    [spans, true],
  ] as const) {
    const operations = buckets
      .filter(({ day }) => (day !== null) === isSpan)
      .map((bucket): TenantWrite => {
        const packed = [...bucket.bins].map(([path, bins]) => {
          const [, scope = '', family = '', field = ''] = path.split('.');
          const before: unknown = stored.get(keyOf(bucket))?.['bins']?.[scope]?.[family]?.[field];
          return [path, packBins(typeof before === 'string' ? addPacked(bins, before) : bins)];
        });
        const update = {
          ...(bucket.amounts.size > 0 && { $inc: Object.fromEntries(bucket.amounts) }),
          ...(packed.length > 0 && { $set: Object.fromEntries(packed) }),
        };
        return { updateOne: { filter: bucketFilter(tenantId, bucket), update, upsert: true } };
      });
    if (operations.length > 0) await collection.bulkWrite(operations, { session });
  }
}

const placeKeyOf = ({ level, at, part }: Document): string =>
  keyOf({ level, at: hourOf(at.getTime()), day: null, part });

function addPacked(bins: Bins, packed: string): Bins {
  const sum: Bins = new Map(bins);
  unpackBins(packed, (bin, count) => sum.set(bin, (sum.get(bin) ?? 0) + count));
  return sum;
}
