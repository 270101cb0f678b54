import type { AgentId, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { TenantCache } from '../fairness/tenant-cache.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';

const CACHED_AGENTS = 20_000;

/**
 * Which agents are registered. An agent is never deleted, so one that was found stays known; one that was not is looked
 * up each time, because another server may have registered it meanwhile.
 */
export class RegisteredAgents {
  readonly #collections: Collections;
  readonly #known: TenantCache<AgentId>;

  /** @param limit how many agents are remembered, of all tenants */
  constructor(collections: Collections, limit = CACHED_AGENTS) {
    this.#collections = collections;
    this.#known = new TenantCache(limit);
  }

  /** The registered ones among these. */
  async among(
    tenantId: TenantId,
    agentIds: readonly AgentId[],
    session: ClientSession,
  ): Promise<ReadonlySet<AgentId>> {
    const keyOf = (agentId: AgentId) => `${tenantId}/${agentId}`;
    const registered = new Set(agentIds.flatMap((agentId) => this.#known.get(keyOf(agentId)) ?? []));
    const unknown = agentIds.filter((agentId) => !registered.has(agentId));
    if (unknown.length === 0) return registered;
    const found = await this.#collections.agents.collection
      .find(byIds(unknown.map((agentId) => ({ tenantId, agentId }))), {
        projection: { _id: 1 },
        session,
        maxTimeMS: TRANSACTION_TIMEOUT_MS,
      })
      .toArray();
    for (const { _id } of found) {
      // `_id` names tenant and agent, which the driver's type does not know.
      const { agentId } = _id as unknown as { agentId: AgentId };
      registered.add(agentId);
      this.#known.set(tenantId, keyOf(agentId), agentId);
    }
    return registered;
  }
}
