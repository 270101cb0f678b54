import { setTimeout as sleep } from 'node:timers/promises';
import {
  AgentId,
  type CommandInput,
  commandInputs,
  type CommandType,
  ListDueFollowUps,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { shiftDate } from '@baton/testing/shift-date';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS, movedClock } from '../../test/clocks.ts';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from '../write/submit-command.ts';

const TENANT = TenantId.parse('clocks');
const CLOSER = AgentId.parse('closer');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };

/** The right time, which this machine's mongod has too. */
const RightDate = Date;
const rightNow = () => RightDate.now();

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
/** A store whose time is right, whatever the process's own clock says. */
let right: Store;
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  right = openStore({ ...connection, clock: movedClock(rightNow) });
  store = openStore(connection);
  await right.agents.ensureDefaults(TENANT, {});
});

afterAll(async () => {
  await right.drain();
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

let contacts = 0;

/** Carries out a command as a caller of the API writes it. */
function execute(by: Store, type: CommandType, input: object) {
  // Of one of the types, and the input of that very type.
  const parsed = commandInputs[type].parse(input) as CommandInput<typeof type>;
  return by.execute(caller, type, parsed);
}

const create = async (by: Store) => {
  const input = { contactId: `contact-${(contacts += 1)}`, channel: 'web' };
  return (await execute(by, 'conversations.create', input)).conversation;
};

const inMs = (ms: number) => new Date(rightNow() + ms).toISOString();

/** Whether an instant is now, within a second. */
const isNow = (instant: string | Date) => Math.abs(new Date(instant).getTime() - rightNow()) < 1_000;

describe.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
])('a server whose clock is an hour %s', (_, offBy) => {
  let shifted: Disposable;

  beforeAll(() => {
    shifted = shiftDate(offBy);
  });
  afterAll(() => shifted[Symbol.dispose]());

  test('gives conversations and entries the right instants and ids', async () => {
    const made = await create(store);
    expect(isNow(made.createdAt)).toBe(true);
    const says = (clientMessageId: string) => ({
      conversationId: made.id,
      clientMessageId,
      author: { kind: 'customer' },
      text: 'Hello',
    });
    await execute(store, 'messages.append', says('a'));
    await execute(right, 'messages.append', says('b'));
    await execute(store, 'messages.append', says('c'));
    const { items } = await right.timeline.read(TENANT, { conversationId: made.id, limit: 10 });
    expect(items).toHaveLength(4);
    for (const { at } of items) expect(isNow(at)).toBe(true);
    expect(items.map(({ at }) => at)).toEqual(items.map(({ at }) => at).toSorted());
    for await (const { _id } of right.collections.timeline.collection.find({ tenantId: TENANT })) {
      expect(Math.abs(_id.getTimestamp().getTime() - rightNow())).toBeLessThan(30_000);
    }
  });

  test('takes imported instants up to now, and none of the future', async () => {
    const { id } = await create(right);
    const past = { contactId: `contact-${(contacts += 1)}`, channel: 'web', at: inMs(-60_000) };
    const { conversation } = await execute(store, 'conversations.create', past);
    expect(conversation.createdAt).toBe(past.at);
    const future = { conversationId: id, tags: ['vip'], at: inMs(60_000) };
    await expect(execute(store, 'conversations.update', future)).rejects.toMatchObject({
      code: 'INVALID_INSTANT',
    });
  });

  test('expires a handoff when its time has come', async () => {
    const request = (conversationId: string, expiresAt: string) => ({
      conversationId,
      from: 'supervisor',
      to: 'closer',
      reason: 'Yours',
      trigger: 'manual',
      expiresAt,
    });
    const later = await create(store);
    await execute(store, 'handoffs.request', request(later.id, inMs(HOUR_MS / 2)));
    const soon = await create(store);
    const expiresAt = inMs(300);
    const { conversation } = await execute(store, 'handoffs.request', request(soon.id, expiresAt));
    expect(await store.expireHandoffs()).toBe(0);
    await sleep(Date.parse(expiresAt) - rightNow() + 5);
    const handoffId = conversation.pendingHandoff?.id;
    await expect(execute(store, 'handoffs.accept', { handoffId, by: CLOSER })).rejects.toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
    });
    expect(await store.expireHandoffs()).toBe(1);
    const { pendingHandoff } = await right.conversations.get(TENANT, { conversationId: later.id });
    expect(pendingHandoff).not.toBeNull();
    await execute(right, 'handoffs.cancel', { handoffId: pendingHandoff?.id });
  });

  test('lists and counts the follow-ups that are due, and retries them when it should', async () => {
    const assignee = AgentId.parse(offBy > 0 ? 'ahead' : 'behind');
    const agent = { roles: [], capacity: null, availability: 'available' as const, members: [] };
    expect(
      isNow((await store.agents.register(TENANT, { id: assignee, kind: 'ai', ...agent })).createdAt),
    ).toBe(true);
    const { id: conversationId } = await create(store);
    const plan = { conversationId, type: 'nurture', assignee };
    const { conversation } = await execute(store, 'followUps.schedule', {
      ...plan,
      dueAt: inMs(-HOUR_MS / 2),
    });
    await execute(store, 'followUps.schedule', { ...plan, dueAt: inMs(HOUR_MS / 2) });
    const due = await store.followUps.listDue(TENANT, ListDueFollowUps.parse({ assignee }));
    expect(due.items.map(({ id }) => id)).toEqual(conversation.followUps.map(({ id }) => id));
    expect(await store.agents.workload(TENANT, { agentId: assignee })).toMatchObject([{ followUpsDue: 1 }]);

    const [claimed, ...more] = await store.followUps.claim(TENANT, { limit: 5, leaseMs: 60_000, assignee });
    expect(more).toEqual([]);
    if (claimed === undefined) throw new Error('Nothing was claimed');
    const { followUp, leaseToken } = claimed;
    const failure = { followUpId: followUp.id, leaseToken, error: 'Busy' };
    const passed = { ...failure, retryAt: inMs(-60_000) };
    await expect(execute(store, 'followUps.fail', passed)).rejects.toMatchObject({ code: 'INVALID_INSTANT' });
    const soon = inMs(60_000);
    const failed = await execute(store, 'followUps.fail', { ...failure, retryAt: soon });
    expect(failed.conversation.followUps.map(({ dueAt }) => dueAt)).toContain(soon);
  });

  test('says how long a customer has waited', async () => {
    const message = { clientMessageId: 'a', author: { kind: 'customer' }, text: 'Hello?' };
    const waiting = {
      contactId: `contact-${(contacts += 1)}`,
      channel: 'web',
      agentId: 'onboarding_specialist',
    };
    const { conversation } = await execute(right, 'conversations.create', waiting);
    await execute(right, 'messages.append', { conversationId: conversation.id, ...message });
    await sleep(50);
    const agentId = AgentId.parse('onboarding_specialist');
    const [workload] = await store.agents.workload(TENANT, { agentId });
    expect(workload?.longestWaitMs).toBeGreaterThanOrEqual(45);
    expect(workload?.longestWaitMs).toBeLessThan(30_000);
    await execute(right, 'conversations.close', { conversationId: conversation.id });
  });

  test('gives links and sessions their time, and takes none that is over', async () => {
    const { token, expiresAt } = await store.sessions.createLink(TENANT, { role: 'app', keyId: null });
    expect(Math.abs(Date.parse(expiresAt) - rightNow() - HOUR_MS)).toBeLessThan(1_000);
    const secret = await right.sessions.signIn(token);
    expect(await store.sessions.authenticate(secret)).not.toBeNull();
    const { token: second } = await right.sessions.createLink(TENANT, { role: 'app', keyId: null });
    await store.sessions.signIn(second);

    const over = { $set: { expiresAt: new Date(rightNow() - 1_000) } };
    await right.collections.sessions.collection.updateMany({ tenantId: TENANT }, over);
    expect(await store.sessions.authenticate(secret)).toBeNull();
    const { token: third } = await right.sessions.createLink(TENANT, { role: 'app', keyId: null });
    await right.collections.sessions.acrossTenants('test').updateMany({ kind: 'link' }, over);
    await expect(store.sessions.signIn(third)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('keeps keys for as long as every server does', async () => {
    const { id: conversationId } = await create(store);
    const idempotencyKey = `tags-${conversationId}`;
    await execute(store, 'conversations.update', { conversationId, tags: ['vip'], idempotencyKey });
    await store.tenant.update(TENANT, { businessHours: null, idempotencyKey: `hours-${conversationId}` });
    const contact = { contactId: `contact-${contacts}`, channel: 'web' as const, metadata: {}, tags: [] };
    await store.findOrCreate(caller, { ...contact, idempotencyKey: `found-${conversationId}` });
    const records = await right.collections.idempotency
      .acrossTenants('test')
      .find({ '_id.key': { $regex: conversationId } })
      .toArray();
    expect(records).toHaveLength(3);
    for (const record of records) expect(isNow(record['at'])).toBe(true);
    expect(
      isNow((await store.apiKeys.create({ tenantId: TENANT, name: 'one', role: 'app' })).createdAt),
    ).toBe(true);
  });
});
