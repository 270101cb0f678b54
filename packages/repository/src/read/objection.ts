import {
  type ListObjections,
  type MetricsPeriod,
  type Objection,
  type ObjectionStats,
  ObjectionStatus,
  ObjectionType,
  type Page,
  type TenantId,
} from '@baton/schema';
import { type Document, type Filter, ObjectId } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { pageOfConversation } from './conversation.ts';
import { listByInstant } from './instant-list.ts';
import { periodFilter } from './metrics/entries.ts';
import type { InstantPosition } from './page.ts';

const NEWEST = { field: 'raisedAt', direction: -1 } as const;

const itemMapping = {
  fromDocument: ({
    _id,
    tenantId: _tenant,
    channel: _channel,
    ...rest
  }: WireDocument<'objections'>): Objection => ({
    id: _id,
    ...rest,
  }),
  positionOf: ({ raisedAt, id }: Objection): InstantPosition => [raisedAt, id],
};

function raisedIn(tenantId: TenantId, input: MetricsPeriod): Filter<Document> {
  const { channel } = input;
  return { tenantId, raisedAt: periodFilter(input), ...(channel && { channel }) };
}

/**
 * The newest first.
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListObjections,
): Promise<Page<Objection>> {
  const { conversationId, status, type } = input;
  const listing = { tenantId, procedure: 'objections.list', input };
  if (conversationId !== undefined) {
    const filter = {
      ...raisedIn(tenantId, input),
      conversationId: new ObjectId(conversationId),
      ...(status && { status }),
      ...(type && { type }),
    };
    const order = { ...NEWEST, filter, index: 'by_conversation' };
    const page = listByInstant(collections.objections, listing, order, itemMapping);
    return pageOfConversation(collections, tenantId, conversationId, page);
  }
  const filter = {
    ...raisedIn(tenantId, input),
    status: status ?? { $in: ObjectionStatus.options },
    type: type ?? { $in: ObjectionType.options },
  };
  return listByInstant(
    collections.objections,
    listing,
    { ...NEWEST, filter, index: 'by_status' },
    itemMapping,
  );
}

type Counted = { _id: { type: ObjectionType; status: ObjectionStatus }; count: number; resolveMs: number };

function summary(rows: readonly Counted[]): Omit<ObjectionStats, 'byType'> {
  const count = (status: ObjectionStatus) =>
    rows.filter((row) => row._id.status === status).reduce((sum, row) => sum + row.count, 0);
  const [active, resolved, deferred] = [count('active'), count('resolved'), count('deferred')];
  const total = active + resolved + deferred;
  const resolveMs = rows.reduce((sum, row) => sum + row.resolveMs, 0);
  return {
    total,
    active,
    resolved,
    deferred,
    resolutionRate: total === 0 ? null : resolved / total,
    meanTimeToResolveMs: resolved === 0 ? null : resolveMs / resolved,
  };
}

/** Counts of the objections that were raised in the period: from inclusive, to exclusive. */
async function stats(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<ObjectionStats> {
  const rows = await collections.objections.collection
    .aggregate<Counted>(
      [
        {
          $match: {
            ...raisedIn(tenantId, input),
            resolvedAt: { $type: ['date', 'null'] },
            status: { $in: ObjectionStatus.options },
            type: { $in: ObjectionType.options },
          },
        },
        {
          $group: {
            _id: { type: '$type', status: '$status' },
            count: { $sum: 1 },
            resolveMs: { $sum: { $subtract: ['$resolvedAt', '$raisedAt'] } },
          },
        },
      ],
      { maxTimeMS: METRICS_TIMEOUT_MS, hint: 'by_status' },
    )
    .toArray();
  return {
    ...summary(rows),
    byType: ObjectionType.options.map((type) => ({
      type,
      ...summary(rows.filter((row) => row._id.type === type)),
    })),
  };
}

export const objectionQueries = { list, stats };
