import type { Outcome } from '@baton/domain';
import { AgentId, commandInputs, type CommandType, ConversationId, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';
import { SNAPSHOT_INTERVAL, SnapshotStore } from './snapshots.ts';
import type { Caller } from './submit-command.ts';

const TENANT = TenantId.parse('histories');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
const MARIA = AgentId.parse('maria');

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;
let contacts = 0;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  const common = { roles: [], capacity: null, availability: 'available' as const, members: [] };
  await store.agents.register(TENANT, { id: MARIA, kind: 'human', ...common });
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

async function execute(type: CommandType, input: object, by: Store = store): Promise<Outcome> {
  return by.execute(caller, type, commandInputs[type].parse(input));
}

async function create(): Promise<ConversationId> {
  contacts += 1;
  const input = { contactId: `contact-${contacts}`, channel: 'web' };
  return (await execute('conversations.create', input)).conversation.id;
}

const message = (number: number, text = `word ${number}`) => ({
  clientMessageId: `m-${number}`,
  author: { kind: 'customer' },
  text,
});

const turn = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => message(from + index));

const tag = (conversationId: ConversationId, key: string, by?: Store) =>
  execute(
    'conversations.update',
    { conversationId, tags: [key], idempotencyKey: `${conversationId}-${key}` },
    by,
  );

const ofConversation = (id: ConversationId) => ({ tenantId: TENANT, conversationId: new ObjectId(id) });

/** Another server, of which it is known what it asked for and how much it was given. */
class Watched {
  readonly store: Store;
  readonly #client: MongoClient;
  #finds = 0;
  #documents = 0;

  private constructor(client: MongoClient) {
    this.#client = client;
    this.store = openStore({ client, db: client.db() });
    client.on('commandSucceeded', ({ commandName, reply }) => {
      if (commandName !== 'find' && commandName !== 'getMore') return;
      const { cursor } = reply as { cursor: { firstBatch?: unknown[]; nextBatch?: unknown[] } };
      this.#finds += 1;
      this.#documents += (cursor.firstBatch ?? cursor.nextBatch ?? []).length;
    });
  }

  static async open(): Promise<Watched> {
    const options = { monitorCommands: true, ignoreUndefined: true };
    return new Watched(await MongoClient.connect(database.uri, options));
  }

  async cost(work: () => Promise<unknown>): Promise<{ finds: number; documents: number }> {
    await this.store.collections.clock.ready();
    const before = [this.#finds, this.#documents] as const;
    await work();
    await this.store.drain();
    return { finds: this.#finds - before[0], documents: this.#documents - before[1] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.drain();
    await this.#client.close();
  }
}

describe('a retry in a long conversation', () => {
  const LENGTH = 1_500;
  const TURN = 50;
  let id: ConversationId;

  beforeAll(async () => {
    id = await create();
    await tag(id, 'first');
    for (let said = 0; said < LENGTH / 2; said += TURN)
      await execute('messages.appendTurn', { conversationId: id, messages: turn(said, TURN) });
    await tag(id, 'halfway');
    for (let said = LENGTH / 2; said < LENGTH; said += 1)
      await execute('messages.append', { conversationId: id, ...message(said) });
    await tag(id, 'latest');
    await store.drain();
  }, 60_000);

  const say = (number: number) => (by: Store) =>
    execute('messages.append', { conversationId: id, ...message(number) }, by);

  test.each<[string, (by: Store) => Promise<unknown>]>([
    ['the first keyed command', (by) => tag(id, 'first', by)],
    ['a keyed command halfway', (by) => tag(id, 'halfway', by)],
    ['the latest keyed command', (by) => tag(id, 'latest', by)],
    ['a turn', (by) => execute('messages.appendTurn', { conversationId: id, messages: turn(300, TURN) }, by)],
    ['a message halfway', say(LENGTH / 2 + 17)],
    ['the latest message', say(LENGTH - 1)],
  ])('reads little, on another server too: %s', async (_, again) => {
    await using watched = await Watched.open();
    for (const isKnown of [false, true]) {
      const { finds, documents } = await watched.cost(() => again(watched.store));
      expect(finds, String(isKnown)).toBeLessThanOrEqual(4);
      expect(documents, String(isKnown)).toBeLessThanOrEqual(4 * SNAPSHOT_INTERVAL + 2 * TURN);
    }
  });

  test('is answered where sixty come at once, and sixty of one that is new', async () => {
    await using watched = await Watched.open();
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, index) => say(LENGTH - 60 + index)(watched.store)),
    );
    expect(new Set(results.map(({ entries }) => entries[0]?.seq)).size).toBe(60);
    const fresh = { conversationId: id, ...message(LENGTH + 1) };
    const same = await Promise.all(
      Array.from({ length: 60 }, () => execute('messages.append', fresh, watched.store)),
    );
    for (const outcome of same) expect(outcome).toEqual(same[0]);
    const keyed = await Promise.all(Array.from({ length: 60 }, () => tag(id, 'new', watched.store)));
    for (const outcome of keyed) expect(outcome).toEqual(keyed[0]);
  });

  test('of a message does not keep the new ones beside it out of one transaction', async () => {
    await using watched = await Watched.open();
    const others = await Promise.all(Array.from({ length: 20 }, () => create()));
    let commits = 0;
    watched.store.collections.db.client.on('commandStarted', ({ commandName }) => {
      if (commandName === 'commitTransaction') commits += 1;
    });
    await Promise.all([
      say(3)(watched.store),
      ...others.map((other) =>
        execute('messages.append', { conversationId: other, ...message(1) }, watched.store),
      ),
    ]);
    expect(commits).toBeLessThanOrEqual(3);
  });
});

/** Every kind of change, with its first result; each has a key, or is a message. */
async function history(id: ConversationId): Promise<[CommandType, object, Outcome][]> {
  const made: [CommandType, object, Outcome][] = [];
  let keys = 0;
  const run = async (type: CommandType, input: object) => {
    const isMessage = type.startsWith('messages.append');
    const keyed = isMessage ? input : { ...input, idempotencyKey: `${id}-${(keys += 1)}` };
    const outcome = await execute(type, keyed);
    made.push([type, keyed, outcome]);
    return outcome;
  };
  const conversationId = id;
  for (let round = 0; round < 8; round += 1) {
    const said = (number: number) => ({ conversationId, ...message(100 * round + number) });
    await run('messages.append', said(1));
    await run('messages.append', {
      ...said(2),
      author: { kind: 'agent', agentId: 'supervisor' },
      usage: { model: 'm', inputTokens: 3, outputTokens: 5, costMicros: 7 },
    });
    await run('objections.raise', { conversationId, type: 'price', text: 'Too dear', severity: 'low' });
    await run('followUps.schedule', {
      conversationId,
      type: 'nurture',
      dueAt: '2100-01-01T00:00:00.000Z',
      cancelOn: ['customer_reply'],
    });
    await run('messages.appendTurn', { conversationId, messages: turn(100 * round + 10, 1 + 3 * round) });
    await run('conversations.pause', { conversationId, reason: 'Lunch' });
    await run('conversations.resume', { conversationId });
    await run('handoffs.takeover', { conversationId, by: MARIA });
    await run('handoffs.release', { conversationId, by: MARIA });
    await run('qualification.record', { conversationId, budget: { verdict: true, value: '500' }, by: MARIA });
    await run('deals.update', { conversationId, deal: { monthlyValueCents: 100 * round } });
    await run('conversations.update', { conversationId, tags: [`round-${round}`], metadata: { round } });
  }
  await store.drain();
  return made;
}

describe('the first result', () => {
  let id: ConversationId;
  let made: [CommandType, object, Outcome][];

  beforeAll(async () => {
    id = await create();
    made = await history(id);
  }, 60_000);

  async function expectFirstResults(): Promise<void> {
    await using watched = await Watched.open();
    for (const [type, input, outcome] of made)
      expect(await execute(type, input, watched.store), type).toEqual(outcome);
  }

  const { deleteMany, updateMany } = {
    deleteMany: (filter: object) =>
      store.collections.snapshots.collection.deleteMany({ ...ofConversation(id), ...filter }),
    updateMany: (update: object) =>
      store.collections.snapshots.collection.updateMany(ofConversation(id), update),
  };

  const count = () => store.collections.snapshots.collection.countDocuments(ofConversation(id));

  test('comes from the nearest snapshot', async () => {
    const { lastSeq } = await store.conversations.get(TENANT, { conversationId: id });
    expect(await count()).toBeGreaterThanOrEqual(Math.floor(lastSeq / SNAPSHOT_INTERVAL / 2));
    await expectFirstResults();
  });

  test('is the same without snapshots, and makes those that are missing', async () => {
    const before = await count();
    await deleteMany({});
    await expectFirstResults();
    expect(await count()).toBe(before);
  });

  test('is the same where a server that writes none left a gap', async () => {
    const before = await count();
    await deleteMany({ version: { $gt: 20, $lt: 70 } });
    expect(await count()).toBeLessThan(before);
    await expectFirstResults();
    expect(await count()).toBe(before);
  });

  test('is the same where the collection of snapshots was dropped, with its index', async () => {
    await store.collections.db.collection('snapshots').drop();
    await expectFirstResults();
    await migrate(connection.db);
  });

  test('passes over a snapshot of a version with other fields', async () => {
    for (const state of ['{"id":"x"}', 'no JSON']) {
      await updateMany({ $set: { state } });
      await expectFirstResults();
    }
    await deleteMany({});
  });
});

test('retries that come together in a conversation without snapshots read its timeline once', async () => {
  const id = await create();
  const length = 2_000;
  for (let said = 0; said < length; said += 100)
    await execute('messages.appendTurn', { conversationId: id, messages: turn(said, 100) });
  const keys = ['a', 'b', 'c'];
  const first = new Map<string, Outcome>();
  for (const key of keys) first.set(key, await tag(id, key));
  await store.drain();
  await store.collections.snapshots.collection.deleteMany(ofConversation(id));
  await using watched = await Watched.open();
  const { documents } = await watched.cost(async () => {
    const calls = Array.from({ length: 60 }, async (_, index) => {
      const key = keys[index % keys.length] ?? '';
      expect(await tag(id, key, watched.store)).toEqual(first.get(key));
    });
    await Promise.all(calls);
  });
  // Each may look at its own window in vain.
  expect(documents).toBeLessThan(length + 60 * 5 * SNAPSHOT_INTERVAL);
  expect((await watched.cost(() => tag(id, 'b', watched.store))).documents).toBeLessThan(
    4 * SNAPSHOT_INTERVAL,
  );
}, 60_000);

describe('what was said', () => {
  const secret = 'my card is 4111';

  async function longWith(text: string): Promise<ConversationId> {
    const id = await create();
    await execute('messages.append', { conversationId: id, ...message(1, text) });
    for (let index = 0; index < 2 * SNAPSHOT_INTERVAL; index += 1) await tag(id, `tag-${index}`);
    await store.drain();
    return id;
  }

  const states = async (id: ConversationId) =>
    (await store.collections.snapshots.collection.find(ofConversation(id)).toArray()).map(
      (one) => one['state'],
    );

  test('is in no snapshot', async () => {
    const id = await longWith(secret);
    expect(await states(id)).toHaveLength(2);
    expect(JSON.stringify(await states(id))).not.toContain('4111');
  });

  test('is in no first result after its redaction, even by a server that knows no snapshots', async () => {
    const id = await longWith(secret);
    const latest = 2 * SNAPSHOT_INTERVAL - 1;
    expect((await tag(id, `tag-${latest}`)).conversation.lastMessage?.preview).toBe(secret);
    // As the version before does it; this process remembers the conversation as it was.
    await store.collections.timeline.collection.updateOne(
      { ...ofConversation(id), seq: 2 },
      { $set: { text: '', redactedAt: new Date() } },
    );
    for (const index of [0, SNAPSHOT_INTERVAL, latest]) {
      const { conversation } = await tag(id, `tag-${index}`);
      expect(conversation).toMatchObject({ tags: [`tag-${index}`], lastMessage: { seq: 2, preview: '' } });
    }
  });
});

test('snapshots that are too large for one command together, or cannot be written at all, keep no others out', async () => {
  const snapshots = new SnapshotStore(store.collections);
  const id = ConversationId.parse(new ObjectId().toHexString());
  const snapshot = (version: number, length: number) => ({
    tenantId: TENANT,
    conversationId: id,
    version,
    state: 'x'.repeat(length),
  });
  for (let version = 1; version <= 30; version += 1) snapshots.add(snapshot(version, 700_000));
  await snapshots.drain();
  // What no codec can store.
  snapshots.add({ ...snapshot(31, 1), conversationId: 'no id' as ConversationId });
  await snapshots.drain();
  snapshots.add(snapshot(35, 10));
  await snapshots.drain();
  const collection = store.collections.snapshots.acrossTenants('test');
  const kept = await collection.distinct('version', { tenantId: TENANT, conversationId: new ObjectId(id) });
  expect(kept).toEqual([...Array.from({ length: 30 }, (_, index) => index + 1), 35]);
});

test('a state that another fold gave is passed over, and one of this fold is made', async () => {
  const id = await create();
  const key = 'of-this-fold';
  await execute('messages.appendTurn', { conversationId: id, messages: turn(1, SNAPSHOT_INTERVAL) });
  const input = { conversationId: id, tags: ['new'], idempotencyKey: key };
  const first = await execute('conversations.update', input);
  await store.drain();
  const collection = store.collections.snapshots.acrossTenants('test');
  const older = { $set: { foldVersion: 999, state: '{"tags":["of another fold"]}' } };
  expect(
    (await collection.updateMany({ conversationId: new ObjectId(id) }, older)).modifiedCount,
  ).toBeGreaterThan(0);
  expect(await execute('conversations.update', input, openStore(connection))).toEqual(first);
});
