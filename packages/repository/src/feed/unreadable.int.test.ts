import { ObjectId } from 'mongodb';
import { expect, test, vi } from 'vitest';
import {
  attached,
  connection,
  conversation,
  feedConnection,
  follow,
  followTenant,
  openProcess,
  OTHER,
  type Reader,
  say,
  store,
  TENANT,
  timelineOf,
  useFeedStore,
  whileFailing,
} from '../../test/feed.ts';
import { DAMAGES, writeDamaged } from '../../test/unreadable.ts';
import { openStore } from '../store.ts';

useFeedStore();

/** Nothing of a tenant may be later than this because of another. */
const LATE_MS = 1_000;

/** What a reader has of a conversation after its first entry. */
const kindsOf = (reader: Reader, conversationId: string) =>
  reader.seen.flatMap(({ entry }) =>
    entry.conversationId === conversationId && entry.seq > 1 ? [`${entry.seq} ${entry.kind}`] : [],
  );

const idOf = (reader: Reader, seq: number) => reader.seen.findLast(({ entry }) => entry.seq === seq)?.id;

const setLastSeq = (conversationId: string, lastSeq: unknown) =>
  store.collections.conversations
    .acrossTenants('test')
    .updateOne(
      { _id: new ObjectId(conversationId) },
      { $set: { lastSeq } },
      { bypassDocumentValidation: true },
    );

test.each(DAMAGES)('%s costs its tenant one unknown entry, and nobody else anything', async (_, damage) => {
  const damaged = await conversation();
  const healthy = await conversation(OTHER);
  await using own = follow(damaged);
  await using ownTenant = followTenant();
  await using other = followTenant(undefined, undefined, OTHER);
  await attached(3);

  const { id: _id, ...place } = await writeDamaged(damaged, damage);
  await say(healthy, undefined, store, OTHER);
  await other.until(({ seqs }) => seqs.includes(2), LATE_MS);
  await say(damaged);
  for (const reader of [own, ownTenant]) {
    await reader.until(({ seqs }) => seqs.includes(3));
    expect(kindsOf(reader, damaged)).toEqual(['2 unknown', '3 message']);
    expect(reader.seen.find(({ entry }) => entry.kind === 'unknown')?.entry).toEqual({
      kind: 'unknown',
      conversationId: damaged,
      ...place,
    });
  }

  await using again = follow(damaged, '1');
  await again.until(({ seqs }) => seqs.includes(3));
  expect(kindsOf(again, damaged)).toEqual(['2 unknown', '3 message']);
  expect((await timelineOf(damaged)).map(({ kind }) => kind)).toEqual(['created', 'unknown', 'message']);
});

test('feeds go on past all of them through a restart of the server', async () => {
  const [damaged, healthy] = [await conversation(), await conversation(OTHER)];
  await using ownTenant = followTenant();
  await using other = followTenant(undefined, undefined, OTHER);
  await attached(2);
  await say(damaged);
  await say(healthy, undefined, store, OTHER);
  await ownTenant.until(({ seqs }) => seqs.includes(2));
  await other.until(({ seqs }) => seqs.includes(2));
  for (const [, damage] of DAMAGES) await writeDamaged(damaged, damage);
  await say(damaged);
  const last = DAMAGES.length + 3;

  const restarted = await openProcess();
  await using own = follow(damaged, '2', restarted.store);
  await using resumed = followTenant(idOf(ownTenant, 2), undefined, TENANT, restarted.store);
  const expected = [...DAMAGES.map((_, index) => `${index + 3} unknown`), `${last} message`];
  for (const reader of [own, resumed]) {
    await reader.until(({ seqs }) => seqs.includes(last));
    expect(kindsOf(reader, damaged)).toEqual(expected);
  }
  await using otherResumed = followTenant(idOf(other, 2), undefined, OTHER, restarted.store);
  await otherResumed.opened;
  await say(healthy, undefined, restarted.store, OTHER);
  await otherResumed.until(({ seqs }) => seqs.includes(3), LATE_MS);
  await restarted.close();
});

test('one whose place cannot be read is passed over, and what comes after it is not', async () => {
  const damaged = await conversation();
  const healthy = await conversation(OTHER);
  await using own = follow(damaged);
  await using ownTenant = followTenant();
  await using other = followTenant(undefined, undefined, OTHER);
  await attached(3);
  for (const damage of [{ seq: 'two' }, { conversationId: 'none' }, { tenantId: 7 }, { _id: 'x', seq: -1 }])
    await writeDamaged(damaged, damage);
  // Of a process that has not written to this conversation before: it counts as the store does.
  await say(damaged, undefined, openStore(connection));
  await say(healthy, undefined, store, OTHER);
  await other.until(({ seqs }) => seqs.includes(2), LATE_MS);
  for (const reader of [own, ownTenant]) {
    await reader.until(({ seqs }) => seqs.includes(6));
    expect(kindsOf(reader, damaged)).toEqual(['6 message']);
  }
});

test('one without an instant, a version or an id has as much of its place as can be read', async () => {
  const damaged = await conversation();
  await using own = follow(damaged);
  await using ownTenant = followTenant();
  await attached(2);
  const { id } = await writeDamaged(damaged, { at: undefined, version: 0 });
  await writeDamaged(damaged, { _id: 'no id', at: 'soon', kind: 'mood' });
  for (const reader of [own, ownTenant]) {
    await reader.until(({ seqs }) => seqs.includes(3));
    const [first, second] = reader.seen
      .filter(({ entry }) => entry.kind === 'unknown')
      .map(({ entry }) => entry);
    const madeAt = new Date(Number.parseInt(id.slice(0, 8), 16) * 1_000).toISOString();
    expect(first).toMatchObject({ seq: 2, version: 1, at: madeAt });
    expect(second).toMatchObject({ seq: 3, version: 3, at: '1970-01-01T00:00:00.000Z' });
  }
  await using resumed = followTenant(idOf(ownTenant, 3));
  await resumed.opened;
  await say(damaged);
  await resumed.until(({ seqs }) => seqs.includes(4));
  expect(kindsOf(resumed, damaged)).toEqual(['4 message']);
});

test('a reader comes back after one that its conversation does not count', async () => {
  const damaged = await conversation();
  await using own = follow(damaged);
  await own.opened;
  await writeDamaged(damaged, { kind: 'mood' });
  await setLastSeq(damaged, 1);
  await own.until(({ seqs }) => seqs.includes(2));
  await using again = follow(damaged, '2');
  await again.opened;
  expect(again.failure).toBeNull();
  await using invalid = follow(damaged, '3');
  await expect(invalid.until(() => false)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
});

test('a number far beyond the conversation hides none of what comes after it', async () => {
  const damaged = await conversation();
  await using own = follow(damaged);
  await own.opened;
  await writeDamaged(damaged, { seq: 1_000_000 });
  await setLastSeq(damaged, 1);
  await say(damaged);
  await own.until(({ seqs }) => seqs.includes(2));
  await using again = follow(damaged, '1');
  await again.until(({ seqs }) => seqs.includes(2));
  expect(kindsOf(again, damaged)).toEqual(['2 message']);
});

test('a feed of some kinds has unknown entries where it asks for them', async () => {
  const damaged = await conversation();
  await using messages = followTenant(undefined, ['message']);
  await using unknown = followTenant(undefined, ['unknown']);
  await attached(2);
  await writeDamaged(damaged, { text: 7 });
  await say(damaged);
  await messages.until(({ seqs }) => seqs.includes(3));
  await unknown.until(({ seqs }) => seqs.includes(2));
  expect(kindsOf(messages, damaged)).toEqual(['3 message']);
  expect(kindsOf(unknown, damaged)).toEqual(['2 unknown']);
});

test('is told once, without a word of it, whoever meets it and however often', async () => {
  const onUnreadable = vi.fn();
  const told = openStore({
    client: connection.client,
    db: connection.db,
    feedDb: feedConnection.db,
    onUnreadable,
  });
  const damaged = await conversation();
  expect(await told.admin.stats(TENANT, {})).not.toHaveProperty('unreadable');
  await using reader = follow(damaged, undefined, told);
  await reader.opened;
  const { id, seq } = await writeDamaged(damaged, { visibility: 'whispered' });
  await reader.until(({ seqs }) => seqs.includes(2));
  for (let time = 0; time < 3; time += 1)
    await told.timeline.read(TENANT, { conversationId: damaged, limit: 10 });
  expect(onUnreadable.mock.calls).toEqual([
    [
      {
        collection: 'timeline',
        id,
        tenantId: TENANT,
        conversationId: damaged,
        seq,
        field: 'visibility',
        untold: 0,
      },
    ],
  ]);
  expect(await told.admin.stats(TENANT, {})).toMatchObject({ unreadable: 1 });
  expect(await told.admin.stats(OTHER, {})).not.toHaveProperty('unreadable');
  await told.feed.close();
});

test('a conversation that cannot be read has no feed', async () => {
  const damaged = await conversation();
  await setLastSeq(damaged, 'one');
  await using reader = follow(damaged);
  await expect(reader.until(() => false)).rejects.toMatchObject({ code: 'UNREADABLE' });
});

test('a message that cannot be looked up again is read by its own readers, and the others go on', async () => {
  const own = await conversation();
  const healthy = await conversation(OTHER);
  await using reader = follow(own);
  await using other = followTenant(undefined, undefined, OTHER);
  await attached(2);
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  try {
    await whileFailing({ failCommands: ['find'], times: 1, errorCode: 2 }, async () => {
      await say(own);
      await say(healthy, undefined, store, OTHER);
      await other.until(({ seqs }) => seqs.includes(2), LATE_MS);
      await reader.until(({ seqs }) => seqs.includes(2));
    });
  } finally {
    clock.mockRestore();
  }
});

test('readers are let go when mongod is silent, so that none takes what it has for the latest', async () => {
  const own = await conversation();
  await using reader = follow(own);
  await attached(1);
  await whileFailing(
    { failCommands: ['getMore'], times: 1, blockConnection: true, blockTimeMS: 7_500 },
    async () => {
      await expect(reader.until(() => false, 9_000)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await say(own);
      await using again = follow(own, '1');
      await again.until(({ seqs }) => seqs.includes(2), 9_000);
    },
  );
});
