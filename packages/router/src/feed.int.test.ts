import { Refusal } from '@baton/domain';
import { openCollections, resumeTenant, suspendTenant } from '@baton/repository';
import type { Entry } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Baton,
  eventually,
  newContact,
  OTHER_TENANT,
  refusalOf,
  startTestServer,
  TENANT,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

const CHECK_EVERY_MS = 100;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ checkCredentialsEveryMs: CHECK_EVERY_MS });
});
afterAll(() => server[Symbol.asyncDispose]());

type Reader = { seen: { id: string; entry: Entry }[]; errors: unknown[]; isLive: boolean; stop: () => void };

function read(
  open: (handlers: {
    onData: (tracked: { id: string; data: Entry }) => void;
    onError: (error: unknown) => void;
    onStarted: () => void;
  }) => { unsubscribe: () => void },
): Reader {
  const reader: Reader = { seen: [], errors: [], isLive: false, stop: () => undefined };
  const subscription = open({
    onData: ({ id, data }) => reader.seen.push({ id, entry: data }),
    onError: (error) => reader.errors.push(error),
    onStarted: () => (reader.isLive = true),
  });
  reader.stop = () => subscription.unsubscribe();
  return reader;
}

const follow = ({ api }: Baton, conversationId: string, lastEventId?: string) =>
  read((handlers) => api.feed.conversation.subscribe({ conversationId, lastEventId }, handlers));

const say = (conversationId: string, text: string) =>
  server.baton.api.messages.append.mutate({
    conversationId,
    clientMessageId: text,
    author: { kind: 'customer' },
    text,
  });

async function conversation(): Promise<string> {
  return (await server.baton.api.conversations.create.mutate({ contactId: newContact(), channel: 'web' })).id;
}

describe('feed.conversation', () => {
  test('brings each new entry with its seq, from now or after the last one that a reader has', async () => {
    const conversationId = await conversation();
    await say(conversationId, 'one');
    const fromNow = follow(server.baton, conversationId);
    const fromStart = follow(server.baton, conversationId, '0');
    await eventually(() => fromNow.isLive && fromStart.seen.length === 2);
    await say(conversationId, 'two');
    await eventually(() => fromNow.seen.length === 1 && fromStart.seen.length === 3);
    expect(fromNow.seen.map(({ id }) => id)).toEqual(['3']);
    expect(fromStart.seen.map(({ id }) => id)).toEqual(['1', '2', '3']);
    const { items } = await server.baton.api.conversations.timeline.query({ conversationId });
    expect(fromStart.seen.map(({ entry }) => entry)).toEqual(items);
    fromNow.stop();
    fromStart.stop();
    await eventually(() => server.store.feed.subscriptions === 0);
  });

  test.each([
    ['another tenant', () => server.stranger, undefined, 'NOT_FOUND'],
    ['one without a key', () => server.connect({ apiKey: undefined }), undefined, 'UNAUTHORIZED'],
    ['a place that is none', () => server.baton, 'two', 'INVALID_CURSOR'],
    ['a place that nobody has reached', () => server.baton, '99', 'INVALID_CURSOR'],
  ])('is refused to %s, for good', async (_, client, lastEventId, code) => {
    const reader = follow(client(), await conversation(), lastEventId);
    await eventually(() => reader.errors.length > 0);
    expect(reader.errors).toMatchObject([{ data: { baton: { code } } }]);
    expect(reader.seen).toEqual([]);
  });
});

describe('feed.tenant', () => {
  test('brings what happens in all conversations of the tenant, by kind where it is asked', async () => {
    const all = read((handlers) => server.baton.api.feed.tenant.subscribe({}, handlers));
    const messages = read((handlers) =>
      server.baton.api.feed.tenant.subscribe({ kinds: ['message'] }, handlers),
    );
    const theirs = read((handlers) => server.stranger.api.feed.tenant.subscribe({}, handlers));
    await eventually(
      () => all.isLive && messages.isLive && theirs.isLive && server.store.feed.subscriptions === 3,
    );
    const [a, b] = [await conversation(), await conversation()];
    await say(a, 'one');
    await say(b, 'two');
    await eventually(() => all.seen.length === 4 && messages.seen.length === 2);
    expect(all.seen.map(({ entry }) => [entry.conversationId, entry.kind])).toEqual([
      [a, 'created'],
      [b, 'created'],
      [a, 'message'],
      [b, 'message'],
    ]);
    expect(theirs.seen).toEqual([]);
    messages.stop();
    await say(a, 'three');
    const last = messages.seen.at(-1);
    const again = read((handlers) =>
      server.baton.api.feed.tenant.subscribe({ kinds: ['message'], lastEventId: last?.id }, handlers),
    );
    await eventually(() => again.seen.length === 1);
    expect(again.seen).toMatchObject([{ entry: { kind: 'message', text: 'three' } }]);
    for (const reader of [all, again, theirs]) reader.stop();
  });

  test.each(['nonsense', '0123456789abcdef01234567.82AB.AAAAAAAAAAAAAAAA'])(
    'refuses the place %j, which it never gave',
    async (lastEventId) => {
      const reader = read((handlers) => server.baton.api.feed.tenant.subscribe({ lastEventId }, handlers));
      await eventually(() => reader.errors.length > 0);
      expect(reader.errors).toMatchObject([{ data: { baton: { code: 'INVALID_CURSOR' }, httpStatus: 400 } }]);
    },
  );
});

describe('a feed that is open', () => {
  /** A client with a key of its own, and what revokes the key. */
  async function withKey() {
    const apiKey = await server.createKey('app');
    const revoke = async () => {
      const { items } = await server.store.apiKeys.list(TENANT, { limit: 100 });
      const own = items.find(({ prefix }) => apiKey.startsWith(prefix));
      if (own === undefined) throw new Error('The key is kept');
      await server.store.apiKeys.revoke(TENANT, { keyId: own.id });
    };
    return { client: server.connect({ apiKey }), end: revoke };
  }

  /** A browser that has signed in, and its sign-out. */
  async function withSession() {
    const { token } = await server.store.sessions.createLink(TENANT, { role: 'app', keyId: null });
    const cookie = `baton_session=${await server.store.sessions.signIn(token)}`;
    const withCookie: typeof fetch = (input, init) =>
      fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie } });
    const client = server.connect({ apiKey: undefined, fetch: withCookie });
    return { client, end: () => client.api.session.signOut.mutate() };
  }

  const followTenant = ({ api }: Baton) => read((handlers) => api.feed.tenant.subscribe({}, handlers));

  test.each([
    ['key is revoked', withKey],
    ['session is signed out', withSession],
  ])('ends for good once its %s, and that of another key goes on', async (_, open) => {
    const conversationId = await conversation();
    const { client, end } = await open();
    const cut = [follow(client, conversationId, '1'), followTenant(client)];
    const other = follow(server.baton, conversationId, '1');
    await eventually(() => server.store.feed.subscriptions === 3);
    await say(conversationId, 'before');
    await eventually(() => [...cut, other].every(({ seen }) => seen.length === 1));
    await end();
    await eventually(() => cut.every(({ errors }) => errors.length > 0));
    for (const { errors } of cut)
      expect(errors).toMatchObject([{ data: { httpStatus: 401, baton: { code: 'UNAUTHORIZED' } } }]);
    await eventually(() => server.store.feed.subscriptions === 1);
    await say(conversationId, 'after');
    await eventually(() => other.seen.length === 2);
    expect(other.errors).toEqual([]);
    for (const { seen, errors } of cut) expect([seen.length, errors.length]).toEqual([1, 1]);
    other.stop();
  });

  test('ends within two seconds once its tenant is suspended, as all of its calls, and those of others go on', async () => {
    const collections = openCollections(server.db);
    const { stranger } = server;
    await stranger.api.agents.list.query({});
    const [cut, other] = [followTenant(stranger), followTenant(server.baton)];
    await eventually(() => server.store.feed.subscriptions === 2);
    const began = performance.now();
    await suspendTenant(collections, OTHER_TENANT);
    await eventually(() => cut.errors.length > 0);
    const suspended = { code: 'TENANT_SUSPENDED', status: 403 };
    expect(await refusalOf(stranger.api.agents.list.query({}))).toMatchObject(suspended);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(cut.errors).toMatchObject([{ data: { httpStatus: 403, baton: { code: 'TENANT_SUSPENDED' } } }]);
    await say(await conversation(), 'after');
    await eventually(() => other.seen.length > 0);
    expect(other.errors).toEqual([]);
    other.stop();
    await resumeTenant(collections, OTHER_TENANT);
    await eventually(() =>
      stranger.api.agents.list.query({}).then(
        () => true,
        () => false,
      ),
    );
  });

  test('outlives a store that cannot say for a while whether its key is good', async () => {
    const conversationId = await conversation();
    const reader = follow(server.baton, conversationId, '1');
    await eventually(() => reader.isLive);
    let looks = 0;
    const lookUp = vi.spyOn(server.store, 'readCredentials').mockImplementation(() => {
      looks += 1;
      return Promise.reject(new Refusal('UNAVAILABLE', 'MongoDB does not answer in time'));
    });
    await eventually(() => looks >= 2);
    lookUp.mockRestore();
    await say(conversationId, 'still here');
    await eventually(() => reader.seen.length === 1);
    expect(reader.errors).toEqual([]);
    reader.stop();
  });
});
