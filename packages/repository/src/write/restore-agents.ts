import { isDeepStrictEqual } from 'node:util';
import { invalidInput } from '@baton/domain';
import type { Agent, AuditActor, RestoreAgents, RestoredAgents, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { agentOf } from '../read/agent.ts';
import { dateOfInstant } from '../schema/instant.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { agentDocument, isUntouchedDefault } from './agent-registry.ts';

/**
 * Brings agents in as they were, with their instants. Of an agent that is here too the latest change counts; a default
 * agent that nobody has changed gives way.
 * @throws Refusal INVALID_INPUT for members of what is no queue
 */
async function restore(
  collections: Collections,
  tenantId: TenantId,
  { agents }: RestoreAgents,
  by: AuditActor = OPERATOR,
): Promise<RestoredAgents> {
  for (const [index, { kind, members }] of agents.entries()) {
    if (kind !== 'queue' && members.length > 0)
      throw invalidInput(`agents[${index}].members`, 'Only a queue has members');
  }
  const ids = agents.map(({ id }) => ({ tenantId, agentId: id }));
  const documents = await collections.agents.collection
    .find(byIds(ids), { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const known = new Map(
    documents.map((document) => {
      const agent = agentOf(collections.agents.decode(document));
      return [agent.id, agent];
    }),
  );
  const answer: RestoredAgents = { restored: [], kept: [] };
  for (const agent of agents) {
    const here = known.get(agent.id);
    if (here !== undefined && isDeepStrictEqual({ ...here }, { ...agent })) continue;
    const isRestored = await restoreAgent(collections, { tenantId, agent, here, by });
    (isRestored ? answer.restored : answer.kept).push(agent.id);
  }
  return answer;
}

/** Whether it is as given now; not where it was changed here later, or meanwhile. */
async function restoreAgent(
  collections: Collections,
  {
    tenantId,
    agent,
    here,
    by,
  }: { tenantId: TenantId; agent: Agent; here: Agent | undefined; by: AuditActor },
): Promise<boolean> {
  if (here !== undefined && here.updatedAt >= agent.updatedAt && !isUntouchedDefault(here)) return false;
  const { _id, assignments, ...fields }: Document = agentDocument(collections, tenantId, agent);
  const filter = { ...byId(_id), ...(here && { updatedAt: dateOfInstant(here.updatedAt) }) };
  const update = here === undefined ? { $setOnInsert: { ...fields, assignments } } : { $set: fields };
  return inTransaction(collections.db.client, async (session) => {
    const { upsertedCount, matchedCount } = await collections.agents.collection.updateOne(filter, update, {
      upsert: here === undefined,
      maxTimeMS: WRITE_TIMEOUT_MS,
      session,
    });
    const isRestored = here === undefined ? upsertedCount === 1 : matchedCount === 1;
    const event = { tenantId, action: 'agents.restore', by, target: agent.id } as const;
    if (isRestored) await appendAudit(collections, event, session);
    return isRestored;
  });
}

export const agentRestore = { restore };
