import type { StoreStats, TenantId } from '@baton/schema';
import { METRICS_TIMEOUT_MS, READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { tenantRange } from './tenant-range.ts';

/** How many documents of each kind the tenant has. */
async function stats(collections: Collections, tenantId: TenantId, _input: object): Promise<StoreStats> {
  const options = { maxTimeMS: METRICS_TIMEOUT_MS };
  const [conversations, entries, handoffs, objections, followUps, agents, contacts] = await Promise.all([
    // Each was created by one entry.
    collections.timeline.collection.countDocuments(
      { tenantId, kind: 'created' },
      { ...options, hint: 'by_kind' },
    ),
    collections.timeline.collection.countDocuments({ tenantId }, { ...options, hint: 'by_kind' }),
    collections.handoffs.collection.countDocuments({ tenantId }, { ...options, hint: 'by_status' }),
    collections.objections.collection.countDocuments({ tenantId }, { ...options, hint: 'by_status' }),
    collections.follow_ups.collection.countDocuments({ tenantId }, { ...options, hint: 'by_status' }),
    collections.agents.collection.countDocuments(tenantRange(tenantId, 'agentId'), options),
    collections.contacts.collection.countDocuments(tenantRange(tenantId, 'contactId'), options),
  ]);
  const unreadable = collections.unreadable.count(tenantId);
  const counts = { conversations, entries, handoffs, objections, followUps, agents, contacts };
  return { ...counts, ...(unreadable > 0 && { unreadable }) };
}

/** Whether MongoDB answers; it may take five seconds to find a primary. */
export async function ping({ db }: Pick<Collections, 'db'>): Promise<boolean> {
  try {
    await db.command({ ping: 1, maxTimeMS: READ_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}

export const adminQueries = { stats };
