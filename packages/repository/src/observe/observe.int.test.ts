import { CreateConversation, SearchMessages, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from '../write/submit-command.ts';
import type { EndedBatch } from './store-observer.ts';

const TENANT = TenantId.parse('observed');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };

const database = await testDatabase();
let connection: Connection;
let store: Store;
const batches: EndedBatch[] = [];
const lags: number[] = [];

beforeAll(async () => {
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore({
    ...connection,
    observer: { onBatch: (batch) => batches.push(batch), onFeedEntry: (lagMs) => lags.push(lagMs) },
  });
  await store.agents.ensureDefaults(TENANT, {});
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const create = (contactId: string) =>
  store.execute(caller, 'conversations.create', CreateConversation.parse({ contactId, channel: 'web' }));

test('a batch tells whose it is, how many commands it had, and whether it was committed', async () => {
  const creating = Promise.all(['ann', 'bob', 'cem'].map(create));
  await vi.waitUntil(() => store.load.commands.unanswered === 3, { interval: 1 });
  const { waiting, batchesInFlight, oldestMs, waitingByTenant } = store.load.commands;
  expect(waiting + batchesInFlight).toBeGreaterThan(0);
  expect(oldestMs).toBeGreaterThanOrEqual(0);
  expect(oldestMs).toBeLessThan(10_000);
  expect([...waitingByTenant.values()].every((count) => count > 0)).toBe(true);
  await creating;
  const committed = batches.filter(({ isCommitted }) => isCommitted);
  expect(committed.reduce((sum, { commands }) => sum + commands, 0)).toBe(3);
  for (const { tenantId, tookMs } of batches) {
    expect(tenantId).toBe(TENANT);
    expect(tookMs).toBeGreaterThan(0);
  }
  await store.drain();
  expect(store.load.commands).toEqual({
    waiting: 0,
    unanswered: 0,
    oldestMs: 0,
    batchesInFlight: 0,
    waitingByTenant: new Map(),
  });
});

test('what waits is told by tenant', async () => {
  const creating = Promise.all(Array.from({ length: 200 }, (_, index) => create(`many-${index}`)));
  await vi.waitUntil(() => store.load.commands.waiting > 0, { interval: 1 });
  const { waiting, waitingByTenant } = store.load.commands;
  expect(waitingByTenant).toEqual(new Map([[TENANT, waiting]]));
  await creating;
});

test('the lag of the feed is told of each entry, and its readers are counted', async () => {
  const closed = new AbortController();
  const feed = await store.feed.tenant(TENANT, {}, closed.signal);
  const entries = feed[Symbol.asyncIterator]();
  const next = entries.next();
  expect(store.load.subscriptions).toBe(1);
  await create('dan');
  await next;
  expect(lags.length).toBeGreaterThan(0);
  for (const lagMs of lags) expect(lagMs).toBeLessThan(60_000);
  closed.abort();
  await store.feed.close();
  expect(store.load.subscriptions).toBe(0);
});

test('reads in flight and those that wait are counted by their lane', async () => {
  expect(store.load.reads).toEqual({
    lanes: {
      quick: { waiting: 0, inFlight: 0 },
      slow: { waiting: 0, inFlight: 0 },
      feed: { waiting: 0, inFlight: 0 },
    },
    oldestMs: 0,
  });
  const asked = Array.from({ length: 12 }, () =>
    store.search.messages(TENANT, SearchMessages.parse({ text: 'price' })),
  );
  const { lanes, oldestMs } = store.load.reads;
  expect(lanes.slow).toEqual({ inFlight: 8, waiting: 4 });
  expect(oldestMs).toBeGreaterThanOrEqual(0);
  await Promise.all(asked);
});

test('the backlog tells held claims, what ran out, and the work that somebody does', async () => {
  const { follow_ups: followUps, handoffs, clock, db } = store.collections;
  expect(await store.backlog()).toEqual({
    claimsHeld: 0,
    claimsOverdueMs: 0,
    handoffsOverdueMs: 0,
    leases: new Map(),
  });
  const past = { bypassDocumentValidation: true };
  const ago = (ms: number) => new Date(clock.now() - ms);
  await followUps.collection.insertMany(
    [
      { lease: { until: ago(-60_000) } },
      { lease: { until: ago(90_000) } },
      { lease: { until: ago(30_000) } },
    ],
    past,
  );
  await handoffs.collection.insertOne({ status: 'pending', expiresAt: ago(20_000) }, past);
  await db.collection<{ _id: string; until: Date }>('leases').insertMany(
    [
      { _id: 'expire_handoffs', until: ago(-5_000) },
      { _id: 'roll_ups', until: ago(1) },
      { _id: `erasure/${'a'.repeat(24)}`, until: ago(-5_000) },
      { _id: `erasure/${'b'.repeat(24)}`, until: ago(-5_000) },
      { _id: `erasure/${'c'.repeat(24)}`, until: ago(1) },
    ],
    past,
  );
  const { claimsHeld, claimsOverdueMs, handoffsOverdueMs, leases } = await store.backlog();
  expect(claimsHeld).toBe(1);
  expect(Object.fromEntries(leases)).toEqual({ expire_handoffs: 1, erasure: 2 });
  expect(claimsOverdueMs).toBeGreaterThanOrEqual(90_000);
  expect(claimsOverdueMs).toBeLessThan(120_000);
  expect(handoffsOverdueMs).toBeGreaterThanOrEqual(20_000);
  expect(handoffsOverdueMs).toBeLessThan(50_000);
});

test('a pool tells its connections, those in use, and waits', async () => {
  const one = new URL(database.uri);
  one.searchParams.set('maxPoolSize', '1');
  one.searchParams.set('waitQueueTimeoutMS', '5000');
  await using connected = await connect(one.href);
  const { client, pool: load } = connected;
  const ping = () => client.db('admin').command({ hello: 1 });
  expect(load()).toEqual({ open: 1, inUse: 0, waiting: 0, refused: 0 });
  const seen: ReturnType<typeof load>[] = [];
  client.on('connectionCheckedOut', () => seen.push(load()));
  await Promise.all([ping(), ping()]);
  expect(seen).toMatchObject([
    { open: 1, inUse: 1, waiting: 1 },
    { open: 1, inUse: 1, waiting: 0 },
  ]);
  expect(load()).toMatchObject({ inUse: 0, waiting: 0 });
  await client.close();
  expect(load()).toMatchObject({ open: 0, inUse: 0 });
});
