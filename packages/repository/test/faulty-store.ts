import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { type RunningMongod, startMongod } from '@baton/mongod';
import { type Conversation, CreateConversation, TenantId } from '@baton/schema';
import { type Document, MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { connect, type Connection } from '../src/connection/connection.ts';
import { migrate } from '../src/maintenance/migrations.ts';
import { openStore, type Store, type StoreOptions } from '../src/store.ts';
import type { Caller } from '../src/write/submit-command.ts';

export const TENANT = TenantId.parse('faults');

export const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };

export let mongod: RunningMongod;

export let admin: MongoClient;

export let contacts = 0;

/** Has mongod fail commands of the store, as often as told; gives a wait until it has met the first of them. */
export async function fail(
  commands: string[],
  times: number | 'alwaysOn',
  how: Document,
): Promise<() => Promise<unknown>> {
  const { count } = await admin.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: times === 'alwaysOn' ? times : { times },
    data: { failCommands: commands, appName: 'faulty', ...how },
  });
  return () =>
    admin
      .db('admin')
      .command({ waitForFailPoint: 'failCommand', timesEntered: Number(count) + 1, maxTimeMS: 5_000 });
}

export type Opened = AsyncDisposable & { store: Store; connection: Connection };

/** A store in a database of its own, whose commands the fail points hit. */
export async function openFaulty(options: Partial<StoreOptions> = {}, server = mongod.uri): Promise<Opened> {
  const uri = server.replace('/?', `/faults_${(contacts += 1)}?`);
  const connection = await connect(uri, { appName: 'faulty' });
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

export type LossyProxy = AsyncDisposable & {
  port: number;
  /** Cuts the connection when mongod answers this command, as often as told; gives how often it did. */
  loseReplies(command: string, times: number): () => number;
};

/** A way to mongod on which what it did can get lost. */
export async function startLossyProxy(mongodPort: number): Promise<LossyProxy> {
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

export async function conversations(store: Store, count: number): Promise<Conversation[]> {
  const made = Array.from({ length: count }, async () => {
    contacts += 1;
    const input = CreateConversation.parse({ contactId: `contact-${contacts}`, channel: 'web' });
    return (await store.execute(caller, 'conversations.create', input)).conversation;
  });
  return Promise.all(made);
}

export const says = ({ id }: Conversation, text: string) => ({
  conversationId: id,
  clientMessageId: text,
  author: { kind: 'customer' as const },
  text,
  visibility: 'public' as const,
});

/** Messages of every conversation at once, two each, in the order of their texts. */
export async function sayTwice(
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
export async function said({ collections }: Store): Promise<Map<string, string[]>> {
  const texts = new Map<string, string[]>();
  for await (const entry of collections.timeline.collection.find({ tenantId: TENANT }).sort({ seq: 1 })) {
    const id = String(entry['conversationId']);
    if (entry['kind'] === 'message') texts.set(id, [...(texts.get(id) ?? []), String(entry['text'])]);
  }
  return texts;
}

export const codesOf = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'ok' : (result.reason?.code ?? result.reason)));

export const refusedWith = (code: string) => expect.objectContaining({ code });

/** Opens it before the tests of a file, and closes it after them. */
export function useFaultyMongod(): void {
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
}
