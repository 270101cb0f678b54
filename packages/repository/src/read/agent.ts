import { type AgentState, Refusal } from '@baton/domain';
import type {
  Agent,
  AgentId,
  AgentWorkload,
  GetAgentWorkload,
  ListAgents,
  Page,
  TenantId,
} from '@baton/schema';
import type { ClientSession, CountDocumentsOptions, Document } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { standingOf } from '../rollup/count-conversation.ts';
import { readFigures } from '../rollup/figures.ts';
import { ALL_TIME } from '../rollup/period.ts';
import type { Uncounted } from '../rollup/uncounted.ts';
import type { WireDocument } from '../schema/collections.ts';
import { listName } from '../schema/conversation-lists.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { countListed } from './count-listed.ts';
import { readPage } from './page.ts';
import { tenantRange } from './tenant-range.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/** Of so many agents an answer has the workload; those behind them are asked for by `after`. */
const MOST_AGENTS = 500;
/** Of how many agents those who wait longest are looked for side by side. */
const LOOKED_FOR_TOGETHER = 8;

export function agentOf({ _id, assignments: _given, ...rest }: WireDocument<'agents'>): Agent {
  return { id: _id.agentId, ...rest };
}

/** Null for each that cannot be read. */
function readAgentDocuments({ agents }: Collections, documents: readonly Document[]): (Agent | null)[] {
  return documents.map((document) => {
    const readable = agents.tryDecode(document);
    return readable && agentOf(readable);
  });
}

export const noSuchAgent = (agentId: AgentId) =>
  new Refusal('NOT_FOUND', `No agent ${agentId} is registered`, { agentId });

/**
 * By id.
 * @throws Refusal INVALID_CURSOR
 */
async function list(collections: Collections, tenantId: TenantId, input: ListAgents): Promise<Page<Agent>> {
  const { kind } = input;
  return readPage<Agent, [string]>(
    { tenantId, procedure: 'agents.list', input },
    {
      position: z.tuple([z.string()]),
      positionOf: ({ id }) => [id],
      read: async (after, limit) => {
        const documents = await collections.agents.collection
          .find(
            { ...tenantRange(tenantId, 'agentId', after?.[0]), ...(kind && { kind }) },
            { maxTimeMS: READ_TIMEOUT_MS },
          )
          .sort({ _id: 1 })
          .limit(limit)
          .toArray();
        return readAgentDocuments(collections, documents);
      },
    },
  );
}

/** The queues that some agents are members of. */
async function queuesOfAll(
  collections: Collections,
  tenantId: TenantId,
  agentIds: readonly AgentId[],
): Promise<Agent[]> {
  const documents = await collections.agents.collection
    .find(
      { ...tenantRange(tenantId, 'agentId'), kind: 'queue', members: { $in: agentIds } },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  return readAgentDocuments(collections, documents).filter((agent) => agent !== null);
}

/** The queues that an agent is a member of. */
export async function queuesOf(
  collections: Collections,
  tenantId: TenantId,
  agentId: AgentId,
): Promise<AgentId[]> {
  return (await queuesOfAll(collections, tenantId, [agentId])).map(({ id }) => id);
}

async function readAgents(
  collections: Collections,
  tenantId: TenantId,
  { agentId, after }: GetAgentWorkload,
): Promise<Agent[]> {
  const filter =
    agentId === undefined ? tenantRange(tenantId, 'agentId', after) : byId({ tenantId, agentId });
  const documents = await collections.agents.collection
    .find(filter, { maxTimeMS: READ_TIMEOUT_MS })
    .sort({ _id: 1 })
    .limit(MOST_AGENTS)
    .toArray();
  return readAgentDocuments(collections, documents).filter((agent) => agent !== null);
}

async function countBy(
  collections: Collections,
  collection: 'handoffs' | 'follow_ups',
  agent: string,
  match: TenantFilter,
  hint: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await collections[collection].collection
    .aggregate<{ _id: string; count: number }>(
      [{ $match: match }, { $group: { _id: `$${agent}`, count: { $sum: 1 } } }],
      { maxTimeMS: READ_TIMEOUT_MS, hint },
    )
    .toArray();
  return new Map(rows.map(({ _id, count }) => [_id, count]));
}

/** Since when the customer waits who waits longest for an agent, milliseconds since 1970; null where none does. */
async function longestWaitSince(
  { counted_conversations: counts }: Collections,
  tenantId: TenantId,
  agentId: AgentId,
  uncounted: readonly Uncounted[],
): Promise<number | null> {
  const counted = await counts.collection.findOne(
    {
      tenantId,
      'standing.owner': agentId,
      'standing.waitingSince': { $type: 'number' },
      _id: { $nin: uncounted.map(({ id }) => id) },
    },
    { sort: { 'standing.waitingSince': 1 }, hint: 'by_waiting', maxTimeMS: READ_TIMEOUT_MS },
  );
  const changed = uncounted.flatMap(({ conversation }) => {
    const standing = conversation && standingOf(conversation);
    return standing?.owner === agentId ? (standing.waitingSince ?? []) : [];
  });
  const since = Math.min(counted?.['standing'].waitingSince ?? Number.POSITIVE_INFINITY, ...changed);
  return Number.isFinite(since) ? since : null;
}

function countActive(
  collections: Collections,
  tenantId: TenantId,
  agentId: AgentId,
  options: CountDocumentsOptions,
): Promise<number> {
  return countListed(
    collections,
    { tenantId, listedUnder: listName.owner(agentId), status: 'active' },
    options,
  );
}

/** Active conversations ÷ capacity; an agent that takes none is full. */
function loadOf(active: number, capacity: number | null): number | null {
  if (capacity === null) return null;
  return capacity === 0 ? 1 : active / capacity;
}

/**
 * The present work of one agent, or of the first 500 by id, or of the first 500 behind one: active conversations, customers who wait in open ones,
 * handoffs that it may accept (its queues' too), follow-ups that are due.
 * @throws Refusal NOT_FOUND for an agent that is not registered
 */
async function workload(
  collections: Collections,
  tenantId: TenantId,
  input: GetAgentWorkload,
): Promise<AgentWorkload[]> {
  const agents = await readAgents(collections, tenantId, input);
  if (input.agentId !== undefined && agents.length === 0) throw noSuchAgent(input.agentId);
  const ids = agents.map(({ id }) => id);
  const queues = new Map<AgentId, AgentId[]>();
  for (const { id: queue, members } of await queuesOfAll(collections, tenantId, ids))
    for (const member of members) queues.set(member, [...(queues.get(member) ?? []), queue]);
  const now = new Date(collections.clock.now());
  const [figures, pending, due] = await Promise.all([
    readFigures(collections, tenantId, { hours: ALL_TIME }, ['load']),
    countBy(
      collections,
      'handoffs',
      'to',
      { tenantId, status: 'pending', to: { $in: [...new Set([...ids, ...[...queues.values()].flat()])] } },
      'pending_by_agent',
    ),
    countBy(
      collections,
      'follow_ups',
      'assignee',
      { tenantId, assignee: { $in: ids }, status: 'open', dueAt: { $lte: now } },
      'by_assignee',
    ),
  ]);
  const waitingCustomers = (id: AgentId) => figures.get('load', `${id}:waiting`);
  const waits = new Map<AgentId, number | null>();
  const waitedFor = ids.filter((id) => waitingCustomers(id) > 0);
  for (let from = 0; from < waitedFor.length; from += LOOKED_FOR_TOGETHER)
    await Promise.all(
      waitedFor.slice(from, from + LOOKED_FOR_TOGETHER).map(async (id) => {
        waits.set(id, await longestWaitSince(collections, tenantId, id, figures.uncounted));
      }),
    );
  return agents.map((agent) => {
    const activeConversations = figures.get('load', `${agent.id}:active`);
    const since = waits.get(agent.id) ?? null;
    const asked = [agent.id, ...(queues.get(agent.id) ?? [])];
    return {
      agent,
      activeConversations,
      waitingCustomers: waitingCustomers(agent.id),
      longestWaitMs: since === null ? null : Math.max(0, now.getTime() - since),
      pendingHandoffs: asked.reduce((sum, id) => sum + (pending.get(id) ?? 0), 0),
      followUpsDue: due.get(agent.id) ?? 0,
      load: loadOf(activeConversations, agent.capacity),
    };
  });
}

/**
 * The agents that a command names, with how many active conversations each owns; counted only for those
 * with a capacity, 0 for the others. An agent that is not registered is left out.
 */
export async function agentsOnDuty(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly AgentId[],
  session?: ClientSession,
): Promise<Map<AgentId, AgentState>> {
  const options = { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) };
  const onDuty = new Map<AgentId, AgentState>();
  const documents = await collections.agents.collection
    .find(byId({ $in: ids.map((agentId) => ({ tenantId, agentId })) }), options)
    .toArray();
  // One after the other: a transaction takes one operation at a time.
  for (const document of documents) {
    const { id, kind, capacity, availability, members } = agentOf(collections.agents.decode(document));
    const activeConversations = capacity === null ? 0 : await countActive(collections, tenantId, id, options);
    onDuty.set(id, { id, kind, capacity, availability, members, activeConversations });
  }
  return onDuty;
}

async function get(
  collections: Collections,
  tenantId: TenantId,
  { agentId }: { agentId: AgentId },
): Promise<Agent | null> {
  const document = await collections.agents.collection.findOne(byId({ tenantId, agentId }), {
    maxTimeMS: READ_TIMEOUT_MS,
  });
  return document === null ? null : agentOf(collections.agents.decode(document));
}

export const agentQueries = { get, list, workload };
