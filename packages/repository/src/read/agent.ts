import { type AgentOnDuty, FIRST_OWNER, Refusal } from '@baton/domain';
import {
  type Agent,
  AgentId,
  type AgentWorkload,
  type AgentWorkloadInput,
  type ListAgents,
  type Page,
  type RegisterAgent,
  type TenantId,
  timestamp,
  type UpdateAgent,
} from '@baton/schema';
import type { ClientSession, CountDocumentsOptions, Document } from 'mongodb';
import { z } from 'zod';
import type { WireDocument } from '../schema/collections.ts';
import { isDuplicate } from '../write/commit-error.ts';
import { countListed, listNamed } from '../schema/conversation-lists.ts';
import { once } from '../write/idempotent.ts';
import { readPage } from './page.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { tenantRange } from './tenant-range.ts';

/** Statuses in which a customer may still wait for an answer. */
export const OPEN_STATUSES = ['active', 'paused', 'scheduled'] as const;

/** The agents that every tenant has from the start, by the names that a person reads. */
const DEFAULT_AGENTS: readonly { id: AgentId; name: string }[] = [
  { id: FIRST_OWNER, name: 'Supervisor' },
  { id: AgentId.parse('qualifier'), name: 'Qualifier' },
  { id: AgentId.parse('objection_handler'), name: 'Objection handler' },
  { id: AgentId.parse('closer'), name: 'Closer' },
  { id: AgentId.parse('onboarding_specialist'), name: 'Onboarding specialist' },
];

function agentOf({ _id, assignments: _given, ...rest }: WireDocument<'agents'>): Agent {
  return { id: _id.agentId, ...rest };
}

function agentDocument(collections: Collections, tenantId: TenantId, { id, ...rest }: Agent): Document {
  return collections.agents.encode({ _id: { tenantId, agentId: id }, ...rest, assignments: 0 });
}

const noSuchAgent = (agentId: AgentId) =>
  new Refusal('NOT_FOUND', `No agent ${agentId} is registered`, { agentId });

/** @throws Refusal AGENT_EXISTS, IDEMPOTENCY_MISMATCH */
function register(collections: Collections, tenantId: TenantId, input: RegisterAgent): Promise<Agent> {
  return once(collections, tenantId, 'agents.register', input, (session) =>
    insert(collections, tenantId, input, session),
  );
}

async function insert(
  collections: Collections,
  tenantId: TenantId,
  { idempotencyKey: _key, ...input }: RegisterAgent,
  session?: ClientSession,
): Promise<Agent> {
  const now = timestamp(Date.now());
  const agent: Agent = { ...input, name: input.name ?? input.id, createdAt: now, updatedAt: now };
  try {
    await collections.agents.collection.insertOne(agentDocument(collections, tenantId, agent), {
      maxTimeMS: WRITE_TIMEOUT_MS,
      ...(session && { session }),
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new Refusal('AGENT_EXISTS', `An agent ${input.id} is registered already`, { agentId: input.id });
  }
  return agent;
}

/**
 * Changes what is given and keeps the rest.
 * @throws Refusal NOT_FOUND, IDEMPOTENCY_MISMATCH
 * @throws Refusal INVALID_INPUT for members of what is no queue
 */
function update(collections: Collections, tenantId: TenantId, input: UpdateAgent): Promise<Agent> {
  return once(collections, tenantId, 'agents.update', input, (session) =>
    change(collections, tenantId, input, session),
  );
}

async function change(
  collections: Collections,
  tenantId: TenantId,
  { id, idempotencyKey: _key, ...changes }: UpdateAgent,
  session?: ClientSession,
): Promise<Agent> {
  const inSession = session && { session };
  const _id = { tenantId, agentId: id };
  const needsQueue = changes.members !== undefined && changes.members.length > 0;
  const document = await collections.agents.collection.findOneAndUpdate(
    { ...byId(_id), ...(needsQueue && { kind: 'queue' }) },
    { $set: { ...changes, updatedAt: new Date() } },
    { returnDocument: 'after', maxTimeMS: WRITE_TIMEOUT_MS, ignoreUndefined: true, ...inSession },
  );
  if (document !== null) return agentOf(collections.agents.decode(document));
  const known = await collections.agents.collection.findOne(byId(_id), {
    projection: { _id: 1 },
    maxTimeMS: READ_TIMEOUT_MS,
    ...inSession,
  });
  if (known === null) throw noSuchAgent(id);
  throw new Refusal('INVALID_INPUT', 'Only a queue has members', {
    faults: [{ path: 'members', message: 'Only a queue has members' }],
  });
}

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
        return documents.map((document) => agentOf(collections.agents.decode(document)));
      },
    },
  );
}

/** The queues that an agent is a member of. */
export async function queuesOf(
  collections: Collections,
  tenantId: TenantId,
  agentId: AgentId,
): Promise<AgentId[]> {
  const documents = await collections.agents.collection
    .find(
      { ...tenantRange(tenantId, 'agentId'), kind: 'queue', members: agentId },
      { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  return documents.map((document) => collections.agents.decode(document)._id.agentId);
}

async function readAgents(
  collections: Collections,
  tenantId: TenantId,
  agentId: AgentId | undefined,
): Promise<Agent[]> {
  const filter = agentId === undefined ? tenantRange(tenantId, 'agentId') : byId({ tenantId, agentId });
  const documents = await collections.agents.collection
    .find(filter, { maxTimeMS: READ_TIMEOUT_MS })
    .sort({ _id: 1 })
    .toArray();
  return documents.map((document) => agentOf(collections.agents.decode(document)));
}

/** How much there is of something for each agent. */
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
    { tenantId, listedUnder: listNamed.owner(agentId), status: 'active' },
    options,
  );
}

/** Active conversations ÷ capacity; an agent that takes none is full. */
function loadOf(active: number, capacity: number | null): number | null {
  if (capacity === null) return null;
  return capacity === 0 ? 1 : active / capacity;
}

/**
 * What each agent, or one, has on its hands now: active conversations, customers who wait in open ones,
 * handoffs that it may accept (its queues' too), follow-ups that are due.
 * @throws Refusal NOT_FOUND for an agent that is not registered
 */
async function workload(
  collections: Collections,
  tenantId: TenantId,
  { agentId }: z.infer<typeof AgentWorkloadInput>,
): Promise<AgentWorkload[]> {
  const agents = await readAgents(collections, tenantId, agentId);
  if (agentId !== undefined && agents.length === 0) throw noSuchAgent(agentId);
  const everyone = agentId === undefined ? agents : await readAgents(collections, tenantId, undefined);
  const ids = agents.map(({ id }) => id);
  const queues = new Map(
    ids.map((id) => [id, everyone.filter(({ members }) => members.includes(id)).map((queue) => queue.id)]),
  );
  const now = new Date();
  const [active, waiting, pending, due] = await Promise.all([
    Promise.all(ids.map((id) => countActive(collections, tenantId, id, { maxTimeMS: READ_TIMEOUT_MS }))),
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
      { tenantId, status: 'pending', to: { $in: [...ids, ...[...queues.values()].flat()] } },
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
): Promise<Map<AgentId, AgentOnDuty>> {
  const options = { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) };
  const onDuty = new Map<AgentId, AgentOnDuty>();
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

/** Makes the tenant known; one that is known stays as it is. */
export async function ensureTenant(collections: Collections, tenantId: TenantId): Promise<void> {
  const { _id, ...fields } = collections.tenants.encode({
    _id: tenantId,
    businessHours: null,
    createdAt: timestamp(Date.now()),
  });
  await collections.tenants.collection.updateOne(
    byId(_id),
    { $setOnInsert: fields },
    { upsert: true, maxTimeMS: WRITE_TIMEOUT_MS },
  );
}

/** Makes the tenant and its five default agents known; what is known stays as it is. */
export async function ensureDefaultAgents(collections: Collections, tenantId: TenantId): Promise<void> {
  await ensureTenant(collections, tenantId);
  const now = timestamp(Date.now());
  await collections.agents.collection.bulkWrite(
    DEFAULT_AGENTS.map(({ id, name }) => {
      const { _id, ...fields } = agentDocument(collections, tenantId, {
        id,
        kind: 'ai',
        name,
        roles: [id],
        capacity: null,
        availability: 'available',
        members: [],
        createdAt: now,
        updatedAt: now,
      });
      return { updateOne: { filter: byId(_id), update: { $setOnInsert: fields }, upsert: true } };
    }),
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
}

/** One agent; null where none has this id. */
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

const ensureDefaults = (collections: Collections, tenantId: TenantId, _input: object) =>
  ensureDefaultAgents(collections, tenantId);

export const agentQueries = { get, register, update, list, workload, ensureDefaults };
