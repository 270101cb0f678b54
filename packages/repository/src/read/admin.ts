import type { StoreStats, TenantId } from '@baton/schema';
import { METRICS_MS, READ_MS } from '../connection/deadlines.ts';
import type { Tables } from '../schema/open-collections.ts';
import { tenantRange } from './tenant-range.ts';

/** How many documents of each kind the tenant has. */
async function stats(tables: Tables, tenantId: TenantId, _input: object): Promise<StoreStats> {
  const options = { maxTimeMS: METRICS_MS };
  const [conversations, entries, handoffs, objections, followUps, agents, contacts] = await Promise.all([
    // Each was created by one entry.
    tables.timeline.collection.countDocuments({ tenantId, kind: 'created' }, { ...options, hint: 'by_kind' }),
    tables.timeline.collection.countDocuments({ tenantId }, { ...options, hint: 'by_kind' }),
    tables.handoffs.collection.countDocuments({ tenantId }, { ...options, hint: 'by_status' }),
    tables.objections.collection.countDocuments({ tenantId }, { ...options, hint: 'by_status' }),
    tables.follow_ups.collection.countDocuments({ tenantId }, { ...options, hint: 'by_status' }),
    tables.agents.collection.countDocuments(tenantRange(tenantId, 'agentId'), options),
    tables.contacts.collection.countDocuments(tenantRange(tenantId, 'contactId'), options),
  ]);
  return { conversations, entries, handoffs, objections, followUps, agents, contacts };
}

/** Whether MongoDB answers; it may take five seconds to find a primary. */
export async function ping({ db }: Pick<Tables, 'db'>): Promise<boolean> {
  try {
    await db.command({ ping: 1, maxTimeMS: READ_MS });
    return true;
  } catch {
    return false;
  }
}

export const adminQueries = { stats };
