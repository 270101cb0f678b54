import {
  AgentId,
  AppendMessage,
  AppendTurn,
  ConversationId,
  CreateConversation,
  type Entry,
  TenantId,
} from '@baton/schema';
import { type Failure, faultyDatabase, type FaultyDatabase, testDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from '../write/submit-command.ts';
import type { TrackedEntry } from './feed.ts';
import { feedId } from './tenant-feed.ts';

const TENANT = TenantId.parse('acme');
const OTHER = TenantId.parse('globex');
const callerOf = (tenantId: TenantId): Caller => ({ tenantId, actor: { kind: 'system' }, mayForce: true });

let database: FaultyDatabase;
let connection: Connection;
let feedConnection: Connection;
let store: Store;

type Process = { store: Store; main: Connection; feed: Connection; close: () => Promise<void> };

async function openProcess(): Promise<Process> {
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

beforeAll(async () => {
  database = await faultyDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  feedConnection = await connect(database.uri, { appName: 'feed-test', socketTimeoutMs: 0 });
  store = openStore({ client: connection.client, db: connection.db, feedDb: feedConnection.db });
  for (const tenantId of [TENANT, OTHER]) await store.agents.ensureDefaults(tenantId, {});
});

afterAll(async () => {
  await store.feed.close();
  await store.drain();
  await Promise.all([connection.client.close(), feedConnection.client.close()]);
  await database[Symbol.asyncDispose]();
});

let contacts = 0;
async function conversation(tenantId = TENANT, by = store): Promise<ConversationId> {
  const input = CreateConversation.parse({ contactId: `contact-${(contacts += 1)}`, channel: 'web' });
  return (await by.execute(callerOf(tenantId), 'conversations.create', input)).conversation.id;
}

let messages = 0;
const message = (text = 'Hello') => ({
  clientMessageId: `m-${(messages += 1)}`,
  author: { kind: 'customer' as const },
  text,
});

function say(conversationId: ConversationId, text?: string, by = store, tenantId = TENANT) {
  return by.execute(
    callerOf(tenantId),
    'messages.append',
    AppendMessage.parse({ conversationId, ...message(text) }),
  );
}

function sayMany(conversationId: ConversationId, count: number) {
  const turn = AppendTurn.parse({ conversationId, messages: Array.from({ length: count }, () => message()) });
  return store.execute(callerOf(TENANT), 'messages.appendTurn', turn);
}

/** Reads a feed in the background. */
class Reader implements AsyncDisposable {
  readonly seen: TrackedEntry[] = [];
  failure: unknown = null;
  readonly #abort = new AbortController();
  readonly #reading: Promise<void>;

  constructor(open: (signal: AbortSignal) => Promise<AsyncIterable<TrackedEntry>>) {
    this.#reading = this.#read(open(this.#abort.signal));
  }

  async #read(entries: Promise<AsyncIterable<TrackedEntry>>): Promise<void> {
    try {
      for await (const entry of await entries) this.seen.push(entry);
    } catch (error) {
      this.failure = error;
    }
  }

  get seqs(): number[] {
    return this.seen.map(({ entry }) => entry.seq);
  }

  async until(isDone: (reader: this) => boolean, withinMs = 8_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!isDone(this)) {
      if (this.failure !== null) throw this.failure;
      if (performance.now() > deadline) throw new Error(`Saw only ${JSON.stringify(this.seqs)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** What it has once nothing more comes for a while. */
  async settled(): Promise<number[]> {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return this.seqs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }
}

const follow = (conversationId: ConversationId, lastEventId?: string, by = store) =>
  new Reader((signal) => by.feed.conversation(TENANT, { conversationId, lastEventId }, signal));

const followTenant = (lastEventId?: string, kinds?: Entry['kind'][], tenantId = TENANT, by = store) =>
  new Reader((signal) => by.feed.tenant(tenantId, { lastEventId, kinds }, signal));

const redact = (conversationId: ConversationId, seq: number) =>
  store.execute(callerOf(TENANT), 'messages.redact', { conversationId, seq });

/** A new conversation, and the place of its creation in the tenant's feed. */
async function conversationAndPlace(): Promise<{ id: ConversationId; place: string }> {
  await using reader = followTenant();
  await attached(1)();
  const id = await conversation();
  const last = () => reader.seen.at(-1);
  await reader.until(() => last()?.entry.conversationId === id);
  return { id, place: last()?.id ?? '' };
}

const timelineOf = async (conversationId: ConversationId) =>
  (await store.timeline.read(TENANT, { conversationId, limit: 100 })).items;

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const attached = (count: number) => async () => {
  while (store.feed.subscriptions < count) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** Does something while mongod fails what the feed's own client sends. */
function whileFailing(failure: Failure, work: () => Promise<void>): Promise<void> {
  return database.whileFailing('timeline', { ...failure, appName: 'feed-test' }, work);
}

describe("a conversation's feed", () => {
  test('from every position gives exactly what comes after it, and then what is new', async () => {
    const conversationId = await conversation();
    await sayMany(conversationId, 9);
    const readers = numbers(0, 10).map((position) => follow(conversationId, String(position)));
    await attached(11)();
    await say(conversationId);
    await Promise.all(
      readers.map((reader, position) => reader.until(({ seqs }) => seqs.length === 11 - position)),
    );
    for (const [position, reader] of readers.entries()) {
      expect(reader.seqs).toEqual(numbers(position + 1, 11));
      expect(reader.seen.map(({ id }) => id)).toEqual(reader.seqs.map(String));
      await reader[Symbol.asyncDispose]();
    }
    expect(store.feed.subscriptions).toBe(0);
  });

  test('without a position gives only what is new', async () => {
    const conversationId = await conversation();
    await say(conversationId);
    await using reader = follow(conversationId);
    await attached(1)();
    await reader.settled();
    await say(conversationId);
    await reader.until(({ seqs }) => seqs.length === 1);
    expect(reader.seqs).toEqual([3]);
  });

  test('misses and repeats nothing when readers come and go during a storm of commits of two processes', async () => {
    const other = await openProcess();
    const conversationId = await conversation();
    const writers = [store, other.store]
      .flatMap((by) => [by, by, by])
      .map(async (by) => {
        for (let count = 0; count < 30; count += 1) await say(conversationId, undefined, by);
      });
    const visits = numbers(1, 12).map(async (number) => {
      await new Promise((resolve) => setTimeout(resolve, number * 15));
      const seqs: number[] = [];
      while (seqs.length < 181) {
        await using reader = follow(
          conversationId,
          String(seqs.length),
          number % 2 === 0 ? store : other.store,
        );
        const enough = Math.min(181 - seqs.length, 1 + ((number * 7) % 40));
        await reader.until((visit) => visit.seqs.length >= enough);
        seqs.push(...reader.seqs);
      }
      return seqs;
    });
    await Promise.all(writers);
    for (const seqs of await Promise.all(visits)) expect(seqs).toEqual(numbers(1, 181));
    await other.close();
  });

  test('cuts a reader off that is too slow; it goes on from its last id', async () => {
    const conversationId = await conversation();
    const slow = await store.feed.conversation(
      TENANT,
      { conversationId, lastEventId: '0' },
      new AbortController().signal,
    );
    expect((await slow.next()).value?.id).toBe('1');
    await using quick = follow(conversationId);
    await attached(2)();
    for (let turn = 0; turn < 11; turn += 1) await sayMany(conversationId, 100);
    await quick.until(({ seqs }) => seqs.at(-1) === 1_101);
    await expect(async () => {
      for await (const _ of slow);
    }).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await using again = follow(conversationId, '1');
    await again.until(({ seqs }) => seqs.length === 1_100);
    expect(again.seqs).toEqual(numbers(2, 1_101));
  });

  test('goes on when the change stream’s cursor is killed', async () => {
    const conversationId = await conversation();
    await using reader = follow(conversationId, '0');
    await reader.until(({ seqs }) => seqs.length === 1);
    const cursors = await connection.client
      .db('admin')
      .aggregate(
        [
          { $currentOp: { allUsers: true, idleCursors: true } },
          { $match: { ns: `${connection.db.databaseName}.timeline`, 'cursor.cursorId': { $exists: true } } },
        ],
        { readConcern: { level: 'local' } },
      )
      .toArray();
    const ids = cursors.map(({ cursor }) => (cursor as { cursorId: unknown }).cursorId);
    expect(ids.length).toBeGreaterThan(0);
    await connection.db.command({ killCursors: 'timeline', cursors: ids });
    for (let count = 0; count < 5; count += 1) await say(conversationId);
    await reader.until(({ seqs }) => seqs.length === 6);
    expect(await reader.settled()).toEqual(numbers(1, 6));
  });

  test.each([
    ['the connection breaks', { failCommands: ['getMore', 'aggregate'], closeConnection: true }, 3],
    ['mongod has lost the cursor', { failCommands: ['getMore'], errorCode: 43 }, 3],
    ['something that nobody foresaw breaks it', { failCommands: ['getMore'], errorCode: 8 }, 2],
    [
      'the oplog no longer reaches back',
      { failCommands: ['getMore'], errorCode: 286, errorLabels: ['NonResumableChangeStreamError'] },
      1,
    ],
  ])('goes on when %s', async (_, data, times) => {
    const conversationId = await conversation();
    await using reader = follow(conversationId, '0');
    await using events = followTenant();
    await reader.until(({ seqs }) => seqs.length === 1);
    await attached(2)();
    await whileFailing({ ...data, times }, async () => {
      for (let count = 0; count < 40; count += 1) await say(conversationId);
      await new Promise((resolve) => setTimeout(resolve, 1_200));
    });
    await say(conversationId);
    await reader.until(({ seqs }) => seqs.length >= 42);
    expect(await reader.settled()).toEqual(numbers(1, 42));
    await events.until(({ seen }) =>
      seen.some(({ entry }) => entry.conversationId === conversationId && entry.seq === 42),
    );
    const ofThis = events.seen.filter(
      ({ entry }) => entry.conversationId === conversationId && entry.seq > 1,
    );
    expect([...new Set(ofThis.map(({ entry }) => entry.seq))]).toEqual(numbers(2, 42));
  });

  test('of another tenant, or of nobody, is not found', async () => {
    const conversationId = await conversation(OTHER);
    await using reader = follow(conversationId);
    await expect(reader.until(() => false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(store.feed.subscriptions).toBe(0);
  });

  test.each(['-1', '1.5', '1e1', '0x1', ' 1', 'one', '3', '99999999999999999999'])(
    'has no position %j',
    async (lastEventId) => {
      const conversationId = await conversation();
      await say(conversationId);
      await using reader = follow(conversationId, lastEventId);
      await expect(reader.until(() => false)).rejects.toMatchObject({
        code: 'INVALID_CURSOR',
        details: { lastEventId },
      });
    },
  );
});

describe("a tenant's feed", () => {
  test('gives every entry of its conversations in the order of their commits, and nobody else’s', async () => {
    await using reader = followTenant();
    await using theirs = followTenant(undefined, undefined, OTHER);
    await attached(2)();
    const [a, b] = [await conversation(), await conversation()];
    await conversation(OTHER);
    for (const id of [a, b, a, b]) await say(id);
    await reader.until(({ seen }) => seen.length === 6);
    expect(reader.seen.map(({ entry }) => [entry.conversationId, entry.seq])).toEqual([
      [a, 1],
      [b, 1],
      [a, 2],
      [b, 2],
      [a, 3],
      [b, 3],
    ]);
    expect(theirs.seen).toHaveLength(1);
  });

  test('from the id of any entry gives exactly what comes after it', async () => {
    await using all = followTenant();
    await attached(1)();
    const conversations = [await conversation(), await conversation(), await conversation()];
    await Promise.all(conversations.flatMap((id) => [say(id), say(id), say(id)]));
    await all.until(({ seen }) => seen.length === 12);
    const readers = all.seen.map(({ id }) => followTenant(id));
    await attached(13)();
    const [last = ''] = conversations;
    await say(last as ConversationId);
    await Promise.all(
      readers.map((reader, position) => reader.until(({ seen }) => seen.length >= 12 - position)),
    );
    await all.until(({ seen }) => seen.length === 13);
    await all.settled();
    for (const [position, reader] of readers.entries()) {
      expect(reader.seen).toEqual(all.seen.slice(position + 1));
      await reader[Symbol.asyncDispose]();
    }
  });

  test('by kind gives those kinds only, and an id of it leads past the others', async () => {
    await using stages = followTenant(undefined, ['details', 'created']);
    await attached(1)();
    const id = await conversation();
    await say(id);
    await store.execute(callerOf(TENANT), 'conversations.update', { conversationId: id, tags: ['a'] });
    await stages.until(({ seen }) => seen.length === 2);
    expect(stages.seen.map(({ entry }) => entry.kind)).toEqual(['created', 'details']);
    await using after = followTenant(stages.seen[0]?.id, ['details']);
    await after.until(({ seen }) => seen.length === 1);
    expect(after.seen).toEqual([stages.seen[1]]);
  });

  test('from an id that the oplog no longer has, reads on in the store; cut in the middle, it misses nothing', async () => {
    await using all = followTenant();
    await attached(1)();
    const id = await conversation();
    await sayMany(id, 20);
    await all.until(({ seen }) => seen.length === 21);
    const [first] = all.seen;
    if (first === undefined) throw new Error('Nothing came');
    const [entryId = '', token = ''] = first.id.split('.');
    // The same place at the beginning of time: no oplog reaches back so far.
    const lost = feedId(TENANT, { entryId, token: `82${'00000001'.padEnd(8, '0')}${token.slice(10)}` });

    let position = lost;
    const seqs = new Set<number>();
    for (let visit = 0; visit < 6; visit += 1) {
      await using reader = followTenant(position);
      await reader.until(
        ({ seen }) =>
          seen.filter(({ entry }) => entry.conversationId === id && !seqs.has(entry.seq)).length >= 3,
      );
      const fresh = reader.seen.filter(({ entry }) => entry.conversationId === id);
      const cut = fresh.findIndex(({ entry }) => !seqs.has(entry.seq)) + 3;
      for (const { entry } of fresh.slice(0, cut)) seqs.add(entry.seq);
      position = fresh[cut - 1]?.id ?? position;
    }
    await using rest = followTenant(position);
    await say(id);
    await rest.until(({ seen }) => seen.some(({ entry }) => entry.conversationId === id && entry.seq === 22));
    for (const { entry } of rest.seen) if (entry.conversationId === id) seqs.add(entry.seq);
    expect([...seqs].toSorted((a, b) => a - b)).toEqual(numbers(1, 22));
    // What was read from the store does not come through the stream a second time.
    const ofThis = rest.seen.filter(({ entry }) => entry.conversationId === id).map(({ entry }) => entry.seq);
    expect(ofThis).toHaveLength(new Set(ofThis).size);
  });

  test('takes no id that was changed, or that is another tenant’s', async () => {
    await using reader = followTenant();
    await attached(1)();
    await conversation();
    await reader.until(({ seen }) => seen.length >= 1);
    const id = reader.seen[0]?.id ?? '';
    const [entryId = '', token = ''] = id.split('.');
    for (const [tenantId, lastEventId] of [
      [OTHER, id],
      [TENANT, `${id}x`],
      [TENANT, id.replace(token, `${token}00`)],
      [TENANT, `${entryId}.${token}`],
      [TENANT, '1'],
      [TENANT, feedId(OTHER, { entryId, token })],
    ] as const) {
      await using refused = followTenant(lastEventId, undefined, tenantId);
      await expect(refused.until(() => false)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
    }
  });
});

describe('a message that was redacted while a reader did not look', () => {
  const SECRET = 'My card is 4111 1111 1111 1111';

  test('comes without its words to one who resumes before it, as the timeline has it', async () => {
    const { id, place } = await conversationAndPlace();
    await say(id, SECRET);
    await say(id, 'Never mind');
    await redact(id, 2);
    await using after = followTenant(place);
    await after.until(({ seen }) => seen.length === 3);
    expect(after.seen.map(({ entry }) => entry)).toEqual((await timelineOf(id)).slice(1));
    expect(after.seen[0]?.entry).toMatchObject({ kind: 'message', text: '', redactedAt: expect.any(String) });
  });

  test('waits without its words for one who is slow', async () => {
    // Its creation has passed by, so that the tenant's readers begin with what is said.
    const { id } = await conversationAndPlace();
    const { signal } = new AbortController();
    const reading = { conversationId: id, lastEventId: '0' };
    const ofConversation = await store.feed.conversation(TENANT, reading, signal);
    await ofConversation.next();
    await using watching = followTenant();
    await attached(2)();
    const ofTenant = await store.feed.tenant(TENANT, {}, signal);
    const first = ofTenant.next();
    await say(id, 'Hello');
    await first;
    await say(id, SECRET);
    await say(id, 'Never mind');
    await redact(id, 3);
    await watching.until(({ seen }) => seen.length === 4);
    const timeline = await timelineOf(id);
    for (const [feed, from] of [
      [ofConversation, 1],
      [ofTenant, 2],
    ] as const) {
      for (const entry of timeline.slice(from)) expect((await feed.next()).value?.entry).toEqual(entry);
      await feed.return();
    }
  });

  test('comes without its words when the process itself had lost the stream', async () => {
    const id = await conversation();
    await using reader = follow(id, '0');
    await using events = followTenant();
    await attached(2)();
    await reader.until(({ seqs }) => seqs.length === 1);
    await whileFailing({ failCommands: ['getMore', 'aggregate'], errorCode: 8, times: 1_000 }, async () => {
      // The wait for changes that had begun before comes to its end.
      await new Promise((resolve) => setTimeout(resolve, 350));
      await say(id, SECRET);
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      await redact(id, 2);
    });
    await reader.until(({ seqs }) => seqs.length === 3);
    await events.until(({ seqs }) => seqs.at(-1) === 3);
    const timeline = await timelineOf(id);
    expect(reader.seen.map(({ entry }) => entry)).toEqual(timeline);
    expect(events.seen.map(({ entry }) => entry).slice(-2)).toEqual(timeline.slice(1));
  });
});

test('many who come back at once take turns, and leave the connections of ordinary calls alone', async () => {
  const { id, place } = await conversationAndPlace();
  await sayMany(id, 5);
  const restarted = await openProcess();
  let [ordinary, held, mostHeld] = [0, 0, 0];
  restarted.main.client.on('connectionCheckedOut', () => (ordinary += 1));
  restarted.feed.client.on('connectionCheckedOut', () => (mostHeld = Math.max(mostHeld, (held += 1))));
  restarted.feed.client.on('connectionCheckedIn', () => (held -= 1));
  const readers = Array.from({ length: 100 }, () => followTenant(place, undefined, TENANT, restarted.store));
  await Promise.all(readers.map((reader) => reader.until(({ seen }) => seen.length === 5)));
  expect(ordinary).toBe(0);
  // Eight who catch up, and the stream of the process.
  expect(mostHeld).toBeGreaterThan(2);
  expect(mostHeld).toBeLessThanOrEqual(9);
  await restarted.close();
});

describe('a process that stops', () => {
  test('cuts every reader off with UNAVAILABLE, and takes no new one', async () => {
    const stopping = await openProcess();
    const conversationId = await conversation();
    await using reader = follow(conversationId, '0', stopping.store);
    await reader.until(({ seqs }) => seqs.length === 1);
    await stopping.close();
    await expect(reader.until(() => false)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await using late = follow(conversationId, '0', stopping.store);
    await expect(late.until(() => false)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('does so in the middle of a storm as well, at once', async () => {
    const conversationId = await conversation();
    for (let round = 0; round < 8; round += 1) {
      const stopping = await openProcess();
      await using reader = follow(conversationId, undefined, stopping.store);
      const storm = Array.from({ length: 20 }, () => say(conversationId));
      await new Promise((resolve) => setTimeout(resolve, round * 5));
      await stopping.close();
      await Promise.all(storm);
      await expect(reader.until(() => false)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  test('before its stream ever opened refuses those that wait for it', async () => {
    const stopping = await openProcess();
    const conversationId = await conversation();
    await whileFailing({ failCommands: ['aggregate'], errorCode: 8, times: 1_000 }, async () => {
      await using reader = follow(conversationId, '0', stopping.store);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await stopping.close();
      await expect(reader.until(() => false)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
  });
});

test('a timeline that is gone ends the stream without taking the process with it', async () => {
  await using gone = await testDatabase();
  const own = await connect(gone.uri);
  await migrate(own.db);
  const lost = openStore({ client: own.client, db: own.db });
  await lost.agents.ensureDefaults(TENANT, {});
  const entries = await lost.feed.tenant(TENANT, {}, new AbortController().signal);
  const next = entries.next();
  await own.db.dropCollection('timeline');
  const before = performance.eventLoopUtilization();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  await lost.feed.close();
  await expect(next).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await own.client.close();
});

test('a reader that leaves while it waits is let go', async () => {
  const conversationId = await conversation();
  const abort = new AbortController();
  const reading = { conversationId, lastEventId: '0' };
  const entries = await store.feed.conversation(TENANT, reading, abort.signal);
  await entries.next();
  const next = entries.next();
  // By then it has read what there is, and waits for more.
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(store.feed.subscriptions).toBe(1);
  abort.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(store.feed.subscriptions).toBe(0);
});

test('a reader that has read enough is let go without a signal', async () => {
  const conversationId = await conversation();
  const { signal } = new AbortController();
  const { feed } = store;
  for (const open of [
    () => feed.conversation(TENANT, { conversationId, lastEventId: '0' }, signal),
    () => feed.tenant(TENANT, {}, signal),
  ]) {
    const entries = await open();
    const next = entries.next();
    await say(conversationId);
    await next;
    expect(feed.subscriptions).toBe(1);
    await entries.return();
    expect(feed.subscriptions).toBe(0);
  }
});

test('whoever has a feed misses nothing from then on, and one that never reads it is let go', async () => {
  const conversationId = await conversation();
  // Nobody has read in this process yet: its change stream is still to be opened.
  const fresh = await openProcess();
  const leaving = new AbortController();
  const { signal } = leaving;
  const feeds = [
    await fresh.store.feed.tenant(TENANT, {}, signal),
    await fresh.store.feed.conversation(TENANT, { conversationId }, signal),
  ];
  await say(conversationId, 'Said at once');
  for (const feed of feeds) {
    expect(await feed.next()).toMatchObject({ value: { entry: { text: 'Said at once' } } });
  }
  await fresh.store.feed.tenant(TENANT, {}, signal);
  expect(fresh.store.feed.subscriptions).toBe(3);
  leaving.abort();
  expect(fresh.store.feed.subscriptions).toBe(0);
  await fresh.close();
});

test('one that fails to open leaves nothing attached', async () => {
  const conversationId = ConversationId.parse('f'.repeat(24));
  const opening = store.feed.conversation(TENANT, { conversationId }, new AbortController().signal);
  await expect(opening).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(store.feed.subscriptions).toBe(0);
});

test('an entry of an agent comes as it is in the timeline', async () => {
  const conversationId = await conversation();
  await using reader = follow(conversationId, '0');
  const by = AgentId.parse('closer');
  await store.execute(callerOf(TENANT), 'conversations.pause', { conversationId, by });
  await reader.until(({ seqs }) => seqs.length === 2);
  const { items } = await store.timeline.read(TENANT, { conversationId, limit: 10 });
  expect(reader.seen.map(({ entry }) => entry)).toEqual(items);
});
