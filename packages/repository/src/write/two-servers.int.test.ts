import { AgentId, AppendMessage, CreateConversation, type Conversation, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { type CommandStartedEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate } from '../maintenance/migrations.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from './submit-command.ts';

const TENANT = TenantId.parse('shared');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
/** Batches that each of two servers has in flight when they first notice one another. */
const FIRST_MEETING = 2 * 3;

let database: Awaited<ReturnType<typeof testDatabase>>;
const clients: MongoClient[] = [];
let stores: [Store, Store];
let contacts = 0;
const transactions = { committed: 0, undone: 0 };

async function openCounted(): Promise<Store> {
  const client = new MongoClient(database.uri, {
    monitorCommands: true,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
  });
  clients.push(client);
  client.on('commandStarted', ({ commandName }: CommandStartedEvent) => {
    if (commandName === 'commitTransaction') transactions.committed += 1;
    if (commandName === 'abortTransaction') transactions.undone += 1;
  });
  await client.connect();
  const db = client.db();
  if (clients.length === 1) await migrate(db);
  return openStore({ client, db });
}

beforeAll(async () => {
  database = await testDatabase();
  stores = [await openCounted(), await openCounted()];
  await stores[0].agents.ensureDefaults(TENANT, {});
});

beforeEach(() => {
  Object.assign(transactions, { committed: 0, undone: 0 });
});

afterAll(async () => {
  await Promise.all(stores.map((store) => store.drain()));
  await Promise.all(clients.map((client) => client.close()));
  await database[Symbol.asyncDispose]();
});

async function conversation(): Promise<Conversation> {
  const input = CreateConversation.parse({
    contactId: `contact-${(contacts += 1)}`,
    channel: 'web',
    agentId: AgentId.parse('closer'),
  });
  return (await stores[0].execute(caller, 'conversations.create', input)).conversation;
}

/** Says so many messages one after the other, each through the server that the balancer gives. */
async function say(conversationId: Conversation['id'], count: number, by: number): Promise<void> {
  for (let message = 0; message < count; message += 1) {
    const input = AppendMessage.parse({
      conversationId,
      clientMessageId: `${by}-${message}`,
      author: { kind: 'customer' },
      text: `Message ${message} of ${by}`,
    });
    const store = stores[Math.random() < 0.5 ? 0 : 1];
    await store.execute(caller, 'messages.append', input);
  }
}

async function expectMessages(id: Conversation['id'], messages: number): Promise<void> {
  const after = await stores[1].conversations.get(TENANT, { conversationId: id });
  expect(after.metrics.messages).toBe(messages);
}

test('two servers behind a balancer conflict when they first meet, and then no more', async () => {
  const conversations = await Promise.all(Array.from({ length: 24 }, conversation));
  await Promise.all(conversations.map(({ id }, index) => say(id, 20, index)));
  for (const { id } of conversations) await expectMessages(id, 20);
  // Nobody writes a conversation while another does, so no conflict is left but one by what was remembered.
  expect(transactions.undone).toBeLessThanOrEqual(FIRST_MEETING);
  expect(transactions.committed).toBeGreaterThan(20);
  expect((await rebuild(stores[0].collections)).differences).toEqual([]);
});

test('on one hot conversation two servers undo less than half a transaction a command', async () => {
  const { id } = await conversation();
  const callers = 8;
  await Promise.all(Array.from({ length: callers }, (_, index) => say(id, 25, index)));
  await expectMessages(id, callers * 25);
  // Of two that write at once one wins with all that wait there, about four commands; the other loses once or twice.
  expect(transactions.undone).toBeLessThanOrEqual(0.5 * callers * 25);
  expect(transactions.committed).toBeGreaterThan(0);
});
