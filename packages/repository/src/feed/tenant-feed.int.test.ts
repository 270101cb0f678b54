import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import {
  attached,
  callerOf,
  conversation,
  conversationAndPlace,
  follow,
  followTenant,
  numbers,
  OTHER,
  redact,
  say,
  sayMany,
  store,
  TENANT,
  timelineOf,
  useFeedStore,
  whileFailing,
} from '../../test/feed.ts';
import { feedId } from './tenant-feed.ts';

useFeedStore();

describe("a tenant's feed", () => {
  test('gives every entry of its conversations in the order of their commits, and nobody else’s', async () => {
    await using reader = followTenant();
    await using theirs = followTenant(undefined, undefined, OTHER);
    await attached(2);
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
    await attached(1);
    const conversations = [await conversation(), await conversation(), await conversation()];
    await Promise.all(conversations.flatMap((id) => [say(id), say(id), say(id)]));
    await all.until(({ seen }) => seen.length === 12);
    const readers = all.seen.map(({ id }) => followTenant(id));
    await attached(13);
    const [last = ''] = conversations;
    await say(last as ConversationId);
    await Promise.all(
      readers.map((reader, position) => reader.until(({ seen }) => seen.length >= 12 - position)),
    );
    await all.until(({ seen }) => seen.length === 13);
    for (const [position, reader] of readers.entries()) {
      expect(reader.seen).toEqual(all.seen.slice(position + 1));
      await reader[Symbol.asyncDispose]();
    }
  });

  test('by kind gives those kinds only, and an id of it leads past the others', async () => {
    await using stages = followTenant(undefined, ['details', 'created']);
    await attached(1);
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
    await attached(1);
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
    await attached(1);
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

describe('an id that was made up, with the right checksum,', () => {
  const now = Math.floor(Date.now() / 1_000);
  const inHex = (seconds: number) => seconds.toString(16).padStart(8, '0').toUpperCase();
  const entryId = `${inHex(now - 60).toLowerCase()}${'0'.repeat(16)}`;
  const token = `82${inHex(now - 60)}00000001`;

  test.each([
    ['whose token is no hexadecimal number', { entryId, token: 'nonsense' }],
    ['whose token is cut', { entryId, token: '82' }],
    ['whose token is in lower case', { entryId, token: `${token}2B022C0100296E04`.toLowerCase() }],
    ['whose token is longer than any', { entryId, token: token.padEnd(2_000, '0') }],
    ['whose token ends after its timestamp', { entryId, token }],
    ['whose token holds what mongod does not know', { entryId, token: `${token}FFFFFFFFFF` }],
    ['whose token lies in the future', { entryId, token: `82FFFFFFF0${token.slice(10)}2B022C0100296E04` }],
    ['whose entry is none', { entryId: 'x'.repeat(24), token: `${token}2B022C0100296E04` }],
    ['whose entry is of the future', { entryId: 'f'.repeat(24), token: `${token}2B022C0100296E04` }],
  ])('%s is refused', async (_, place) => {
    await using refused = followTenant(feedId(TENANT, place));
    await expect(refused.until(() => false)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
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
    await attached(2);
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
    await attached(2);
    await reader.until(({ seqs }) => seqs.length === 1);
    await whileFailing(
      { failCommands: ['getMore', 'aggregate'], errorCode: 8, times: 1_000 },
      async (failed) => {
        // The wait for changes that had begun before comes to its end.
        await failed(1);
        await say(id, SECRET);
        // Until it is too old to be passed on unread.
        await sleep(1_050);
        await redact(id, 2);
      },
    );
    await reader.until(({ seqs }) => seqs.length === 3);
    await events.until(({ seqs }) => seqs.at(-1) === 3);
    const timeline = await timelineOf(id);
    expect(reader.seen.map(({ entry }) => entry)).toEqual(timeline);
    expect(events.seen.map(({ entry }) => entry).slice(-2)).toEqual(timeline.slice(1));
  });
});
