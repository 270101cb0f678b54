import { AgentId } from '@baton/schema';
import { describe, expect, test, vi } from 'vitest';
import {
  attached,
  callerOf,
  connection,
  conversation,
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

useFeedStore();

describe("a conversation's feed", () => {
  test('from every position gives exactly what comes after it, and then what is new', async () => {
    const conversationId = await conversation();
    await sayMany(conversationId, 9);
    const readers = numbers(0, 10).map((position) => follow(conversationId, String(position)));
    await attached(11);
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
    await reader.opened;
    await say(conversationId);
    await reader.until(({ seqs }) => seqs.length === 1);
    expect(reader.seqs).toEqual([3]);
  });

  test('misses and repeats nothing when readers come and go during a storm of commits of two processes', async () => {
    const other = await openProcess();
    const conversationId = await conversation();
    let written = 0;
    const writers = [store, other.store]
      .flatMap((by) => [by, by, by])
      .map(async (by) => {
        for (let count = 0; count < 30; count += 1) {
          await say(conversationId, undefined, by);
          written += 1;
        }
      });
    const visits = numbers(1, 12).map(async (number) => {
      await vi.waitUntil(() => written >= number * 5, { interval: 1, timeout: 30_000 });
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
    await attached(2);
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
    await reader.until(({ seqs }) => seqs.includes(6));
    expect(reader.seqs).toEqual(numbers(1, 6));
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
    await attached(2);
    await whileFailing({ ...data, times }, async (failed) => {
      for (let count = 0; count < 40; count += 1) await say(conversationId);
      await failed(times);
    });
    await say(conversationId);
    await reader.until(({ seqs }) => seqs.includes(42));
    expect(reader.seqs).toEqual(numbers(1, 42));
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

test('an entry of an agent comes as it is in the timeline', async () => {
  const conversationId = await conversation();
  await using reader = follow(conversationId, '0');
  const by = AgentId.parse('closer');
  await store.execute(callerOf(TENANT), 'conversations.pause', { conversationId, by });
  await reader.until(({ seqs }) => seqs.length === 2);
  const { items } = await store.timeline.read(TENANT, { conversationId, limit: 10 });
  expect(reader.seen.map(({ entry }) => entry)).toEqual(items);
});
