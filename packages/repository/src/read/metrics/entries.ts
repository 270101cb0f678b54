import type { EntryKind, MetricsPeriod, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { dateOfInstant } from '../../schema/instant.ts';
import type { Collections } from '../../schema/open-collections.ts';
import type { OfTenant, TenantFilter } from '../../schema/tenant-collection.ts';

/** Sorting and grouping may use the disk where a tenant's period outgrows mongod's 100 MB. */
export const METRICS_OPTIONS = { maxTimeMS: METRICS_TIMEOUT_MS, allowDiskUse: true };

/** From inclusive, to exclusive. */
export function periodFilter({ from, to }: MetricsPeriod): Document {
  return {
    $type: 'date',
    ...(from !== undefined && { $gte: dateOfInstant(from) }),
    ...(to !== undefined && { $lt: dateOfInstant(to) }),
  };
}

/** What was written in the period, of some kinds. */
export function entriesFilter(
  tenantId: TenantId,
  kinds: readonly EntryKind[],
  input: MetricsPeriod,
): OfTenant {
  const { channel } = input;
  return { tenantId, kind: { $in: kinds }, at: periodFilter(input), ...(channel && { channel }) };
}

export async function aggregateEntries<Row extends Document>(
  collections: Collections,
  match: TenantFilter,
  stages: readonly Document[],
): Promise<Row[]> {
  return collections.timeline.collection
    .aggregate<Row>([{ $match: match }, ...stages], { ...METRICS_OPTIONS, hint: 'by_kind' })
    .toArray();
}

/** Adds to each entry the agent that owned the conversation just before it, as `owner`. */
export function ownerBeforeEntry(collections: Collections, tenantId: TenantId): Document[] {
  return [
    {
      $lookup: {
        from: collections.timeline.collection.collectionName,
        localField: 'conversationId',
        foreignField: 'conversationId',
        let: { before: '$seq' },
        pipeline: [
          { $match: { tenantId, kind: { $in: ['created', 'owner'] }, $expr: { $lt: ['$seq', '$$before'] } } },
          { $sort: { seq: -1 } },
          { $limit: 1 },
          { $project: { _id: 0, agent: { $ifNull: ['$to', '$agentId'] } } },
        ],
        as: 'owners',
      },
    },
    { $set: { owner: { $first: '$owners.agent' } } },
  ];
}
