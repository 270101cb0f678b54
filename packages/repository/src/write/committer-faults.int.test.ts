import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@baton/domain';
import { type RunningMongod, startMongod } from '@baton/mongod';
import { type Conversation, CreateConversation, TenantId } from '@baton/schema';
import { type Document, MongoClient, MongoServerError } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { rebuild } from '../maintenance/rebuild.ts';
import { openStore, type Store, type StoreOptions } from '../store.ts';
import type { Caller } from './submit-command.ts';

const TENANT = TenantId.parse('faults');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };

let mongod: RunningMongod;
let admin: MongoClient;
let contacts = 0;

beforeAll(async () => {
  mongod = await startMongod({ parameters: { enableTestCommands: 1 } });
  admin = await MongoClient.connect(mongod.uri);
});

afterEach(async () => {
  await admin.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
});

afterAll(async () => {
  await admin.close();
  await mongod.stop();
});

/** Has mongod fail commands of the store, as often as told. */
async function fail(commands: string[], times: number | 'alwaysOn', how: Document): Promise<void> {
  await admin.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: times === 'alwaysOn' ? times : { times },
    data: { failCommands: commands, appName: 'faulty', ...how },
  });
}

type Opened = AsyncDisposable & { store: Store; connection: Connection };

/** A store in a database of its own, whose commands the fail points hit. */
async function openFaulty(options: Partial<StoreOptions> = {}, server = mongod.uri): Promise<Opened> {
  const uri = new URL(server);
  uri.pathname = `/faults_${(contacts += 1)}`;
  const connection = await connect(uri.href, { appName: 'faulty' });
  await migrate(connection.db);
  const store = openStore({ ...connection, ...options });
  await store.agents.ensureDefaults(TENANT, {});
  return {
    store,
    connection,
    async [Symbol.asyncDispose]() {
      await store.drain();
      await connection.db.dropDatabase();
      await connection.client.close();
    },
  };
}

type LossyProxy = AsyncDisposable & {
  port: number;
  /** Cuts the connection when mongod answers this command, as often as told; gives how often it did. */
  loseReplies(command: string, times: number): () => number;
};

/** A way to mongod on which what it did can get lost. */
async function startLossyProxy(mongodPort: number): Promise<LossyProxy> {
  let name = '';
  let left = 0;
  let lost = 0;
  const proxy = createServer((client) => {
    const server = createConnection(mongodPort, '127.0.0.1');
    let loses = false;
    client.on('data', (sent) => {
      loses = left > 0 && sent.includes(name);
      if (loses) left -= 1;
      server.write(sent);
    });
    server.on('data', (answer) => {
      if (!loses) client.write(answer);
      else client.destroy();
      if (loses) lost += 1;
    });
    for (const [socket, other] of [[client, server] as const, [server, client] as const]) {
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    loseReplies(command, times) {
      [name, left, lost] = [command, times, 0];
      return () => lost;
    },
    async [Symbol.asyncDispose]() {
      await new Promise((closed) => proxy.close(closed));
    },
  };
}

async function conversations(store: Store, count: number): Promise<Conversation[]> {
  const made = Array.from({ length: count }, async () => {
    contacts += 1;
    const input = CreateConversation.parse({ contactId: `contact-${contacts}`, channel: 'web' });
    return (await store.execute(caller, 'conversations.create', input)).conversation;
  });
  return Promise.all(made);
}

const says = ({ id }: Conversation, text: string) => ({
  conversationId: id,
  clientMessageId: text,
  author: { kind: 'customer' as const },
  text,
  visibility: 'public' as const,
});

/** Messages of every conversation at once, two each, in the order of their texts. */
async function sayTwice(
  store: Store,
  all: readonly Conversation[],
): Promise<PromiseSettledResult<unknown>[]> {
  return Promise.allSettled(
    ['1', '2'].flatMap((text) =>
      all.map((conversation) => store.execute(caller, 'messages.append', says(conversation, text))),
    ),
  );
}

/** What every conversation's timeline says, in order. */
async function said({ collections }: Store): Promise<Map<string, string[]>> {
  const texts = new Map<string, string[]>();
  for await (const entry of collections.timeline.collection.find({ tenantId: TENANT }).sort({ seq: 1 })) {
    const id = String(entry['conversationId']);
    if (entry['kind'] === 'message') texts.set(id, [...(texts.get(id) ?? []), String(entry['text'])]);
  }
  return texts;
}

const codesOf = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'ok' : (result.reason?.code ?? result.reason)));

const refusedWith = (code: string) => expect.objectContaining({ code });

describe('a batch that mongod fails', () => {
  const faults: [string, string[], number, Document][] = [
    ['a write conflict', ['update'], 1, { errorCode: 112, errorLabels: ['TransientTransactionError'] }],
    [
      'write conflicts again and again',
      ['insert'],
      12,
      { errorCode: 112, errorLabels: ['TransientTransactionError'] },
    ],
    ['a connection that breaks before it is written', ['update'], 1, { closeConnection: true }],
    ['a connection that breaks before the commit', ['commitTransaction'], 1, { closeConnection: true }],
    [
      'a connection that breaks at each of several commits',
      ['commitTransaction'],
      5,
      { closeConnection: true },
    ],
    [
      'a commit that mongod answers before it is safe',
      ['commitTransaction'],
      3,
      { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } },
    ],
    [
      'a transaction that mongod has forgotten',
      ['commitTransaction'],
      1,
      { errorCode: 251, errorLabels: ['TransientTransactionError'] },
    ],
    [
      'a server that is no primary any more',
      ['insert'],
      1,
      { errorCode: 10_107, errorLabels: ['TransientTransactionError'] },
    ],
    ['a write that takes too long', ['update'], 1, { errorCode: 50 }],
  ];

  test.each(faults)(
    '%s: everything that was acknowledged is there, once and in order',
    async (_name, commands, times, how) => {
      await using opened = await openFaulty();
      const { store } = opened;
      const all = await conversations(store, 40);
      await fail(commands, times, how);
      const results = await sayTwice(store, all);
      expect(codesOf(results)).toEqual(results.map(() => 'ok'));
      const texts = await said(store);
      expect(all.map(({ id }) => texts.get(id))).toEqual(all.map(() => ['1', '2']));
      expect(await rebuild(store.collections)).toEqual({ checked: all.length, differences: [] });
    },
  );

  test('a commit whose reply is lost is not made again, though its commands have no keys', async () => {
    await using proxy = await startLossyProxy(Number(new URL(mongod.uri).port));
    await using opened = await openFaulty({}, `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`);
    const { store } = opened;
    const all = await conversations(store, 20);
    const lost = proxy.loseReplies('commitTransaction', 3);
    const results = await Promise.allSettled(
      ['pause', 'resume', 'close'].flatMap((change) =>
        all.map(({ id }) =>
          store.execute(caller, `conversations.${change as 'pause'}`, { conversationId: id, reason: change }),
        ),
      ),
    );
    expect(lost()).toBe(3);
    expect(codesOf(results)).toEqual(results.map(() => 'ok'));
    for (const { id } of all) {
      const kept = await store.conversations.get(TENANT, { conversationId: id });
      expect(kept).toMatchObject({ status: 'completed', version: 4, lastSeq: 4 });
    }
    expect((await rebuild(store.collections)).differences).toEqual([]);
  });

  test('reads that fail while a duplicate is looked up are made again', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    const first = await store.execute(caller, 'messages.append', says(conversation, '1'));
    // The driver itself asks twice. An error that says the server shuts down would keep it away for ten seconds.
    await fail(['find'], 2, { errorCode: 262 });
    expect(await store.execute(caller, 'messages.append', says(conversation, '1'))).toEqual(first);
    await store.execute(caller, 'conversations.close', { conversationId: conversation.id });
    await fail(['find'], 2, { errorCode: 262 });
    expect(await store.execute(caller, 'messages.append', says(conversation, '1'))).toEqual(first);
  });
});

describe('one bad command of a batch of 64', () => {
  test("a document that mongod's validator refuses fails its own command, and not by a rule", async () => {
    await using opened = await openFaulty();
    const { store, connection } = opened;
    const all = await conversations(store, 32);
    const { cursor } = await connection.db.command({ listCollections: 1, filter: { name: 'timeline' } });
    const validator = { $and: [cursor.firstBatch[0].options.validator, { text: { $ne: 'forbidden' } }] };
    await connection.db.command({ collMod: 'timeline', validator });
    const results = await Promise.allSettled(
      ['1', '2'].flatMap((text) =>
        all.map((conversation, index) =>
          store.execute(
            caller,
            'messages.append',
            says(conversation, index === 17 && text === '1' ? 'forbidden' : text),
          ),
        ),
      ),
    );
    expect(codesOf(results)).toEqual(results.map((_, index) => (index === 17 ? 121 : 'ok')));
    const reason: unknown = results[17]?.status === 'rejected' ? results[17].reason : undefined;
    expect(reason).toBeInstanceOf(MongoServerError);
    expect(reason).not.toBeInstanceOf(Refusal);
    const texts = await said(store);
    expect(all.map(({ id }) => texts.get(id))).toEqual(
      all.map((_, index) => (index === 17 ? ['2'] : ['1', '2'])),
    );
    expect((await rebuild(store.collections)).differences).toEqual([]);
  });

  test('messages that were said before give their first answers, and their neighbours are said', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const all = await conversations(store, 32);
    const repeated = all.filter((_, index) => index % 5 === 0);
    const first = await Promise.all(
      repeated.map((conversation) => store.execute(caller, 'messages.append', says(conversation, '1'))),
    );
    const results = await sayTwice(store, all);
    expect(codesOf(results)).toEqual(results.map(() => 'ok'));
    const again = results.filter((_, index) => index < all.length && index % 5 === 0);
    expect(again).toEqual(first.map((value) => ({ status: 'fulfilled', value })));
    const texts = await said(store);
    expect(all.map(({ id }) => texts.get(id))).toEqual(all.map(() => ['1', '2']));
  });

  test('commands of one conversation are carried out in the order in which they were given', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const all = await conversations(store, 3);
    const [conversation] = all;
    if (conversation === undefined) throw new Error('three were made');
    await fail(['commitTransaction'], 2, { errorCode: 112, errorLabels: ['TransientTransactionError'] });
    const texts = Array.from({ length: 200 }, (_, index) => `${index}`);
    await Promise.all(
      texts.map((text, index) => {
        const one = all[index % 7 === 0 ? 1 : 0] ?? conversation;
        return store.execute(caller, 'messages.append', says(one, text));
      }),
    );
    const kept = await said(store);
    expect(kept.get(conversation.id)).toEqual(texts.filter((_, index) => index % 7 !== 0));
    expect(kept.get(all[1]?.id ?? '')).toEqual(texts.filter((_, index) => index % 7 === 0));
  });
});

describe('more than can be done', () => {
  test('a command beyond the limit of the queue is refused at once, and the others are done', async () => {
    await using opened = await openFaulty({ queueLimit: 100 });
    const { store } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    const results = await Promise.allSettled(
      Array.from({ length: 130 }, (_, index) =>
        store.execute(caller, 'messages.append', says(conversation, `${index}`)),
      ),
    );
    expect(codesOf(results)).toEqual(results.map((_, index) => (index < 100 ? 'ok' : 'UNAVAILABLE')));
    expect((await said(store)).get(conversation.id)).toHaveLength(100);
    await store.execute(caller, 'messages.append', says(conversation, 'there is room again'));
  });

  test('a command that mongod does not take in time is refused at its deadline, and not done later', async () => {
    await using opened = await openFaulty({ deadlineMs: 600 });
    const { store } = opened;
    const [one, two] = await conversations(store, 2);
    if (one === undefined || two === undefined) throw new Error('two were made');
    await fail(['insert'], 'alwaysOn', { errorCode: 112, errorLabels: ['TransientTransactionError'] });
    const from = performance.now();
    const results = await sayTwice(store, [one, two]);
    const elapsed = performance.now() - from;
    expect(codesOf(results)).toEqual(results.map(() => 'UNAVAILABLE'));
    expect(elapsed).toBeGreaterThan(550);
    expect(elapsed).toBeLessThan(2_000);
    await store.drain();
    await fail(['insert'], 0, {});
    expect(await said(store)).toEqual(new Map());
    await store.execute(caller, 'messages.append', says(one, 'and on it goes'));
    expect((await said(store)).get(one.id)).toEqual(['and on it goes']);
  });

  test('a command waits no longer than its deadline behind one that hangs', async () => {
    await using opened = await openFaulty({ deadlineMs: 500 });
    const { store } = opened;
    const [conversation] = await conversations(store, 1);
    if (conversation === undefined) throw new Error('one was made');
    await fail(['update'], 1, { blockConnection: true, blockTimeMS: 1_500 });
    const hanging = store.execute(caller, 'messages.append', says(conversation, 'hangs'));
    await sleep(100);
    const from = performance.now();
    const results = await Promise.allSettled([
      store.execute(caller, 'messages.append', says(conversation, 'waits behind it')),
      hanging,
    ]);
    expect(codesOf(results)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
    expect(performance.now() - from).toBeLessThan(1_200);
    await store.drain();
    // What travels already may still arrive: a retry of it is answered, not said twice.
    await store.execute(caller, 'messages.append', says(conversation, 'hangs'));
    expect((await said(store)).get(conversation.id)).toEqual(['hangs']);
  });

  test('drain waits for everything that was taken', async () => {
    await using opened = await openFaulty();
    const { store } = opened;
    const all = await conversations(store, 20);
    await fail(['update'], 2, { blockConnection: true, blockTimeMS: 300 });
    let settled = 0;
    const pending = all.map((conversation) =>
      store.execute(caller, 'messages.append', says(conversation, '1')).finally(() => (settled += 1)),
    );
    await sleep(50);
    expect(store.depth).toBe(20);
    await store.drain();
    expect(settled).toBe(20);
    expect(store.depth).toBe(0);
    await Promise.all(pending);
    await store.drain();
  });
});

describe('mongod away', () => {
  test('its commands are UNAVAILABLE within their deadline, and the store goes on when it is back', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'baton-faults-'));
    let own = await startMongod({ dataDir });
    const port = Number(new URL(own.uri).port);
    const connection = await connect(own.uri);
    await migrate(connection.db);
    const store = openStore({ ...connection, deadlineMs: 1_500 });
    await store.agents.ensureDefaults(TENANT, {});
    const all = await conversations(store, 4);
    const acknowledged = new Set<string>();
    let goesOn = true;
    let slowest = 0;
    let unavailable = 0;
    const callers = all.map(async (conversation) => {
      for (let count = 0; goesOn; count += 1) {
        const message = says(conversation, `${count}`);
        const from = performance.now();
        try {
          await store.execute(caller, 'messages.append', message);
          acknowledged.add(`${conversation.id}/${count}`);
          await sleep(1);
        } catch (error) {
          expect(error).toEqual(refusedWith('UNAVAILABLE'));
          unavailable += 1;
        }
        slowest = Math.max(slowest, performance.now() - from);
      }
    });
    await sleep(300);
    await own.stop();
    const before = acknowledged.size;
    expect(before).toBeGreaterThan(0);
    await sleep(2_000);
    own = await startMongod({ dataDir, port });
    for (let wait = 0; wait < 200 && acknowledged.size < before + 20; wait += 1) await sleep(50);
    goesOn = false;
    await Promise.all(callers);
    await store.drain();
    expect(acknowledged.size).toBeGreaterThanOrEqual(before + 20);
    expect(unavailable).toBeGreaterThan(0);
    expect(slowest).toBeLessThan(2_500);
    const texts = await said(store);
    for (const [id, kept] of texts)
      expect(new Set(kept).size, `nothing is said twice in ${id}`).toBe(kept.length);
    const kept = new Set([...texts].flatMap(([id, list]) => list.map((text) => `${id}/${text}`)));
    expect([...acknowledged].filter((message) => !kept.has(message))).toEqual([]);
    expect((await rebuild(store.collections)).differences).toEqual([]);
    await connection.client.close();
    await own.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
});
