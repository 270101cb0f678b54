import { AppendMessage, ConversationId, CreateConversation, HandoffId, TenantId } from '@baton/schema';
import { faultyDatabase, type FaultyDatabase, watchable } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from './connection/connection.ts';
import { migrate } from './maintenance/migrations.ts';
import { byId } from './schema/open-collections.ts';
import { openStore, type Store } from './store.ts';
import type { Caller } from './write/submit-command.ts';

const TENANT = TenantId.parse('acme');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };

let database: FaultyDatabase;
let connection: Connection;
let store: Store;

beforeAll(async () => {
  database = await faultyDatabase();
  connection = await connect(database.uri);
  store = openStore(connection);
  expect(await store.readiness()).toMatchObject({
    ready: false,
    mongodb: true,
    pendingMigrations: expect.arrayContaining([expect.any(String)]),
  });
  await migrate(connection.db);
  await store.agents.ensureDefaults(TENANT, {});
});

afterAll(async () => {
  await store.drain();
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

let contacts = 0;
const create = (more: object = {}) =>
  CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web', ...more });
const conversation = async () => (await store.execute(caller, 'conversations.create', create())).conversation;

/** Does something while mongod fails the next commands on one collection. */
function whileFailing(collection: string, errorCode: number, times: number, work: () => Promise<void>) {
  return database.whileFailing(collection, { failCommands: ['find'], times, errorCode }, work);
}

test('a store that was migrated is ready, and its schema is what the code declares', async () => {
  expect(await store.readiness()).toEqual({ ready: true, mongodb: true, pendingMigrations: [] });
  expect(await store.verifySchema(TENANT)).toEqual({ ok: true, differences: [] });
});

test('the schema is compared once for many who ask, each by its tenant’s turn', async () => {
  await using watched = await connect(watchable(database.uri));
  let listed = 0;
  watched.client.on('commandStarted', ({ commandName }) => {
    if (commandName === 'listCollections') listed += 1;
  });
  const asked = openStore(watched);
  const asking = Array.from({ length: 30 }, () => asked.verifySchema(TENANT));
  expect(asked.load.reads.lanes.slow.inFlight).toBe(8);
  expect(new Set((await Promise.all(asking)).map(({ ok }) => ok))).toEqual(new Set([true]));
  expect(listed).toBe(1);
});

test('a store whose MongoDB is gone is not ready', async () => {
  const gone = await connect(database.uri);
  const closed = openStore(gone);
  await gone.client.close();
  expect(await closed.readiness()).toEqual({ ready: false, mongodb: false, pendingMigrations: [] });
  const refusals = [
    closed.conversations.get(TENANT, { conversationId: ConversationId.parse('0'.repeat(24)) }),
    closed.apiKeys.authenticate(`baton_${'x'.repeat(43)}`),
    closed.sessions.authenticate('x'.repeat(43)),
    closed.sessions.signIn('x'.repeat(43)),
    closed.findOrCreate(caller, create()),
    closed.verifySchema(TENANT),
    closed.execute(caller, 'handoffs.cancel', { handoffId: HandoffId.parse('0'.repeat(24)) }),
  ];
  for (const result of await Promise.allSettled(refusals)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
  }
});

describe('what MongoDB may do later', () => {
  test.each([
    ['a query that took too long', 50],
    ['a read that ran out of time', 262],
    ['a majority that is not there', 134],
  ])('%s is UNAVAILABLE, and the next call is fine', async (_, errorCode) => {
    const { id: conversationId } = await conversation();
    // The driver asks a second time by itself where it may.
    await whileFailing('conversations', errorCode, 2, async () => {
      await expect(store.conversations.get(TENANT, { conversationId })).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
    });
    expect((await store.conversations.get(TENANT, { conversationId })).id).toBe(conversationId);
  });

  test('a broken connection is, too, for a feed', async () => {
    const { id: conversationId } = await conversation();
    await whileFailing('conversations', 50, 1, async () => {
      const entries = store.feed.conversation(TENANT, { conversationId }, new AbortController().signal);
      await expect(entries).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await store.feed.close();
    });
  });

  test('what it will never do is not', async () => {
    const { id: conversationId } = await conversation();
    await whileFailing('conversations', 2, 1, async () => {
      await expect(store.conversations.get(TENANT, { conversationId })).rejects.toMatchObject({
        name: 'MongoServerError',
        code: 2,
      });
    });
  });
});

describe('findOrCreate', () => {
  test('of two processes at once gives one conversation', async () => {
    const other = await connect(database.uri);
    const stores = [store, openStore(other)];
    for (let round = 0; round < 10; round += 1) {
      const input = create();
      const results = await Promise.all(
        [...stores, ...stores].map((each) => each.findOrCreate(caller, input)),
      );
      expect(new Set(results.map(({ conversation: { id } }) => id)).size).toBe(1);
      expect(results.filter(({ created }) => created)).toHaveLength(1);
    }
    await other.client.close();
  });

  test('under one key gives each process the same answer', async () => {
    const other = await connect(database.uri);
    const stores = [store, openStore(other)];
    const { contactId } = await conversation();
    for (const input of [
      create({ contactId, idempotencyKey: 'found' }),
      create({ idempotencyKey: 'created' }),
    ]) {
      const answers = await Promise.all(
        [...stores, ...stores].map((each) => each.findOrCreate(caller, input)),
      );
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    await expect(store.findOrCreate(caller, create({ idempotencyKey: 'found' }))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
    });
    await other.client.close();
  });

  test('says so where a place is taken by a conversation that it cannot find', async () => {
    const { id, contactId } = await conversation();
    await store.collections.conversations.acrossTenants('test').updateOne(byId(new ObjectId(id)), {
      $set: { status: 'completed' },
    });
    await expect(store.findOrCreate(caller, create({ contactId }))).rejects.toMatchObject({
      code: 'ALREADY_ACTIVE',
    });
  });

  test('of an owner that is nobody is refused', async () => {
    await expect(store.findOrCreate(caller, create({ agentId: 'nobody' }))).rejects.toMatchObject({
      code: 'UNKNOWN_AGENT',
    });
  });
});

describe('a command', () => {
  test('that names an item finds its conversation; of nobody it is not found', async () => {
    const { id: conversationId } = await conversation();
    const raised = await store.execute(caller, 'objections.raise', {
      conversationId,
      type: 'price',
      text: 'x',
      severity: 'low',
    });
    const objectionId = raised.conversation.objections[0]?.id;
    if (objectionId === undefined) throw new Error('No objection was raised');
    const deferred = await store.execute(caller, 'objections.defer', { objectionId, reason: 'Later' });
    expect(deferred.conversation.id).toBe(conversationId);
    const stranger = { ...caller, tenantId: TenantId.parse('globex') };
    await expect(
      store.execute(stranger, 'objections.defer', { objectionId, reason: 'x' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('waits in a queue that can be watched and emptied', async () => {
    const { id: conversationId } = await conversation();
    const said = Array.from({ length: 20 }, (_, index) =>
      store.execute(
        caller,
        'messages.append',
        AppendMessage.parse({
          conversationId,
          clientMessageId: `${index}`,
          author: { kind: 'customer' },
          text: 'x',
        }),
      ),
    );
    await Promise.resolve();
    await Promise.resolve();
    expect(store.depth).toBeGreaterThan(0);
    await store.drain();
    expect(store.depth).toBe(0);
    expect(await Promise.all(said)).toHaveLength(20);
  });

  test('is refused where too many wait', async () => {
    const busy = openStore({ ...connection, queueLimit: 1 });
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => busy.execute(caller, 'conversations.create', create())),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(results[1]).toMatchObject({ reason: { code: 'UNAVAILABLE' } });
  });
});
