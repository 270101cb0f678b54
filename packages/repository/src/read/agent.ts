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
import type { WireDocument } from '../schema/collections.ts';
import { listName } from '../schema/conversation-lists.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { countListed } from './count-listed.ts';
import { readPage } from './page.ts';
import { tenantRange } from './tenant-range.ts';

/** Of so many agents an answer has the workload; those behind them are asked for by `after`. */
const MOST_AGENTS = 500;
/** How many agents' conversations are counted side by side. */
const COUNTED_TOGETHER = 8;
/** Statuses in which a customer may still wait for an answer. */
export const OPEN_STATUSES = ['active', 'paused', 'scheduled'] as const;

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

type Counts = ReadonlyMap<string, { count: number; since: Date | null }>;

async function countBy(
  collections: Collections,
  collection: 'conversations' | 'handoffs' | 'follow_ups',
  agent: string,
  match: Document,
  options: { hint: string; since?: string },
): Promise<Counts> {
  const since = options.since === undefined ? null : { $min: `$${options.since}` };
  const rows = await collections[collection].collection
    .aggregate<{ _id: string; count: number; since?: Date }>(
      [{ $match: match }, { $group: { _id: `$${agent}`, count: { $sum: 1 }, ...(since && { since }) } }],
      { maxTimeMS: READ_TIMEOUT_MS, hint: options.hint },
    )
    .toArray();
  return new Map(rows.map((row) => [row._id, { count: row.count, since: row.since ?? null }]));
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

/** How many active conversations each owns, a few counted at a time. */
async function countEachActive(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly AgentId[],
): Promise<number[]> {
  const counts: number[] = [];
  for (let from = 0; from < ids.length; from += COUNTED_TOGETHER) {
    const some = ids.slice(from, from + COUNTED_TOGETHER);
    const counting = some.map((id) => countActive(collections, tenantId, id, { maxTimeMS: READ_TIMEOUT_MS }));
    counts.push(...(await Promise.all(counting)));
  }
  return counts;
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
  const [active, waiting, pending, due] = await Promise.all([
    countEachActive(collections, tenantId, ids),
    countBy(
      collections,
      'conversations',
      'owner.agentId',
      {
        tenantId,
        'owner.agentId': { $in: ids },
        status: { $in: OPEN_STATUSES },
        'metrics.waitingSince': { $type: 'date' },
      },
      { hint: 'by_waiting', since: 'metrics.waitingSince' },
    ),
    countBy(
      collections,
      'handoffs',
      'to',
      { tenantId, status: 'pending', to: { $in: [...new Set([...ids, ...[...queues.values()].flat()])] } },
      { hint: 'pending_by_agent' },
    ),
    countBy(
      collections,
      'follow_ups',
      'assignee',
      { tenantId, assignee: { $in: ids }, status: 'open', dueAt: { $lte: now } },
      { hint: 'by_assignee' },
    ),
  ]);
  return agents.map((agent, index) => {
    const activeConversations = active[index] ?? 0;
    const waits = waiting.get(agent.id);
    const asked = [agent.id, ...(queues.get(agent.id) ?? [])];
    return {
      agent,
      activeConversations,
      waitingCustomers: waits?.count ?? 0,
      longestWaitMs: waits?.since ? Math.max(0, now.getTime() - waits.since.getTime()) : null,
      pendingHandoffs: asked.reduce((sum, id) => sum + (pending.get(id)?.count ?? 0), 0),
      followUpsDue: due.get(agent.id)?.count ?? 0,
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
