import {
  AppendMessage,
  AppendTurn,
  type ConversationId,
  CreateConversation,
  type Entry,
  TenantId,
} from '@baton/schema';
import { type Failure, faultyDatabase, type FaultyDatabase } from '@baton/testing';
import { afterAll, beforeAll, vi } from 'vitest';
import { connect, type Connection } from '../src/connection/connection.ts';
import type { TrackedEntry } from '../src/feed/feed.ts';
import { migrate } from '../src/maintenance/migrations.ts';
import { openStore, type Store } from '../src/store.ts';
import type { Caller } from '../src/write/submit-command.ts';

export const TENANT = TenantId.parse('acme');

export const OTHER = TenantId.parse('globex');

export const callerOf = (tenantId: TenantId): Caller => ({
  tenantId,
  actor: { kind: 'system' },
  mayForce: true,
});

export let database: FaultyDatabase;

export let connection: Connection;

export let feedConnection: Connection;

export let store: Store;

export type Process = { store: Store; main: Connection; feed: Connection; close: () => Promise<void> };

export async function openProcess(): Promise<Process> {
  const [main, feed] = await Promise.all([
    connect(database.uri),
    connect(database.uri, { appName: 'feed-test', socketTimeoutMs: 0 }),
  ]);
  const opened = openStore({ client: main.client, db: main.db, feedDb: feed.db });
  const close = async () => {
    await opened.feed.close();
    await opened.drain();
    await Promise.all([main.client.close(), feed.client.close()]);
  };
  return { store: opened, main, feed, close };
}

let contacts = 0;

export async function conversation(tenantId = TENANT, by = store): Promise<ConversationId> {
  const input = CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });
  return (await by.execute(callerOf(tenantId), 'conversations.create', input)).conversation.id;
}

let messages = 0;

export const message = (text = 'Hello') => ({
  clientMessageId: `m-${(messages += 1)}`,
  author: { kind: 'customer' as const },
  text,
});

export function say(conversationId: ConversationId, text?: string, by = store, tenantId = TENANT) {
  return by.execute(
    callerOf(tenantId),
    'messages.append',
    AppendMessage.parse({ conversationId, ...message(text) }),
  );
}

export function sayMany(conversationId: ConversationId, count: number) {
  const turn = AppendTurn.parse({ conversationId, messages: Array.from({ length: count }, () => message()) });
  return store.execute(callerOf(TENANT), 'messages.appendTurn', turn);
}

/** Reads a feed in the background. */
export class Reader implements AsyncDisposable {
  readonly seen: TrackedEntry[] = [];
  failure: unknown = null;
  /** Resolves once the feed is open: from then on it misses nothing. */
  readonly opened: Promise<unknown>;
  readonly #abort = new AbortController();
  readonly #reading: Promise<void>;
  #changed = Promise.withResolvers<void>();

  constructor(open: (signal: AbortSignal) => Promise<AsyncIterable<TrackedEntry>>) {
    const opening = open(this.#abort.signal);
    this.opened = opening.catch(() => undefined);
    this.#reading = this.#read(opening);
  }

  async #read(entries: Promise<AsyncIterable<TrackedEntry>>): Promise<void> {
    try {
      for await (const entry of await entries) {
        this.seen.push(entry);
        this.#wake();
      }
    } catch (error) {
      this.failure = error;
      this.#wake();
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  get seqs(): number[] {
    return this.seen.map(({ entry }) => entry.seq);
  }

  async until(isDone: (reader: this) => boolean, withinMs = 8_000): Promise<void> {
    const late = AbortSignal.timeout(withinMs);
    late.addEventListener('abort', () => this.#wake(), { once: true });
    while (!isDone(this)) {
      if (this.failure !== null) throw this.failure;
      if (late.aborted) throw new Error(`Saw only ${JSON.stringify(this.seqs)}`);
      await this.#changed.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }
}

export const follow = (conversationId: ConversationId, lastEventId?: string, by = store) =>
  new Reader((signal) => by.feed.conversation(TENANT, { conversationId, lastEventId }, signal));

export const followTenant = (lastEventId?: string, kinds?: Entry['kind'][], tenantId = TENANT, by = store) =>
  new Reader((signal) => by.feed.tenant(tenantId, { lastEventId, kinds }, signal));

export const redact = (conversationId: ConversationId, seq: number) =>
  store.execute(callerOf(TENANT), 'messages.redact', { conversationId, seq });

/** A new conversation, and the place of its creation in the tenant's feed. */
export async function conversationAndPlace(): Promise<{ id: ConversationId; place: string }> {
  await using reader = followTenant();
  await attached(1);
  const id = await conversation();
  const last = () => reader.seen.at(-1);
  await reader.until(() => last()?.entry.conversationId === id);
  return { id, place: last()?.id ?? '' };
}

export const timelineOf = async (conversationId: ConversationId) =>
  (await store.timeline.read(TENANT, { conversationId, limit: 100 })).items;

export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Waits until so many readers are attached to the hub. */
export async function attached(count: number): Promise<void> {
  await vi.waitUntil(() => store.feed.subscriptions >= count, { interval: 1, timeout: 8_000 });
}

/** Does something while mongod fails what the feed's own client sends. */
export function whileFailing(
  failure: Failure,
  work: (failed: (times: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  return database.whileFailing('timeline', { ...failure, appName: 'feed-test' }, work);
}

/** Opens it before the tests of a file, and closes it after them. */
export function useFeedStore(): void {
  beforeAll(async () => {
    database = await faultyDatabase();
    connection = await connect(database.uri);
    await migrate(connection.db);
    feedConnection = await connect(database.uri, { appName: 'feed-test', socketTimeoutMs: 0 });
    store = openStore({ ...connection, feedDb: feedConnection.db });
    for (const tenantId of [TENANT, OTHER]) await store.agents.ensureDefaults(tenantId, {});
  });

  afterAll(async () => {
    await store.feed.close();
    await store.drain();
    await Promise.all([connection.client.close(), feedConnection.client.close()]);
    await database[Symbol.asyncDispose]();
  });
}
