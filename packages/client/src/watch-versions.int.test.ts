import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import {
  customerSays,
  expectEqualToStore,
  newConversation,
  numbers,
  record,
  seqsOf,
} from '../test/watching.ts';
import type { ConversationReplica } from './watch.ts';

let server: TestServer;
const open: ConversationReplica[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());
afterEach(() => {
  for (const replica of open.splice(0)) replica.close();
});

async function watch(conversationId: string, fetch?: typeof globalThis.fetch): Promise<ConversationReplica> {
  const replica = server.connect({ ...(fetch && { fetch }) }).watch(conversationId);
  open.push(replica);
  await replica.until(({ status }) => status === 'live');
  return replica;
}

/** What a newer server writes: an entry of a new kind that changes the conversation, after `skipped` places. */
async function writeMood(conversationId: string, { skipped = 0, isCounted = true } = {}): Promise<void> {
  const conversations = server.db.collection('conversations');
  const found = await conversations.find().toArray();
  const before = found.find(({ _id }) => _id.toHexString() === conversationId);
  if (before === undefined) throw new Error('No such conversation');
  const place = { seq: before['lastSeq'] + 1 + skipped, version: before['version'] + 1, at: new Date() };
  const counted = { _id: before._id };
  await conversations.updateOne(isCounted ? counted : { ...counted, lastSeq: -1 }, {
    $set: { lastSeq: place.seq, version: place.version, updatedAt: place.at, tags: ['merry'] },
  });
  const { tenantId, channel } = before;
  const entry = { tenantId, channel, conversationId: before._id, ...place, actor: { kind: 'system' } };
  await server.db
    .collection('timeline')
    .insertOne({ ...entry, kind: 'mood', mood: 'merry' }, { bypassDocumentValidation: true });
}

describe('a replica that meets an entry that it does not know', () => {
  test('says so, and shows what the server has made of it', async () => {
    const conversationId = await newConversation(server);
    const replica = await watch(conversationId);
    expect(replica.state).not.toHaveProperty('hasUnknown');
    const states = record(replica);
    await writeMood(conversationId);
    await replica.until(({ status, hasUnknown }) => status === 'live' && hasUnknown === true);
    expect(states.map(({ status }) => status)).toContain('reloading');
    expect(replica.state.conversation?.tags).toEqual(['merry']);
    await customerSays(server, conversationId, 'And then?');
    await replica.until((state) => state.entries.length === 4);
    expect(replica.state.entries.map(({ kind }) => kind)).toEqual([
      'created',
      'message',
      'unknown',
      'message',
    ]);
    await expectEqualToStore(server, replica);
    // What it shows as live is never without what it could not fold.
    for (const { status, conversation, entries } of states)
      if (status === 'live' && (conversation?.lastSeq ?? 0) >= 3) {
        expect(conversation?.tags).toEqual(['merry']);
        expect(entries.map(({ seq }) => seq)).toEqual(numbers(conversation?.lastSeq ?? 0));
      }
  });

  test('begins with it where it is there already', async () => {
    const conversationId = await newConversation(server);
    await writeMood(conversationId);
    const replica = await watch(conversationId);
    expect(replica.state).toMatchObject({ hasUnknown: true, conversation: { tags: ['merry'] } });
  });

  test('of a newer server that calls it by its name has it as unknown', async () => {
    const conversationId = await newConversation(server);
    const asMood = (text: string) => text.replaceAll('"kind":"details"', '"kind":"mood"');
    const replica = await watch(conversationId, async (input, init) => {
      const response = await fetch(input, init);
      const texts = response.body
        ?.pipeThrough(new TextDecoderStream())
        .pipeThrough(
          new TransformStream<string, string>({ transform: (text, to) => to.enqueue(asMood(text)) }),
        )
        .pipeThrough(new TextEncoderStream());
      const { status, headers } = response;
      const answer = new Response(texts ?? null, { status, headers });
      return Object.defineProperty(answer, 'url', { value: response.url });
    });
    await server.baton.api.conversations.update.mutate({ conversationId, tags: ['merry'] });
    await replica.until(({ status, hasUnknown }) => status === 'live' && hasUnknown === true);
    expect(replica.state.entries.map(({ kind }) => kind)).toEqual(['created', 'message', 'unknown']);
    expect(replica.state.conversation?.tags).toEqual(['merry']);
  });

  test('that the conversation does not count has it in its place, and goes on', async () => {
    const conversationId = await newConversation(server);
    const replica = await watch(conversationId);
    await writeMood(conversationId, { isCounted: false });
    await replica.until(({ status, hasUnknown }) => status === 'live' && hasUnknown === true);
    expect(seqsOf(replica.state)).toEqual(numbers(3));
    expect(replica.state.conversation).toMatchObject({ lastSeq: 3, tags: [] });
  });
});

test('a replica whose feed has a gap reads the conversation again', async () => {
  const conversationId = await newConversation(server);
  const replica = await watch(conversationId);
  await writeMood(conversationId, { skipped: 1 });
  await replica.until(({ status, conversation }) => status === 'live' && conversation?.lastSeq === 4);
  expect(seqsOf(replica.state)).toEqual([1, 2, 4]);
});

test('a replica that is connected again is not live before it has what it missed', async () => {
  const conversationId = await newConversation(server);
  let held: PromiseWithResolvers<void> | null = null;
  const streams = new Set<AbortController>();
  const replica = await watch(conversationId, async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    if (url.includes('conversations.get')) await held?.promise;
    if (!url.includes('/feed.')) return fetch(input, init);
    const cut = new AbortController();
    streams.add(cut);
    const signals = [cut.signal, ...(init?.signal ? [init.signal] : [])];
    return fetch(input, { ...init, signal: AbortSignal.any(signals) });
  });
  held = Promise.withResolvers();
  const states = record(replica);
  for (const stream of streams) stream.abort(new TypeError('The connection broke'));
  await customerSays(server, conversationId, 'Meanwhile');
  await replica.until((state) => state.entries.length === 3);
  expect(replica.state.status).toBe('reconnecting');
  held.resolve();
  await replica.until(({ status }) => status === 'live');
  const afterBreak = states.slice(states.findIndex(({ status }) => status === 'reconnecting'));
  for (const { status, conversation } of afterBreak)
    if (status === 'live') expect(conversation?.lastSeq).toBe(3);
});
