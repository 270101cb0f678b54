import type { AgentId, AgentKind, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';

/** Whom a company's token names. */
export type NamedByToken = { tenantId: TenantId; agentId: AgentId | null };

/** What is known of them. */
export type Standing = {
  tenant: 'unknown' | 'suspended' | 'active';
  /** Null where no agent is named, or it is not registered. */
  agentKind: AgentKind | null;
};

/** What is known of the tenants and agents that tokens name, in the same order. */
export async function standingsOf(
  { tenants, agents }: Collections,
  named: readonly NamedByToken[],
  session?: ClientSession,
): Promise<Standing[]> {
  if (named.length === 0) return [];
  const options = { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) };
  const tenantIds = [...new Set(named.map(({ tenantId }) => tenantId))];
  const foundTenants = await tenants
    .acrossTenants('credential')
    .find(byIds(tenantIds), { ...options, projection: { suspendedAt: 1 } })
    .toArray();
  const suspended = new Map(foundTenants.map(({ _id, suspendedAt }) => [String(_id), suspendedAt != null]));
  const agentKeys = named.flatMap(({ tenantId, agentId }) => (agentId === null ? [] : { tenantId, agentId }));
  const foundAgents =
    agentKeys.length === 0 ? [] : await agents.collection.find(byIds(agentKeys), options).toArray();
  const kinds = new Map<string, AgentKind>();
  for (const document of foundAgents) {
    const agent = agents.tryDecode(document);
    if (agent !== null) kinds.set(`${agent._id.tenantId}/${agent._id.agentId}`, agent.kind);
  }
  return named.map(({ tenantId, agentId }) => {
    const isSuspended = suspended.get(tenantId);
    return {
      tenant: isSuspended === undefined ? 'unknown' : isSuspended ? 'suspended' : 'active',
      agentKind: kinds.get(`${tenantId}/${agentId}`) ?? null,
    };
  });
}
