import type { StoreStats, TenantId } from '@baton/schema';
import { METRICS_TIMEOUT_MS, READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readFigures } from '../rollup/figures.ts';
import { ALL_TIME } from '../rollup/period.ts';
import type { Collections } from '../schema/open-collections.ts';
import { tenantRange } from './tenant-range.ts';

/** How many documents of each kind the tenant has. */
async function stats(collections: Collections, tenantId: TenantId, _input: object): Promise<StoreStats> {
  const options = { maxTimeMS: METRICS_TIMEOUT_MS };
  const [figures, agents, contacts] = await Promise.all([
    readFigures(collections, tenantId, { hours: ALL_TIME }, ['stored']),
    collections.agents.collection.countDocuments(tenantRange(tenantId, 'agentId'), options),
    collections.contacts.collection.countDocuments(tenantRange(tenantId, 'contactId'), options),
  ]);
  const unreadable = collections.unreadable.count(tenantId);
  return {
    conversations: figures.get('stored', 'conversations'),
    entries: figures.get('stored', 'entries'),
    handoffs: figures.get('stored', 'handoffs'),
    objections: figures.get('stored', 'objections'),
    followUps: figures.get('stored', 'followUps'),
    agents,
    contacts,
    ...(unreadable > 0 && { unreadable }),
  };
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
