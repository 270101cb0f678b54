import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_OWNER, Refusal } from '@baton/domain';
import {
  type Agent,
  AgentId,
  type AuditActor,
  type RegisterAgent,
  type TenantId,
  type Timestamp,
  timestamp,
  type UpdateAgent,
} from '@baton/schema';
import type { ClientSession, Document } from 'mongodb';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import { agentOf, noSuchAgent } from '../read/agent.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from './idempotent.ts';

/** The agents that every tenant has from the start, by the names that a person reads. */
const DEFAULT_AGENTS: readonly { id: AgentId; name: string }[] = [
  { id: DEFAULT_OWNER, name: 'Supervisor' },
  { id: AgentId.parse('qualifier'), name: 'Qualifier' },
  { id: AgentId.parse('objection_handler'), name: 'Objection handler' },
  { id: AgentId.parse('closer'), name: 'Closer' },
  { id: AgentId.parse('onboarding_specialist'), name: 'Onboarding specialist' },
];

function defaultAgent({ id, name }: { id: AgentId; name: string }, at: Timestamp): Agent {
  return {
    id,
    kind: 'ai',
    name,
    roles: [id],
    capacity: null,
    availability: 'available',
    members: [],
    createdAt: at,
    updatedAt: at,
  };
}

/** Whether it is one of the default agents as each tenant has them at the start. */
export function isUntouchedDefault(agent: Agent): boolean {
  const known = DEFAULT_AGENTS.find(({ id }) => id === agent.id);
  return known !== undefined && isDeepStrictEqual({ ...agent }, defaultAgent(known, agent.createdAt));
}

export function agentDocument(
  collections: Collections,
  tenantId: TenantId,
  { id, ...rest }: Agent,
): Document {
  return collections.agents.encode({ _id: { tenantId, agentId: id }, ...rest, assignments: 0 });
}

/** @throws Refusal AGENT_EXISTS, IDEMPOTENCY_MISMATCH */
function register(
  collections: Collections,
  tenantId: TenantId,
  input: RegisterAgent,
  by: AuditActor = OPERATOR,
): Promise<Agent> {
  return idempotentInTransaction(collections, tenantId, 'agents.register', input, async (session) => {
    const { id: target, kind } = input;
    const event = { tenantId, action: 'agents.register', by, target, details: { kind } } as const;
    await appendAudit(collections, event, session);
    return insertAgent(collections, tenantId, input, session);
  });
}

async function insertAgent(
  collections: Collections,
  tenantId: TenantId,
  { idempotencyKey: _key, ...input }: RegisterAgent,
  session: ClientSession,
): Promise<Agent> {
  const now = timestamp(collections.clock.now());
  const agent: Agent = { ...input, name: input.name ?? input.id, createdAt: now, updatedAt: now };
  try {
    await collections.agents.collection.insertOne(agentDocument(collections, tenantId, agent), {
      maxTimeMS: WRITE_TIMEOUT_MS,
      session,
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
function update(
  collections: Collections,
  tenantId: TenantId,
  input: UpdateAgent,
  by: AuditActor = OPERATOR,
): Promise<Agent> {
  return idempotentInTransaction(collections, tenantId, 'agents.update', input, async (session) => {
    const { id: target, idempotencyKey: _key, ...changes } = input;
    const changed = Object.entries(changes)
      .flatMap(([field, value]) => (value === undefined ? [] : field))
      .join(' ');
    // Somebody who comes and goes is no change of who may do what.
    if (changed !== 'availability') {
      const event = { tenantId, action: 'agents.update', by, target, details: { changed } } as const;
      await appendAudit(collections, event, session);
    }
    return updateAgent(collections, tenantId, input, session);
  });
}

async function updateAgent(
  collections: Collections,
  tenantId: TenantId,
  { id, idempotencyKey: _key, ...changes }: UpdateAgent,
  session: ClientSession,
): Promise<Agent> {
  const _id = { tenantId, agentId: id };
  const needsQueue = changes.members !== undefined && changes.members.length > 0;
  const document = await collections.agents.collection.findOneAndUpdate(
    { ...byId(_id), ...(needsQueue && { kind: 'queue' }) },
    { $set: { ...changes, updatedAt: new Date(collections.clock.now()) } },
    { returnDocument: 'after', maxTimeMS: WRITE_TIMEOUT_MS, ignoreUndefined: true, session },
  );
  if (document !== null) return agentOf(collections.agents.decode(document));
  const existing = await collections.agents.collection.findOne(byId(_id), {
    projection: { _id: 1 },
    maxTimeMS: READ_TIMEOUT_MS,
    session,
  });
  if (existing === null) throw noSuchAgent(id);
  throw new Refusal('INVALID_INPUT', 'Only a queue has members', {
    faults: [{ path: 'members', message: 'Only a queue has members' }],
  });
}

/** Makes the tenant known; one that is known stays as it is. */
export async function ensureTenant(
  collections: Collections,
  tenantId: TenantId,
  session?: ClientSession,
): Promise<void> {
  const { _id, ...fields } = collections.tenants.encode({
    _id: tenantId,
    businessHours: null,
    createdAt: timestamp(collections.clock.now()),
  });
  await collections.tenants.collection.updateOne(
    byId(_id),
    { $setOnInsert: fields },
    { upsert: true, maxTimeMS: WRITE_TIMEOUT_MS, ...(session && { session }) },
  );
}

/** Makes the tenant and its five default agents known; what is known stays as it is. */
export async function ensureDefaultAgents(
  collections: Collections,
  tenantId: TenantId,
  session?: ClientSession,
): Promise<void> {
  await ensureTenant(collections, tenantId, session);
  const now = timestamp(collections.clock.now());
  await collections.agents.collection.bulkWrite(
    DEFAULT_AGENTS.map((known) => {
      const { _id, ...fields } = agentDocument(collections, tenantId, defaultAgent(known, now));
      return { updateOne: { filter: byId(_id), update: { $setOnInsert: fields }, upsert: true } };
    }),
    { maxTimeMS: WRITE_TIMEOUT_MS, ...(session && { session }) },
  );
}

const ensureDefaults = (collections: Collections, tenantId: TenantId, _input: object) =>
  ensureDefaultAgents(collections, tenantId);

export const agentRegistry = { register, update, ensureDefaults };
