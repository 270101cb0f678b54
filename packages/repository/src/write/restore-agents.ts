import { isDeepStrictEqual } from 'node:util';
import { invalidInput } from '@baton/domain';
import type { Agent, RestoreAgents, RestoredAgents, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
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
    const isRestored = await restoreAgent(collections, tenantId, agent, here);
    (isRestored ? answer.restored : answer.kept).push(agent.id);
  }
  return answer;
}

/** Whether it is as given now; not where it was changed here later, or meanwhile. */
async function restoreAgent(
  collections: Collections,
  tenantId: TenantId,
  agent: Agent,
  here: Agent | undefined,
): Promise<boolean> {
  if (here !== undefined && here.updatedAt >= agent.updatedAt && !isUntouchedDefault(here)) return false;
  const { _id, assignments, ...fields }: Document = agentDocument(collections, tenantId, agent);
  const filter = { ...byId(_id), ...(here && { updatedAt: dateOfInstant(here.updatedAt) }) };
  const update = here === undefined ? { $setOnInsert: { ...fields, assignments } } : { $set: fields };
  const { upsertedCount, matchedCount } = await collections.agents.collection.updateOne(filter, update, {
    upsert: here === undefined,
    maxTimeMS: WRITE_TIMEOUT_MS,
  });
  return here === undefined ? upsertedCount === 1 : matchedCount === 1;
}

export const agentRestore = { restore };
