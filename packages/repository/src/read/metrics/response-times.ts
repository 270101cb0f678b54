import type { AgentId, MetricsPeriod, MetricsResponseTimes, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import type { Collections } from '../../schema/open-collections.ts';
import { DURATION, NO_DURATIONS, summarize } from './durations.ts';
import { aggregateEntries, entriesFilter, isAgent } from './entries.ts';

const SECOND = 1_000;

const MINUTE = 60 * SECOND;

const HOUR = 60 * MINUTE;

/** Where one bucket of response times ends and the next begins; a bucket holds its own end. */
const BUCKET_ENDS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  4 * HOUR,
  24 * HOUR,
] as const;

async function bucketsOf(
  collections: Collections,
  match: Document,
): Promise<MetricsResponseTimes['buckets']> {
  const rows = await aggregateEntries<{ _id: number; count: number }>(collections, match, [
    {
      $group: {
        _id: { $sum: BUCKET_ENDS.map((end) => ({ $cond: [{ $gt: ['$responseMs', end] }, 1, 0] })) },
        count: { $sum: 1 },
      },
    },
  ]);
  return [...BUCKET_ENDS, null].map((toMs, index) => ({
    fromMs: BUCKET_ENDS[index - 1] ?? 0,
    toMs,
    count: rows.find((row) => row._id === index)?.count ?? 0,
  }));
}

/** How long customers waited for the answers that were given in the period. */
export async function responseTimes(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsResponseTimes> {
  const match = { ...entriesFilter(tenantId, ['message'], input), responseMs: DURATION };
  const [all, byAgent, buckets] = await Promise.all([
    summarize<null>(collections, { match, ms: 'responseMs', by: null }),
    summarize<AgentId>(collections, { match, ms: 'responseMs', by: 'author.agentId' }),
    bucketsOf(collections, match),
  ]);
  return {
    all: all.get(null) ?? NO_DURATIONS,
    byAgent: [...byAgent]
      .filter(([agentId]) => isAgent(agentId))
      .map(([agentId, summary]) => ({ agentId, ...summary }))
      .toSorted((a, b) => b.count - a.count || a.agentId.localeCompare(b.agentId)),
    buckets,
  };
}
