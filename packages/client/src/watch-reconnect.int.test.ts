import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';
import { Gate } from '../test/gate.ts';
import {
  customerSays,
  expectEqualToStore,
  newConversation,
  numbers,
  record,
  seqsOf,
  textsOf,
} from '../test/watching.ts';
import type { Baton } from './client.ts';
import type { ConversationReplica } from './watch.ts';

let server: TestServer;
let gate: Gate;
let baton: Baton;
const open: ConversationReplica[] = [];

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => {
  gate = new Gate();
  baton = server.connect({ fetch: gate.fetch });
});
afterEach(() => {
  gate.releaseAnswers();
  gate.releaseFeed();
  for (const replica of open.splice(0)) replica.close();
});

const conversation = () => newConversation(server);
const say = (conversationId: string, text: string) => customerSays(server, conversationId, text);

async function watch(conversationId: string, by = baton): Promise<ConversationReplica> {
  const replica = by.watch(conversationId);
  open.push(replica);
  await replica.until(({ status }) => status === 'live');
  return replica;
}

const internal = {
  error: { message: 'Broken', code: -32_603, data: { baton: { code: 'INTERNAL' } } },
};

describe('a broken connection', () => {
  test('is noticed, and nothing is missed or twice once it is back', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    const states = record(replica);
    gate.cut();
    for (const text of ['one', 'two', 'three']) await say(conversationId, text);
    await replica.until((state) => textsOf(state).length === 4);
    await replica.until(({ status }) => status === 'live');
    expect(states.map(({ status }) => status)).toContain('reconnecting');
    expect(seqsOf(replica.state)).toEqual(numbers(5));
    await expectEqualToStore(server, replica);
  });

  test('through a restart of the server on the same port is bridged', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    await server.stop();
    await replica.until(({ status }) => status === 'reconnecting');
    await server.start();
    await say(conversationId, 'After the restart');
    await replica.until((state) => textsOf(state).includes('After the restart') && state.status === 'live');
    expect(seqsOf(replica.state)).toEqual(numbers(3));
    await say(conversationId, 'And on');
    await replica.until((state) => textsOf(state).includes('And on'));
    await expectEqualToStore(server, replica);
  });

  test('behind a proxy that answers for the server is tried again', async () => {
    const conversationId = await conversation();
    const replica = await watch(conversationId);
    gate.instead = () => new Response('Bad gateway', { status: 502 });
    gate.cut();
    await replica.until(({ status }) => status === 'reconnecting');
    await eventually(() => gate.requests.filter((url) => url.includes('/feed.')).length >= 3, 10_000);
    expect(replica.state.status).toBe('reconnecting');
    await say(conversationId, 'Meanwhile');
    gate.instead = null;
    await replica.until((state) => state.status === 'live' && textsOf(state).includes('Meanwhile'));
    await expectEqualToStore(server, replica);
  });

  test('behind such a proxy, or a server that breaks, ends no feed, and nothing is missed or twice', async () => {
    const conversationId = await conversation();
    const seqs: number[] = [];
    const states: string[] = [];
    const failures: unknown[] = [];
    const feed = baton.api.feed.conversation.subscribe(
      { conversationId },
      {
        onData: ({ data }) => seqs.push(data.seq),
        onConnectionStateChange: ({ state }) => states.push(state),
        onError: (error) => failures.push(error),
      },
    );
    await eventually(() => states.includes('pending'));
    await say(conversationId, 'Before');
    await eventually(() => seqs.length === 1);
    const broken = () => Response.json([internal], { status: 500 });
    const answers = [() => new Response('Bad gateway', { status: 502 }), broken];
    gate.instead = () => (answers.shift() ?? broken)();
    gate.cut();
    await eventually(() => gate.requests.length >= 3, 10_000);
    await say(conversationId, 'Meanwhile');
    gate.instead = null;
    await eventually(() => seqs.length === 2, 10_000);
    expect(seqs).toEqual([3, 4]);
    expect(failures).toEqual([]);
    feed.unsubscribe();
  });
});

test.each([
  ['is away', () => new Response('Bad gateway', { status: 502 })],
  ['breaks', () => Response.json([internal], { status: 500 })],
])('a replica that is opened while the server %s is there once it is back', async (_, instead) => {
  const conversationId = await conversation();
  gate.instead = instead;
  const replica = server.connect({ fetch: gate.fetch, attempts: 1 }).watch(conversationId);
  open.push(replica);
  await eventually(() => gate.requests.length >= 3);
  expect(replica.state).toMatchObject({ status: 'loading', error: null });
  gate.instead = null;
  await replica.until(({ status }) => status === 'live');
  await expectEqualToStore(server, replica);
});

describe('what will never work', () => {
  test.each([
    ['of nobody', () => baton, 'NOT_FOUND'],
    ['without a key', () => server.connect({ apiKey: undefined }), 'UNAUTHORIZED'],
    ['with a wrong key', () => server.connect({ apiKey: 'baton_wrong' }), 'UNAUTHORIZED'],
  ])('a replica %s fails, with its reason', async (_, client, code) => {
    const replica = client().watch('f'.repeat(24));
    open.push(replica);
    const failed = replica.until(({ status }) => status === 'live');
    await expect(failed).rejects.toMatchObject({ data: { baton: { code } } });
    expect(replica.state).toMatchObject({
      status: 'failed',
      conversation: null,
      error: { data: { baton: { code } } },
    });
  });

  test('a key that was revoked while it was read with fails at the next connection', async () => {
    const apiKey = await server.createKey('app');
    const { items } = await server.store.apiKeys.list('acme' as never, { limit: 1 });
    const conversationId = await conversation();
    const replica = await watch(conversationId, server.connect({ apiKey, fetch: gate.fetch }));
    const [key] = items;
    if (key === undefined) throw new Error('The key is not listed');
    await server.store.apiKeys.revoke('acme' as never, { keyId: key.id });
    await server.stop();
    await server.start();
    await expect(replica.until(() => false)).rejects.toMatchObject({
      data: { baton: { code: 'UNAUTHORIZED' } },
    });
    const requests = gate.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(gate.requests).toHaveLength(requests);
    expect(replica.state.conversation?.id).toBe(conversationId);
  });

  const page = { headers: { 'content-type': 'text/html' } };

  test.each([
    ['refuses', { status: 404 }, 'Non-200 status code (404)'],
    ['has a page for every path', { status: 200, ...page }, 'Invalid content type'],
  ])('an address where something else %s fails', async (_, init, reason) => {
    gate.instead = () => new Response('<h1>Hello</h1>', init);
    const replica = server.connect({ fetch: gate.fetch }).watch('f'.repeat(24));
    open.push(replica);
    await expect(replica.until(({ status }) => status === 'live')).rejects.toThrow(
      `${server.url} answered with status ${init.status}, and not as Baton does`,
    );
    expect(replica.state.status).toBe('failed');
    expect(gate.requests).toHaveLength(1);
    const feed = Promise.withResolvers<unknown>();
    baton.api.feed.tenant.subscribe({}, { onError: feed.resolve });
    expect(await feed.promise).toMatchObject({ message: expect.stringContaining(reason) });
  });

  test('an id that is none is refused at once', () => {
    expect(() => baton.watch('conversation-1')).toThrow('24 lower-case hex digits');
  });
});
