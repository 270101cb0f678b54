import {
  type AgentId,
  ClaimFollowUps,
  type FollowUp,
  HeartbeatFollowUp,
  ListFollowUps,
  ReadTimeline,
  type TenantId,
} from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll } from 'vitest';
import { Scenario } from './scenario.ts';

export const LONG_AGO = '2026-01-01T00:00:00.000Z';
export const FAR_AWAY = '2999-01-01T00:00:00.000Z';

export let database: TestDatabase;

export let scenario: Scenario;

let tenants = 0;

/** A tenant that nothing else works for. */
export async function newTenant(): Promise<TenantId> {
  tenants += 1;
  return scenario.tenant(`tenant-${tenants}`);
}

type Plan = {
  dueAt?: string;
  finalAttemptAt?: string;
  maxAttempts?: number;
  priority?: FollowUp['priority'];
  assignee?: AgentId;
  context?: string;
};

export async function schedule(
  tenantId: TenantId,
  plan: Plan = {},
  conversationId?: FollowUp['conversationId'],
): Promise<FollowUp> {
  const id = conversationId ?? (await scenario.create({}, tenantId)).id;
  const { conversation } = await scenario.run(
    'followUps.schedule',
    { conversationId: id, type: 'nurture', dueAt: LONG_AGO, finalAttemptAt: FAR_AWAY, ...plan },
    tenantId,
  );
  const followUp = conversation.followUps.at(-1);
  if (followUp === undefined) throw new Error('Nothing was scheduled');
  return followUp;
}

export const claim = (tenantId: TenantId, input: Partial<ClaimFollowUps> = {}, store = scenario.store) =>
  store.followUps.claim(tenantId, ClaimFollowUps.parse(input));

export const heartbeat = (
  tenantId: TenantId,
  input: Pick<HeartbeatFollowUp, 'followUpId' | 'leaseToken' | 'idempotencyKey'> & { leaseMs?: number },
) => scenario.store.followUps.heartbeat(tenantId, HeartbeatFollowUp.parse(input));

export async function only<Item>(items: Promise<Item[]>): Promise<Item> {
  const [item, ...more] = await items;
  if (item === undefined || more.length > 0)
    throw new Error(`Expected one, got ${more.length + (item ? 1 : 0)}`);
  return item;
}

/** A command that happens now: the scenario's own clock is behind that of what has expired. */
export const runNow: Scenario['run'] = (type, input, tenantId) =>
  scenario.run(type, { ...input, at: undefined }, tenantId);

/** As if the lease had run out so many milliseconds ago. */
export async function lapse({ id }: Pick<FollowUp, 'id'>, agoMs = 1): Promise<void> {
  await scenario.collections.follow_ups
    .acrossTenants('test')
    .updateOne({ _id: new ObjectId(id) }, { $set: { 'lease.until': new Date(Date.now() - agoMs) } });
}

/** A follow-up as its list has it. */
export async function find(tenantId: TenantId, { conversationId, id }: FollowUp): Promise<FollowUp> {
  const { items } = await scenario.store.followUps.list(tenantId, ListFollowUps.parse({ conversationId }));
  const found = items.find((item) => item.id === id);
  if (found === undefined) throw new Error('It is not listed');
  return found;
}

/** What was done with follow-ups in a conversation, in order. */
export async function actions(tenantId: TenantId, { conversationId }: FollowUp): Promise<string[]> {
  const { items } = await scenario.store.timeline.read(tenantId, ReadTimeline.parse({ conversationId }));
  return items.flatMap((entry) => (entry.kind === 'follow_up' ? [entry.action] : []));
}

/** Opens it before the tests of a file, and closes it after them. */
export function useFollowUpStore(): void {
  beforeAll(async () => {
    database = await testDatabase();
    scenario = await Scenario.open(database.uri);
  });

  afterAll(async () => {
    await scenario[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
}
