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
import { ObjectId } from 'mongodb';
import { METRICS_TIMEOUT_MS } from '../connection/deadlines.ts';
import { Figures, partsOf, readFigures, type Zone } from '../rollup/figures.ts';
import { zoneFilter } from '../rollup/period.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { pageOfConversation } from './conversation.ts';
import { listByInstant } from './instant-list.ts';
import { periodFilter } from './metrics/entries.ts';
import type { InstantPosition } from './page.ts';
import type { OfTenant } from '../schema/tenant-collection.ts';

const NEWEST = { field: 'raisedAt', direction: -1 } as const;

export function objectionOf({
  _id,
  tenantId: _tenant,
  channel: _channel,
  ...rest
}: WireDocument<'objections'>): Objection {
  return { id: _id, ...rest };
}

const itemMapping = {
  fromDocument: objectionOf,
  positionOf: ({ raisedAt, id }: Objection): InstantPosition => [raisedAt, id],
};

function raisedIn(tenantId: TenantId, input: MetricsPeriod): OfTenant {
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

type Counted = { type: ObjectionType; status: ObjectionStatus; count: number; resolveMs: number };

function summary(rows: readonly Counted[]): Omit<ObjectionStats, 'byType'> {
  const count = (status: ObjectionStatus) =>
    rows.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
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

/** Those that were raised at the ends of a period, one by one. */
async function raisedAtEnds(
  collections: Collections,
  tenantId: TenantId,
  { channel }: MetricsPeriod,
  zones: readonly Zone[],
): Promise<Counted[]> {
  const found = zones.map((zone) =>
    collections.objections.collection
      .find(
        {
          tenantId,
          raisedAt: zoneFilter(zone),
          ...(channel && { channel }),
          status: { $in: ObjectionStatus.options },
          type: { $in: ObjectionType.options },
        },
        {
          maxTimeMS: METRICS_TIMEOUT_MS,
          projection: { type: 1, status: 1, raisedAt: 1, resolvedAt: 1 },
          hint: 'by_status',
        },
      )
      .toArray(),
  );
  return (await Promise.all(found)).flat().map(({ type, status, raisedAt, resolvedAt }) => ({
    type,
    status,
    count: 1,
    resolveMs: resolvedAt instanceof Date ? resolvedAt.getTime() - raisedAt.getTime() : 0,
  }));
}

/** Those that were raised in whole hours, by what is summed up. */
function raisedInHours(figures: Figures): Counted[] {
  return [...figures.subjects('objections')].flatMap(([name, counts]) => {
    const type = ObjectionType.options.find((one) => one === name);
    if (type === undefined) return [];
    return ObjectionStatus.options.map((status) => ({
      type,
      status,
      count: counts.get(status) ?? 0,
      resolveMs: status === 'resolved' ? (counts.get('ms') ?? 0) : 0,
    }));
  });
}

/** Counts of the objections that were raised in the period: from inclusive, to exclusive. */
async function stats(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<ObjectionStats> {
  const { hours, ends } = partsOf(input);
  const { channel } = input;
  const [figures, atEnds] = await Promise.all([
    hours === null
      ? new Figures()
      : readFigures(collections, tenantId, { hours, ...(channel && { channel }) }, ['objections']),
    raisedAtEnds(collections, tenantId, input, ends),
  ]);
  const rows = [...raisedInHours(figures), ...atEnds];
  return {
    ...summary(rows),
    byType: ObjectionType.options.map((type) => ({
      type,
      ...summary(rows.filter((row) => row.type === type)),
    })),
  };
}

export const objectionQueries = { list, stats };
