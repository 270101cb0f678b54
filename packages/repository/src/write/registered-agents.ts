import type { AgentId, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { TenantCache } from '../fairness/tenant-cache.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';

const CACHED_TENANTS = 10_000;
/** A tenant with more agents than this has them looked up again now and then. */
const CACHED_AGENTS = 10_000;

/**
 * Which agents are registered. An agent is never deleted, so one that was found stays known; one that was not is looked
 * up each time, because another server may have registered it meanwhile.
 */
export class RegisteredAgents {
  readonly #collections: Collections;
  readonly #known = new TenantCache<Set<AgentId>>(CACHED_TENANTS);

  constructor(collections: Collections) {
    this.#collections = collections;
  }

  /** The registered ones among these, and perhaps others. */
  async among(
    tenantId: TenantId,
    agentIds: readonly AgentId[],
    session: ClientSession,
  ): Promise<ReadonlySet<AgentId>> {
    const known = this.#known.get(tenantId) ?? new Set<AgentId>();
    const unknown = agentIds.filter((agentId) => !known.has(agentId));
    if (unknown.length === 0) return known;
    const found = await this.#collections.agents.collection
      .find(byIds(unknown.map((agentId) => ({ tenantId, agentId }))), {
        projection: { _id: 1 },
        session,
        maxTimeMS: TRANSACTION_TIMEOUT_MS,
      })
      .toArray();
    const all =
      known.size < CACHED_AGENTS ? known : new Set(agentIds.filter((agentId) => known.has(agentId)));
    // `_id` names tenant and agent, which the driver's type does not know.
    for (const { _id } of found) all.add((_id as unknown as { agentId: AgentId }).agentId);
    this.#known.set(tenantId, tenantId, all);
    return all;
  }
}
