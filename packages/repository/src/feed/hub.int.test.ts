import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { ConversationId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { describe, expect, test, vi } from 'vitest';
import {
  conversation,
  connection,
  conversationAndPlace,
  feedConnection,
  follow,
  followTenant,
  numbers,
  openProcess,
  OTHER,
  say,
  sayMany,
  store,
  TENANT,
  useFeedStore,
  whileFailing,
} from '../../test/feed.ts';
import { connect } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore } from '../store.ts';

useFeedStore();

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

test("what one tenant's late messages are looked up for delays no other tenant's entries", async () => {
  const id = await conversation();
  await using own = follow(id, '0');
  await own.until(({ seqs }) => seqs.length === 1);
  await using other = followTenant(undefined, undefined, OTHER);
  await other.opened;
  // Everything seems to have been written an hour ago, and may have been redacted since.
  const later = vi
    .spyOn(connection.clock, 'now')
    .mockImplementation(() => performance.timeOrigin + performance.now() + 3_600_000);
  try {
    const failure = { failCommands: ['find'], blockConnection: true, blockTimeMS: 1_500, times: 1 };
    await whileFailing(failure, async (failed) => {
      await say(id);
      await failed(1);
      const from = performance.now();
      await conversation(OTHER);
      await other.until(({ seen }) => seen.length === 1);
      expect(performance.now() - from).toBeLessThan(1_000);
      await own.until(({ seqs }) => seqs.length === 2);
    });
  } finally {
    later.mockRestore();
  }
});

test('messages that came late are passed on once MongoDB answers again', async () => {
  const id = await conversation();
  await using reader = follow(id, '0');
  await reader.until(({ seqs }) => seqs.length === 1);
  const later = vi
    .spyOn(connection.clock, 'now')
    .mockImplementation(() => performance.timeOrigin + performance.now() + 3_600_000);
  try {
    await whileFailing({ failCommands: ['find'], errorCode: 8, times: 2 }, async () => {
      await Promise.all([sayMany(id, 100), sayMany(id, 50)]);
      await reader.until(({ seqs }) => seqs.length === 151);
    });
  } finally {
    later.mockRestore();
  }
  expect(reader.seqs).toEqual(numbers(1, 151));
});

test('a tenant has so many feeds open and no more, and another tenant has its own', async () => {
  const limited = openStore({ ...connection, feedDb: feedConnection.db, feedsOfATenant: 2 });
  const id = await conversation();
  const signals = [new AbortController(), new AbortController()];
  for (const { signal } of signals) await limited.feed.conversation(TENANT, { conversationId: id }, signal);
  await expect(limited.feed.tenant(TENANT, {}, new AbortController().signal)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    details: { limit: 2, retryAfterMs: 5_000 },
  });
  await limited.feed.tenant(OTHER, {}, new AbortController().signal);
  signals[0]?.abort();
  await limited.feed.tenant(TENANT, {}, new AbortController().signal);
  await limited.feed.close();
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
      await Promise.all(storm.slice(0, round * 2));
      await stopping.close();
      await Promise.all(storm);
      await expect(reader.until(() => false)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  test('before its stream ever opened refuses those that wait for it', async () => {
    const stopping = await openProcess();
    const conversationId = await conversation();
    await whileFailing({ failCommands: ['aggregate'], errorCode: 8, times: 1_000 }, async (failed) => {
      await using reader = follow(conversationId, '0', stopping.store);
      await failed(1);
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
  await sleep(1_500);
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
  await nextTurn();
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
