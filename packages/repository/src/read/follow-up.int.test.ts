import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgentId,
  ClaimFollowUps,
  type Command,
  type FollowUp,
  FollowUpId,
  HeartbeatFollowUp,
  ListDueFollowUps,
  ListFollowUps,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { ReadGate } from '../fairness/read-gate.ts';
import { TenantActivity } from '../fairness/tenant-activity.ts';
import { Committer } from '../write/committer.ts';
import { followUpClaims, liveLeaseOf } from '../write/follow-up-claims.ts';
import { followUpQueries } from './follow-up.ts';

const LONG_AGO = '2026-01-01T00:00:00.000Z';
const FAR_AWAY = '2999-01-01T00:00:00.000Z';

let database: TestDatabase;
let scenario: Scenario;
let tenants = 0;

beforeAll(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
});

afterAll(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A tenant that nothing else in this file works for. */
async function newTenant(): Promise<TenantId> {
  tenants += 1;
  return scenario.tenant(`tenant-${tenants}`);
}

type Plan = { dueAt?: string; priority?: FollowUp['priority']; assignee?: AgentId; context?: string };

async function schedule(
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

const claim = (tenantId: TenantId, input: Partial<ClaimFollowUps> = {}) =>
  followUpClaims.claim(scenario.collections, tenantId, ClaimFollowUps.parse(input));
const heartbeat = (
  tenantId: TenantId,
  input: Pick<HeartbeatFollowUp, 'followUpId' | 'leaseToken' | 'idempotencyKey'> & { leaseMs?: number },
) => followUpClaims.heartbeat(scenario.collections, tenantId, HeartbeatFollowUp.parse(input));

async function only<Item>(items: Promise<Item[]>): Promise<Item> {
  const [item, ...more] = await items;
  if (item === undefined || more.length > 0)
    throw new Error(`Expected one, got ${more.length + (item ? 1 : 0)}`);
  return item;
}

describe('Follow-ups', () => {
  const contexts = ({ items }: { items: FollowUp[] }) => items.map(({ context }) => context);

  it('are listed by when they are due', async () => {
    const tenantId = await newTenant();
    const { conversationId } = await schedule(tenantId, { context: 'b', dueAt: '2026-01-02T00:00:00.000Z' });
    await schedule(tenantId, { context: 'a', assignee: CLOSER }, conversationId);
    const { id } = await schedule(tenantId, { context: 'c', dueAt: FAR_AWAY, assignee: CLOSER });
    const list = (input: Partial<ListFollowUps>) =>
      followUpQueries.list(scenario.collections, tenantId, ListFollowUps.parse(input));
    expect(contexts(await list({}))).toEqual(['a', 'b', 'c']);
    expect(contexts(await list({ conversationId }))).toEqual(['a', 'b']);
    expect(contexts(await list({ conversationId, assignee: CLOSER, status: 'open' }))).toEqual(['a']);
    expect(contexts(await list({ assignee: CLOSER }))).toEqual(['a', 'c']);
    await scenario.run('followUps.cancel', { followUpId: id }, tenantId);
    expect(contexts(await list({ status: 'cancelled' }))).toEqual(['c']);
    expect(contexts(await list({ assignee: CLOSER, status: 'open' }))).toEqual(['a']);
    const first = await list({ limit: 2 });
    expect(contexts(await list({ limit: 2, cursor: first.nextCursor ?? '' }))).toEqual(['c']);
  });

  it('that are due by now, or by an instant, are listed for all or for one assignee', async () => {
    const tenantId = await newTenant();
    await schedule(tenantId, { context: 'a' });
    await schedule(tenantId, { context: 'b', assignee: CLOSER });
    await schedule(tenantId, { context: 'c', dueAt: FAR_AWAY });
    const due = (input: Partial<ListDueFollowUps>) =>
      followUpQueries.listDue(scenario.collections, tenantId, ListDueFollowUps.parse(input));
    expect(contexts(await due({}))).toEqual(['a', 'b']);
    expect(contexts(await due({ assignee: CLOSER }))).toEqual(['b']);
    expect(contexts(await due({ before: FAR_AWAY }))).toEqual(['a', 'b', 'c']);
    expect(contexts(await due({ before: '2025-12-31T00:00:00.000Z' }))).toEqual([]);
    const first = await due({ limit: 1 });
    expect(contexts(await due({ limit: 1, cursor: first.nextCursor ?? '' }))).toEqual(['b']);
  });
});

describe('Under a key', () => {
  const remembered = async (key: string) => {
    const { idempotency } = scenario.collections;
    const [record] = await idempotency.collection.find({ '_id.key': key }).toArray();
    return JSON.stringify(record);
  };

  it('a claim gives the same leases again, of the follow-ups as they are now, and keeps no word of them', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId, { context: 'Her card was refused' });
    const { id: other } = await schedule(tenantId, { context: 'Her card was refused' });
    const claimAgain = () => claim(tenantId, { limit: 2, idempotencyKey: `claim-${id}` });
    const first = await claimAgain();
    expect(first.map(({ followUp }) => followUp.id).toSorted()).toEqual([id, other].toSorted());
    expect(await claimAgain()).toEqual(first);
    const kept = await remembered(`claim-${id}`);
    expect(kept).toContain(first[0]?.leaseToken);
    expect(kept).not.toContain('card');
    await scenario.run('followUps.cancel', { followUpId: id }, tenantId);
    const again = await claimAgain();
    expect(again.map(({ leaseToken }) => leaseToken)).toEqual(first.map(({ leaseToken }) => leaseToken));
    expect(again.find(({ followUp }) => followUp.id === id)?.followUp.status).toBe('cancelled');
  });

  it('a heartbeat gives its first answer again, and keeps no word', async () => {
    const tenantId = await newTenant();
    const { id: followUpId } = await schedule(tenantId, { context: 'Her card was refused' });
    const { leaseToken } = await only(claim(tenantId));
    const beat = () => heartbeat(tenantId, { followUpId, leaseToken, idempotencyKey: `beat-${followUpId}` });
    const first = await beat();
    expect(await beat()).toEqual(first);
    expect(await remembered(`beat-${followUpId}`)).not.toContain('card');
  });
});

describe('A claim', () => {
  it('gives the most urgent first, and of those the longest due', async () => {
    const tenantId = await newTenant();
    await schedule(tenantId, { context: 'low', priority: 'low' });
    await schedule(tenantId, { context: 'high, later', priority: 'high', dueAt: '2026-01-02T00:00:00.000Z' });
    await schedule(tenantId, { context: 'medium', priority: 'medium' });
    await schedule(tenantId, { context: 'high', priority: 'high' });
    await schedule(tenantId, { context: 'not yet', priority: 'high', dueAt: FAR_AWAY });
    const three = await claim(tenantId, { limit: 3 });
    expect(three.map(({ followUp }) => followUp.context)).toEqual(['high', 'high, later', 'medium']);
    expect((await claim(tenantId, { limit: 3 })).map(({ followUp }) => followUp.context)).toEqual(['low']);
    expect(await claim(tenantId, { limit: 3 })).toEqual([]);
  });

  it('gives each follow-up to one worker, however many ask at once', async () => {
    const tenantId = await newTenant();
    const { id: conversationId } = await scenario.create({}, tenantId);
    for (let index = 0; index < 40; index += 1) await schedule(tenantId, {}, conversationId);
    const workers = Array.from({ length: 12 }, async () => claim(tenantId, { limit: 5 }));
    const claimed = (await Promise.all(workers)).flat();
    expect(claimed).toHaveLength(40);
    expect(new Set(claimed.map(({ followUp }) => followUp.id)).size).toBe(40);
    expect(new Set(claimed.map(({ leaseToken }) => leaseToken)).size).toBe(40);
  });

  it('finds work for each of many workers that ask for one', async () => {
    const tenantId = await newTenant();
    const { id: conversationId } = await scenario.create({}, tenantId);
    for (let index = 0; index < 20; index += 1) await schedule(tenantId, {}, conversationId);
    const claimed = await Promise.all(Array.from({ length: 20 }, () => claim(tenantId)));
    expect(claimed.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, () => 1));
    expect(new Set(claimed.flat().map(({ followUp }) => followUp.id)).size).toBe(20);
  });

  it('holds for as long as was asked, on the clock of mongod', async () => {
    const tenantId = await newTenant();
    await schedule(tenantId);
    const before = Date.now();
    const { leaseUntil } = await only(claim(tenantId, { leaseMs: 60_000 }));
    expect(Date.parse(leaseUntil)).toBeGreaterThanOrEqual(before + 59_000);
    expect(Date.parse(leaseUntil)).toBeLessThanOrEqual(Date.now() + 61_000);
  });

  it('takes over from a worker that died', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const dead = await only(claim(tenantId, { leaseMs: 1_000 }));
    expect(await claim(tenantId)).toEqual([]);
    await sleep(1_100);
    expect(await liveLeaseOf(scenario.collections, tenantId, id)).toBeNull();
    const next = await only(claim(tenantId));
    expect(next.followUp.id).toBe(id);
    expect(next.leaseToken).not.toBe(dead.leaseToken);
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken: dead.leaseToken })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
  });

  it("for one assignee leaves others' follow-ups alone", async () => {
    const tenantId = await newTenant();
    await schedule(tenantId);
    const mine = await schedule(tenantId, { assignee: CLOSER });
    const { followUp } = await only(claim(tenantId, { limit: 10, assignee: CLOSER }));
    expect(followUp.id).toBe(mine.id);
  });

  it('gives the one that it names, though it is not due yet, and only where nobody has it', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId, { dueAt: FAR_AWAY, assignee: CLOSER });
    await schedule(tenantId, { priority: 'high' });
    expect(await claim(tenantId, { followUpId: id, assignee: SUPERVISOR })).toEqual([]);
    const { followUp, leaseToken } = await only(claim(tenantId, { followUpId: id }));
    expect(followUp.id).toBe(id);
    expect(await liveLeaseOf(scenario.collections, tenantId, id)).toEqual({ token: leaseToken });
    expect(await claim(tenantId, { followUpId: id })).toEqual([]);
    await scenario.run('followUps.complete', { followUpId: id, leaseToken }, tenantId);
    expect(await claim(tenantId, { followUpId: id })).toEqual([]);
    await expect(claim(await newTenant(), { followUpId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('never gives the work of another tenant', async () => {
    await schedule(await newTenant());
    expect(await claim(await newTenant(), { limit: 10 })).toEqual([]);
  });
});

describe('A lease', () => {
  it('is the token that completes the work', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const { leaseToken } = await only(claim(tenantId));
    expect(await liveLeaseOf(scenario.collections, tenantId, id)).toEqual({ token: leaseToken });
    const { conversation } = await scenario.run(
      'followUps.complete',
      { followUpId: id, leaseToken },
      tenantId,
    );
    expect(conversation.followUps).toEqual([]);
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
  });

  it('ends when the follow-up is changed by somebody else', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const { leaseToken } = await only(claim(tenantId));
    await scenario.run(
      'followUps.snooze',
      { followUpId: id, until: timestamp(Date.now() + 60_000) },
      tenantId,
    );
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    expect(await claim(tenantId)).toEqual([]);
  });

  it('ends with the first of two reports that are committed together', async () => {
    const tenantId = await newTenant();
    const { id: followUpId, conversationId } = await schedule(tenantId);
    const { leaseToken } = await only(claim(tenantId));
    const activity = new TenantActivity();
    const reads = new ReadGate(10, activity);
    const { collections } = scenario;
    const committer = new Committer({ client: collections.db.client, collections, reads, activity });
    const report = (command: Command) =>
      committer.submit({
        tenantId,
        conversationId,
        command,
        actor: { kind: 'system' },
        mayForce: false,
        id: 'f'.repeat(24),
        key: null,
      });
    // Commands of one conversation that are submitted together are one batch.
    const [failed, completed] = await Promise.allSettled([
      report({ type: 'followUps.fail', input: { followUpId, leaseToken, error: 'No answer' } }),
      report({ type: 'followUps.complete', input: { followUpId, leaseToken } }),
    ]);
    expect(failed.status).toBe('fulfilled');
    expect(completed).toMatchObject({ status: 'rejected', reason: { code: 'LEASE_LOST' } });
  });

  it('is extended by a heartbeat, and by nothing else', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(tenantId);
    const { leaseToken, leaseUntil } = await only(claim(tenantId, { leaseMs: 1_000 }));
    const extended = await heartbeat(tenantId, { followUpId: id, leaseToken, leaseMs: 60_000 });
    expect(extended).toMatchObject({ followUp: { id }, leaseToken });
    expect(Date.parse(extended.leaseUntil)).toBeGreaterThan(Date.parse(leaseUntil) + 50_000);
    const stolen = heartbeat(tenantId, { followUpId: id, leaseToken: 'a guess' });
    await expect(stolen).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('of what does not exist, or is not the tenant’s, is not found', async () => {
    const tenantId = await newTenant();
    const { id } = await schedule(await newTenant());
    await expect(heartbeat(tenantId, { followUpId: id, leaseToken: 'a' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const unknown = FollowUpId.parse('f'.repeat(24));
    expect(await liveLeaseOf(scenario.collections, tenantId, unknown)).toBeNull();
    expect(await liveLeaseOf(scenario.collections, tenantId, id)).toBeNull();
  });
});
