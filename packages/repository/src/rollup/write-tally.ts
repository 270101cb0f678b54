import type { TenantId } from '@baton/schema';
import type { AnyBulkWriteOperation, ClientSession, Document } from 'mongodb';
import type { Collections } from '../schema/open-collections.ts';
import { dateOfHour, LEVELS, type Level, startOf } from './hours.ts';
import { addAmount, type Amounts, emptyIn, isOfAllTime, type Tally } from './tally.ts';

/** A bucket of figures, or of spans that began on a day; its amounts by their path in the document. */
export type BucketAmounts = { level: Level; at: number; day: number | null; amounts: Amounts };

/** Sums up what hours add by the buckets that they are in. */
export function bucketsOf(tally: Tally): BucketAmounts[] {
  const buckets = new Map<string, BucketAmounts>();
  const amountsIn = (level: Level, at: number, day: number | null) =>
    emptyIn(buckets, `${level}:${at}:${day}`, () => ({ level, at, day, amounts: new Map() })).amounts;
  for (const [hour, { figures, spans }] of tally.hours) {
    const ofAllTime = amountsIn('all', 0, null);
    for (const [scope, families] of figures)
      for (const [family, amounts] of families) {
        const levels = isOfAllTime(family)
          ? [ofAllTime]
          : LEVELS.map((level) => amountsIn(level, startOf(level, hour), null));
        for (const [key, amount] of amounts) {
          if (amount === 0) continue;
          const path = `figures.${scope}.${family}.${key}`;
          for (const level of levels) addAmount(level, path, amount);
        }
      }
    for (const [from, scopes] of spans) {
      const day = startOf('day', from);
      const levels = LEVELS.filter((level) => startOf(level, from) < startOf(level, hour)).map((level) =>
        amountsIn(level, startOf(level, hour), day),
      );
      for (const [scope, amounts] of scopes)
        for (const [key, amount] of amounts) {
          if (amount === 0) continue;
          const path = `figures.${scope}.h${from - day}.${key}`;
          for (const level of levels) addAmount(level, path, amount);
        }
    }
  }
  return [...buckets.values()].filter(({ amounts }) => amounts.size > 0);
}

/** The filter of a bucket by its unique index. */
export function bucketFilter(
  tenantId: TenantId,
  { level, at, day }: Omit<BucketAmounts, 'amounts'>,
): Document {
  return {
    tenantId,
    level,
    at: dateOfHour(at),
    ...(day !== null && { day: dateOfHour(day) }),
  };
}

/** Adds amounts to the buckets of a tenant, within the transaction that says what is counted. */
export async function writeTally(
  { metrics_buckets: figures, metrics_spans: spans }: Collections,
  tenantId: TenantId,
  tally: Tally,
  session: ClientSession,
): Promise<void> {
  const writes = bucketsOf(tally).map((bucket) => ({
    isSpan: bucket.day !== null,
    write: {
      updateOne: {
        filter: bucketFilter(tenantId, bucket),
        update: { $inc: Object.fromEntries(bucket.amounts) },
        upsert: true,
      },
    } satisfies AnyBulkWriteOperation,
  }));
  for (const [collection, isSpan] of [
    [figures, false],
    [spans, true],
  ] as const) {
    const operations = writes.filter((one) => one.isSpan === isSpan).map(({ write }) => write);
    if (operations.length > 0) await collection.collection.bulkWrite(operations, { session });
  }
}
