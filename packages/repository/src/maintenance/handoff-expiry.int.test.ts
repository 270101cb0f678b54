import { setTimeout as sleep } from 'node:timers/promises';
import { AgentId, CreateConversation, RequestHandoff, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from '../write/submit-command.ts';
import { expireHandoffs } from './handoff-expiry.ts';
import { migrate } from './migrations.ts';

const TENANTS = [TenantId.parse('acme'), TenantId.parse('globex')] as const;
const callerOf = (tenantId: TenantId): Caller => ({ tenantId, actor: { kind: 'system' }, mayForce: false });

let database: Awaited<ReturnType<typeof testDatabase>>;
let connections: Connection[];
let stores: Store[];
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  connections = await Promise.all(Array.from({ length: 4 }, () => connect(database.uri)));
  stores = connections.map((connection) => openStore(connection));
  [store] = stores as [Store];
  await migrate(store.collections.db);
  for (const tenantId of TENANTS) await store.agents.ensureDefaults(tenantId, {});
});

afterAll(async () => {
  await Promise.all(connections.map(({ client }) => client.close()));
  await database[Symbol.asyncDispose]();
});

let contacts = 0;

/** A conversation whose handoff is pending until an instant, or for good. */
async function pending(tenantId: TenantId, expiresAt?: string) {
  const caller = callerOf(tenantId);
  const input = CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });
  const { id: conversationId } = (await store.execute(caller, 'conversations.create', input)).conversation;
  const request = RequestHandoff.parse({
    conversationId,
    from: 'supervisor',
    to: 'closer',
    reason: 'Ready',
    trigger: 'manual',
    expiresAt,
  });
  await store.execute(caller, 'handoffs.request', request);
  return { tenantId, conversationId };
}

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

test('many stores at once expire each handoff of every tenant once', async () => {
  const expiresAt = inMs(1_500);
  const due = await Promise.all(
    Array.from({ length: 30 }, (_, index) => pending(TENANTS[index % 2 === 0 ? 0 : 1], expiresAt)),
  );
  await sleep(Math.max(0, Date.parse(expiresAt) - Date.now()) + 5);
  const counts = await Promise.all(stores.map((one) => one.expireHandoffs()));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
  for (const { tenantId, conversationId } of due) {
    const { items } = await store.timeline.read(tenantId, { conversationId, limit: 10 });
    expect(items.map((entry) => (entry.kind === 'handoff' ? entry.action : entry.kind))).toEqual([
      'created',
      'requested',
      'expired',
    ]);
    expect(items.at(-1)).toMatchObject({ actor: { kind: 'system' } });
    expect(await store.conversations.get(tenantId, { conversationId })).toMatchObject({
      pendingHandoff: null,
      owner: { agentId: 'supervisor', epoch: 1 },
    });
    const { items: handoffs } = await store.handoffs.list(tenantId, { conversationId, limit: 10 });
    expect(handoffs).toMatchObject([{ status: 'expired', acceptedBy: null }]);
  }
  expect(await store.expireHandoffs()).toBe(0);
});

test('one that is not due yet, or has no end, stays', async () => {
  const [later, forever] = [await pending(TENANTS[0], inMs(60_000)), await pending(TENANTS[0])];
  expect(await store.expireHandoffs()).toBe(0);
  for (const { tenantId, conversationId } of [later, forever]) {
    expect((await store.conversations.get(tenantId, { conversationId })).pendingHandoff?.status).toBe(
      'pending',
    );
  }
});

test('one whose time is over is no longer accepted, though nobody has expired it yet', async () => {
  const expiresAt = inMs(300);
  const { tenantId, conversationId } = await pending(TENANTS[0], expiresAt);
  const { pendingHandoff } = await store.conversations.get(tenantId, { conversationId });
  if (pendingHandoff === null) throw new Error('Nothing is pending');
  await sleep(Math.max(0, Date.parse(expiresAt) - Date.now()) + 5);
  const accept = stores[1]?.execute(callerOf(tenantId), 'handoffs.accept', {
    handoffId: pendingHandoff.id,
    by: AgentId.parse('closer'),
  });
  await expect(accept).rejects.toMatchObject({ code: 'HANDOFF_NOT_PENDING' });
  expect(await store.expireHandoffs()).toBe(1);
});

test('a fault of the store is thrown; the next look takes the rest', async () => {
  const expiresAt = inMs(200);
  const { tenantId, conversationId } = await pending(TENANTS[0], expiresAt);
  await sleep(Math.max(0, Date.parse(expiresAt) - Date.now()) + 5);
  const broken = expireHandoffs(store.collections, () => Promise.reject(new Error('disk full')));
  await expect(broken).rejects.toMatchObject({ errors: [{ message: 'disk full' }] });
  expect((await store.conversations.get(tenantId, { conversationId })).pendingHandoff).not.toBeNull();
  expect(await store.expireHandoffs()).toBe(1);
});

test('many that cannot be read, or expired, keep none of another tenant waiting', async () => {
  const { handoffs } = store.collections;
  const expiresAt = new Date(Date.now() - 60_000);
  const broken = Array.from({ length: 150 }, (_, index) => ({
    _id: new ObjectId(),
    tenantId: TENANTS[0],
    status: 'pending',
    expiresAt,
    ...(index % 2 === 0 && { conversationId: 'none' }),
  }));
  await handoffs.collection.insertMany(broken, { bypassDocumentValidation: true });
  const due = inMs(100);
  const { tenantId, conversationId } = await pending(TENANTS[1], due);
  await sleep(Math.max(0, Date.parse(due) - Date.now()) + 5);
  expect(await store.expireHandoffs()).toBe(1);
  expect((await store.conversations.get(tenantId, { conversationId })).pendingHandoff).toBeNull();
  await handoffs.acrossTenants('test').deleteMany({ _id: { $in: broken.map(({ _id }) => _id) } });
});
