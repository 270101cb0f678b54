import { Conversation, type ConversationId, Entry, ListConversations, ReadTimeline } from '@baton/schema';
import { expect, test } from 'vitest';
import {
  attached,
  connection,
  conversation,
  follow,
  followTenant,
  message,
  numbers,
  openProcess,
  say,
  store,
  TENANT,
  useFeedStore,
} from '../../test/feed.ts';
import { laterMigrations, nextCollections, nextMigrations, writeNext } from '../../test/next-version.ts';
import { openStore, type Store } from '../store.ts';
import { migrate } from './migrations.ts';

useFeedStore();

/** What was said and acknowledged, by conversation. */
type Acknowledged = Map<ConversationId, string[]>;

/** Says one message after the other, and reads between them, until it is stopped. */
async function work(by: Store, conversationId: ConversationId, said: Acknowledged, isOver: () => boolean) {
  while (!isOver()) {
    const { text } = message(`said ${said.get(conversationId)?.length ?? 0}`);
    const { entries, conversation: after } = await say(conversationId, text, by);
    Conversation.parse(after);
    for (const entry of entries)
      if (entry.kind === 'message') said.get(conversationId)?.push(entry.clientMessageId);
    const { contact: _contact, ...read } = await by.conversations.get(TENANT, { conversationId });
    Conversation.parse(read);
    const page = await by.timeline.read(TENANT, ReadTimeline.parse({ conversationId }));
    for (const entry of page.items) Entry.parse(entry);
    await by.conversations.list(TENANT, ListConversations.parse({}));
  }
}

test('two versions serve one store through a migration, under load, without an error', async () => {
  const other = await openProcess();
  const processes = [store, other.store];
  const conversations = await Promise.all(numbers(1, 6).map(() => conversation()));
  const said: Acknowledged = new Map(conversations.map((id) => [id, []]));
  const readers = processes.flatMap((by) => conversations.map((id) => ({ id, reader: follow(id, '0', by) })));
  const tenants = processes.map((by) => followTenant(undefined, undefined, TENANT, by));
  await attached(conversations.length + 1);
  let isOver = false;
  const working = processes.flatMap((by) => conversations.map((id) => work(by, id, said, () => isOver)));

  await migrate(connection.db, { list: nextMigrations, declared: nextCollections });
  const newer = conversations.flatMap((id) => numbers(1, 5).map((number) => ({ id, number })));
  for (const { id, number } of newer) await writeNext(connection, TENANT, id, number);
  isOver = true;
  await Promise.all(working);

  for (const by of processes)
    expect(await by.readiness()).toEqual({ ready: true, mongodb: true, pendingMigrations: [] });
  for (const id of conversations) {
    const { lastSeq, metrics } = await store.conversations.get(TENANT, { conversationId: id });
    const timeline = [];
    for (let afterSeq = 0; afterSeq < lastSeq; afterSeq += 500) {
      const input = ReadTimeline.parse({ conversationId: id, afterSeq, limit: 500 });
      timeline.push(...(await other.store.timeline.read(TENANT, input)).items);
    }
    expect(timeline.map(({ seq }) => seq)).toEqual(numbers(1, lastSeq));
    const messages = timeline.flatMap((entry) => (entry.kind === 'message' ? [entry.clientMessageId] : []));
    expect(messages.toSorted()).toEqual(
      [...(said.get(id) ?? []), ...numbers(1, 5).map((n) => `next-${n}`)].toSorted(),
    );
    expect(metrics.messages).toBe(messages.length);
    expect(timeline.filter(({ kind }) => kind === 'unknown')).toHaveLength(5);
    for (const { reader } of readers.filter((one) => one.id === id)) {
      await reader.until(({ seqs }) => seqs.length === lastSeq);
      expect(reader.seen.map(({ entry }) => entry)).toEqual(timeline);
    }
    for (const tenant of tenants) {
      const ofConversation = () => tenant.seen.filter(({ entry }) => entry.conversationId === id);
      await tenant.until(() => ofConversation().at(-1)?.entry.seq === lastSeq);
      const [first = 0] = ofConversation().map(({ entry }) => entry.seq);
      expect(ofConversation().map(({ entry }) => entry)).toEqual(timeline.slice(first - 1));
    }
  }
  for (const { reader } of readers) await reader[Symbol.asyncDispose]();
  for (const tenant of tenants) await tenant[Symbol.asyncDispose]();
  await other.close();
}, 90_000);

test('a store that a version has changed too much for this one is not served by it, and by that one it is', async () => {
  await migrate(connection.db, { list: laterMigrations, declared: nextCollections });
  expect(await store.readiness()).toEqual({
    ready: false,
    mongodb: true,
    pendingMigrations: [],
    newerMigrations: ['9002-without-lists'],
  });
  const { client, db } = connection;
  for (const migrations of [nextMigrations, laterMigrations]) {
    expect(await openStore({ client, db, migrations }).readiness()).toMatchObject({ ready: true });
  }
});
