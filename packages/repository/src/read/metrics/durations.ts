import type { DurationSummary } from '@baton/schema';
import type { Document } from 'mongodb';
import type { Collections } from '../../schema/open-collections.ts';
import { aggregateEntries } from './entries.ts';

export const NO_DURATIONS: DurationSummary = { count: 0, meanMs: null, medianMs: null, p90Ms: null };

/** The filter of a field that holds a duration. A decimal or a negative number is a damaged entry's. */
export const DURATION = { $type: ['int', 'long', 'double'], $gte: 0 };

/** Two neighbours in the order of durations, and how far between them the percentile lies. */
function ranksOf(count: number, share: number): { low: number; high: number; weight: number } {
  const position = share * (count - 1);
  const low = Math.floor(position);
  return { low: low + 1, high: Math.ceil(position) + 1, weight: position - low };
}

type Totals<Key> = { _id: Key; count: number; total: number };

type Ranked<Key> = { key: Key; rank: number; ms: number };

/** Which durations to sum up: their field, and the field that tells groups apart, null for one group. */
type DurationQuery = { match: Document; ms: string; by: string | null };

/**
 * Exact medians and 90th percentiles, between two neighbours by linear interpolation (Hyndman and Fan 1996,
 * definition 7). mongod numbers the sorted durations and gives back only the few at the ranks that count.
 */
export async function summarize<Key extends string | null>(
  collections: Collections,
  { match, ms, by }: DurationQuery,
): Promise<Map<Key, DurationSummary>> {
  const key = by === null ? { $literal: null } : `$${by}`;
  const totals = await aggregateEntries<Totals<Key>>(collections, match, [
    { $group: { _id: key, count: { $sum: 1 }, total: { $sum: `$${ms}` } } },
  ]);
  if (totals.length === 0) return new Map();
  const shares = { median: 0.5, p90: 0.9 };
  const wantedRanks = totals.map(({ _id, count }) => {
    const ranks = Object.values(shares).map((share) => ranksOf(count, share));
    return { key: _id, rank: { $in: [...new Set(ranks.flatMap(({ low, high }) => [low, high]))] } };
  });
  const ranked = await aggregateEntries<Ranked<Key>>(collections, match, [
    { $project: { _id: 0, key, ms: `$${ms}` } },
    {
      $setWindowFields: { partitionBy: '$key', sortBy: { ms: 1 }, output: { rank: { $documentNumber: {} } } },
    },
    { $match: { $or: wantedRanks } },
  ]);
  return new Map(
    totals.map(({ _id, count, total }) => {
      const at = new Map(ranked.filter((row) => row.key === _id).map((row) => [row.rank, row.ms]));
      const percentile = (share: number) => {
        const { low, high, weight } = ranksOf(count, share);
        const [below, above] = [at.get(low), at.get(high)];
        return below === undefined || above === undefined ? null : below + (above - below) * weight;
      };
      return [
        _id,
        { count, meanMs: total / count, medianMs: percentile(shares.median), p90Ms: percentile(shares.p90) },
      ];
    }),
  );
}
