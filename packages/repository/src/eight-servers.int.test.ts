import {
  AppendMessage,
  ClaimFollowUps,
  type ConversationId,
  CreateConversation,
  ReadTimeline,
  RequestHandoff,
  ScheduleFollowUp,
  TenantId,
} from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { type CommandStartedEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { movedClock } from '../test/clocks.ts';
import { Reader } from '../test/feed.ts';
import { LATE_REPORT_MS } from './maintenance/follow-up-expiry.ts';
import { migrate } from './maintenance/migrations.ts';
import { rebuild } from './maintenance/rebuild.ts';
import { openStore, type Store } from './store.ts';
import type { Caller } from './write/submit-command.ts';

const SERVERS = 8;
const TENANT = TenantId.parse('spread');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
const CONVERSATIONS = 40;

let database: Awaited<ReturnType<typeof testDatabase>>;
const clients: MongoClient[] = [];
let stores: Store[];
let first: Store;
let contacts = 0;
let conversations: ConversationId[];
/** How often each command was sent to MongoDB, by all servers. */
const sent = new Map<string, number>();

async function openServer(): Promise<Store> {
  const client = new MongoClient(database.uri, {
    monitorCommands: true,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
  });
  clients.push(client);
  client.on('commandStarted', ({ commandName }: CommandStartedEvent) => {
    sent.set(commandName, (sent.get(commandName) ?? 0) + 1);
  });
  await client.connect();
  return openStore({ client, db: client.db() });
}

const countOf = (commandName: string) => sent.get(commandName) ?? 0;

/** New conversations, made by one server. */
async function converse(store: Store): Promise<ConversationId[]> {
  const created = Array.from({ length: CONVERSATIONS }, () => {
    const input = CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });
    return store.execute(caller, 'conversations.create', input);
  });
  return (await Promise.all(created)).map(({ conversation }) => conversation.id);
}

beforeAll(async () => {
  database = await testDatabase();
  first = await openServer();
  await migrate(first.collections.db);
  const others = Array.from({ length: SERVERS - 1 }, openServer);
  stores = [first, ...(await Promise.all(others))];
  await first.agents.ensureDefaults(TENANT, {});
  conversations = await converse(first);
});

beforeEach(() => {
  sent.clear();
});

afterAll(async () => {
  await Promise.all(stores.map((store) => store.feed.close()));
  await Promise.all(stores.map((store) => store.drain()));
  await Promise.all(clients.map((client) => client.close()));
  await database[Symbol.asyncDispose]();
});

const serverOf = (index: number): Store => stores[index % SERVERS] ?? first;

async function actionsOf(conversationId: ConversationId, kind: 'handoff' | 'follow_up'): Promise<string[]> {
  const { items } = await first.timeline.read(TENANT, ReadTimeline.parse({ conversationId, limit: 100 }));
  return items.flatMap((entry) => (entry.kind === kind ? [entry.action] : []));
}

test('each of eight feeds has every entry once, in the order of its conversation', async () => {
  const readers = stores.map(
    ({ feed }) => new Reader((signal) => feed.tenant(TENANT, { kinds: ['message'] }, signal)),
  );
  await Promise.all(readers.map(({ opened }) => opened));
  const saying = conversations.map(async (conversationId, index) => {
    for (let message = 0; message < 4; message += 1) {
      const input = AppendMessage.parse({
        conversationId,
        clientMessageId: `${message}`,
        author: { kind: 'customer' },
        text: 'Hello',
      });
      await serverOf(index + message).execute(caller, 'messages.append', input);
    }
  });
  await Promise.all(saying);
  for (const reader of readers) {
    await reader.until(({ seen }) => seen.length >= 4 * CONVERSATIONS);
    const byConversation = Map.groupBy(reader.seen, ({ entry }) => entry.conversationId);
    expect(byConversation.size).toBe(CONVERSATIONS);
    for (const seen of byConversation.values())
      expect(seen.map(({ entry }) => entry.seq)).toEqual([2, 3, 4, 5]);
    await reader[Symbol.asyncDispose]();
  }
});

test('of what is due no follow-up is claimed twice by eight servers, and none is left', async () => {
  await Promise.all(
    conversations.map((conversationId) => {
      const plan = { conversationId, type: 'nurture', dueAt: '2026-01-01T00:00:00.000Z', maxAttempts: 1 };
      const input = ScheduleFollowUp.parse({ ...plan, finalAttemptAt: '2999-01-01T00:00:00.000Z' });
      return first.execute(caller, 'followUps.schedule', input);
    }),
  );
  const claimed: string[] = [];
  await Promise.all(
    stores.map(async (store) => {
      for (;;) {
        const own = await store.followUps.claim(TENANT, ClaimFollowUps.parse({ limit: 2, leaseMs: 60_000 }));
        if (own.length === 0) return;
        claimed.push(...own.map(({ followUp }) => followUp.id));
      }
    }),
  );
  expect(claimed).toHaveLength(CONVERSATIONS);
  expect(new Set(claimed).size).toBe(CONVERSATIONS);
});

/** Lets all servers look at once, and once more; says how many each expired that expired any. */
async function expireEverywhere(expire: (store: Store) => Promise<number>): Promise<number[]> {
  sent.clear();
  const counts = await Promise.all(stores.map(expire));
  expect(await Promise.all(stores.map(expire))).toEqual(counts.map(() => 0));
  return counts.filter((count) => count > 0);
}

/** Of one server alone: three batches for what is due, and as many undone where it remembered what others had changed. */
const WORK_OF_ONE = 6;

test('a handoff that has run out expires once, and all of them are the work of one server', async () => {
  const { db } = first.collections;
  const behind = openStore({ db, client: db.client, clock: movedClock(() => Date.now() - 600_000) });
  const expiresAt = new Date(Date.now() - 60_000).toISOString();
  const asking = await converse(behind);
  await Promise.all(
    asking.map((conversationId) => {
      const asked = { conversationId, from: 'supervisor', to: 'closer', reason: 'Ready', trigger: 'manual' };
      return behind.execute(caller, 'handoffs.request', RequestHandoff.parse({ ...asked, expiresAt }));
    }),
  );
  expect(await expireEverywhere((store) => store.expireHandoffs())).toEqual([CONVERSATIONS]);
  expect(countOf('commitTransaction') + countOf('abortTransaction')).toBeLessThanOrEqual(WORK_OF_ONE);
  for (const conversationId of asking)
    expect(await actionsOf(conversationId, 'handoff')).toEqual(['requested', 'expired']);
});

test('a claim that nobody reported is counted once, and all of them are the work of one server', async () => {
  const { collection } = first.collections.follow_ups;
  const lapsed = new Date(Date.now() - LATE_REPORT_MS - 1_000);
  const { modifiedCount } = await collection.updateMany(
    { tenantId: TENANT },
    { $set: { 'lease.until': lapsed } },
  );
  expect(modifiedCount).toBe(CONVERSATIONS);
  expect(await expireEverywhere((store) => store.expireFollowUps())).toEqual([CONVERSATIONS]);
  expect(countOf('commitTransaction') + countOf('abortTransaction')).toBeLessThanOrEqual(WORK_OF_ONE);
  for (const conversationId of conversations)
    expect(await actionsOf(conversationId, 'follow_up')).toEqual(['scheduled', 'dead']);
  expect((await rebuild(first.collections)).differences).toEqual([]);
});
