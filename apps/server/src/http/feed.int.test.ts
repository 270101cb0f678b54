import { get } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { appRouter } from '@baton/router';
import { fastifyCookie } from '@fastify/cookie';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import { fastify, type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newContact, startTestServer, TENANT, type TestServer } from '../../test/test-server.ts';
import { AddressLimits } from './address-limits.ts';
import { Authentication } from './authentication.ts';
import { createContexts } from './context.ts';
import { CredentialLimits } from './credential-limits.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { API_HEADERS } from './security-headers.ts';

let server: TestServer;
/** The same procedures on the same store, through tRPC's own adapter. */
let trpc: FastifyInstance;
let trpcUrl: string;

beforeAll(async () => {
  server = await startTestServer();
  trpc = fastify();
  await trpc.register(fastifyCookie);
  const contexts = createContexts({
    addresses: new AddressLimits(DEFAULT_LIMITS, () => ''),
    store: server.store,
    readiness: () => server.store.readiness(),
    limitsOf: (credential) => new CredentialLimits(DEFAULT_LIMITS).of(credential),
    report: () => undefined,
    startedAt: 0,
    validatesAnswers: true,
    companySignIn: null,
    answerBytes: 8_000_000,
    authentication: new Authentication(server.store, { checkEveryMs: 200 }),
  });
  trpc.all<{ Params: { path: string } }>('/trpc/:path', (req, res) =>
    fastifyRequestHandler({
      router: appRouter,
      req,
      res,
      path: req.params.path,
      allowMethodOverride: true,
      createContext: () => contexts.ofRequest(req, res, 1),
    }),
  );
  trpcUrl = await trpc.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  trpc.server.closeAllConnections();
  await trpc.close();
  await server[Symbol.asyncDispose]();
});

type Request = { path: string; search?: string; headers?: Record<string, string>; key?: string | null };

/** What our own server tells beside tRPC's headers: of the request, of limits, and what a browser may do with the answer. */
const OURS = new Set(['date', 'x-request-id', 'ratelimit', 'ratelimit-policy', ...Object.keys(API_HEADERS)]);

/** Reads a feed until it has come so far, or has ended. */
async function read(url: string, request: Request, until: (text: string) => boolean) {
  const { path, search = '', headers, key = server.key } = request;
  const closed = new AbortController();
  const response = await fetch(`${url}/trpc/${path}${search}`, {
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...headers },
    signal: closed.signal,
  });
  const told = Object.fromEntries(
    [...response.headers].filter(([name]) => !OURS.has(name) || (name === 'cache-control' && response.ok)),
  );
  let text = '';
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (until(text)) break;
  }
  closed.abort();
  return { status: response.status, headers: told, text: text.replace(/^retry: \d+\n\n/, '') };
}

const both = async (request: Request, until: (text: string) => boolean = () => false) =>
  Promise.all([read(server.url, request, until), read(trpcUrl, request, until)]);

const inputOf = (input: unknown) => `?input=${encodeURIComponent(JSON.stringify(input))}`;

async function conversation(messages: number): Promise<string> {
  const { api } = server.baton;
  const { id } = await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
  for (let number = 1; number <= messages; number += 1) {
    await api.messages.append.mutate({
      conversationId: id,
      clientMessageId: `${number}`,
      author: { kind: 'customer' },
      text: `Größe ${number}?\n„Ja“ 🙂`,
    });
  }
  return id;
}

describe('a feed has the status, headers and bytes of tRPC’s own adapter', () => {
  test.each([
    ['an id in the input', (id: string) => ({ search: inputOf({ conversationId: id, lastEventId: '2' }) })],
    [
      'an id in the header of an event source',
      (id: string) => ({ search: inputOf({ conversationId: id }), headers: { 'last-event-id': '3' } }),
    ],
    [
      'an id in the address',
      (id: string) => ({ search: `${inputOf({ conversationId: id })}&lastEventId=1` }),
    ],
    [
      'a content type that says JSON',
      (id: string) => ({
        search: inputOf({ conversationId: id, lastEventId: '0' }),
        headers: { 'content-type': 'application/json' },
      }),
    ],
  ])('for one who comes back with %s', async (_, requestOf) => {
    const id = await conversation(5);
    const request = { path: 'feed.conversation', ...requestOf(id) };
    const [own, theirs] = await both(request, (text) => text.includes('id: 6\n'));
    expect(own).toEqual(theirs);
    expect(own.headers['content-type']).toBe('text/event-stream');
  });

  test('for all of a tenant, as it happens', async () => {
    const reading = both({ path: 'feed.tenant', search: inputOf({ kinds: ['message'] }) }, (text) =>
      text.includes('Größe 2?'),
    );
    await expect.poll(() => server.store.feed.subscriptions).toBe(2);
    await conversation(2);
    const [own, theirs] = await reading;
    expect(own).toEqual(theirs);
  });

  test.each<[string, Request]>([
    [
      'no such conversation',
      { path: 'feed.conversation', search: inputOf({ conversationId: 'f'.repeat(24) }) },
    ],
    ['an input that is wrong', { path: 'feed.conversation', search: inputOf({ conversation: 1 }) }],
    ['an input that is no object', { path: 'feed.tenant', search: inputOf(['x']) }],
    ['no input', { path: 'feed.conversation' }],
    ['an empty input', { path: 'feed.conversation', search: '?input=' }],
    ['an input that is no JSON', { path: 'feed.conversation', search: '?input=%7B' }],
    ['an id of another feed', { path: 'feed.tenant', search: '?input=%7B%7D&lastEventId=1' }],
    ['an id and no input', { path: 'feed.tenant', headers: { 'last-event-id': 'x' } }],
    ['no key', { path: 'feed.tenant', search: '?input=%7B%7D', key: null }],
    ['an unknown key', { path: 'feed.tenant', search: '?input=%7B%7D', key: 'baton_unknown' }],
    ['a batch', { path: 'feed.tenant', search: '?batch=1&input=%7B%7D' }],
    ['another form of stream', { path: 'feed.tenant', headers: { 'trpc-accept': 'application/jsonl' } }],
    ['another content type', { path: 'feed.tenant', headers: { 'content-type': 'text/plain' } }],
  ])('for %s', async (_, request) => {
    const [own, theirs] = await both(request);
    // tRPC names no type for a request that it refuses as a whole, and Node takes it for a text.
    const type = (theirs.headers['content-type'] ?? '').replace(
      'text/plain;charset=UTF-8',
      'application/json',
    );
    expect(own).toEqual({ ...theirs, headers: { ...theirs.headers, 'content-type': type } });
    expect(own.text).toMatch(/"code":/);
  });
});

test('a feed ends with what is wrong once its key is revoked, as with tRPC’s own adapter', async () => {
  const revoking = await startTestServer({ checkCredentialsEveryMs: 50 });
  const key = await revoking.createKey('app');
  const reading = read(revoking.url, { path: 'feed.tenant', search: '?input=%7B%7D', key }, () => false);
  await expect.poll(() => revoking.store.feed.subscriptions).toBe(1);
  const [newest] = (await revoking.store.apiKeys.list(TENANT, { limit: 1 })).items;
  if (newest === undefined) throw new Error('there is a key');
  await revoking.store.apiKeys.revoke(TENANT, { keyId: newest.id });
  const { text } = await reading;
  expect(text).toMatch(/event: serialized-error\ndata: \{.*"UNAUTHORIZED".*\}\n\n\n$/);
  await revoking[Symbol.asyncDispose]();
});

test('a reader that goes away is forgotten', async () => {
  const id = await conversation(0);
  await read(server.url, { path: 'feed.conversation', search: inputOf({ conversationId: id }) }, (text) =>
    text.includes('event: connected'),
  );
  await expect.poll(() => server.store.feed.subscriptions).toBe(0);
});

test('a tenant has so many feeds open and no more', async () => {
  const limited = await startTestServer({ feedsOfATenant: 1 });
  const open = { path: 'feed.tenant', search: '?input=%7B%7D', key: limited.key };
  const first = read(limited.url, open, (text) => text.includes('event: ping'));
  await expect.poll(() => limited.store.feed.subscriptions).toBe(1);
  const { text } = await read(limited.url, open, () => false);
  expect(text).toMatch(/event: serialized-error\ndata: \{.*"RATE_LIMITED".*"limit":1/);
  await limited.stop();
  await first;
  await limited[Symbol.asyncDispose]();
});

test.each([
  ['a key', (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })],
  // Fastify answers it.
  ['a key and a cookie', (key: string) => ({ authorization: `Bearer ${key}`, cookie: 'theme=dark' })],
])('a feed with %s is not opened for a client that is gone before its key is known', async (_, headersOf) => {
  await using own = await startTestServer();
  const looking = Promise.withResolvers<void>();
  const found = Promise.withResolvers<void>();
  const authenticate = own.store.apiKeys.authenticate.bind(own.store.apiKeys);
  vi.spyOn(own.store.apiKeys, 'authenticate').mockImplementation(async (key) => {
    looking.resolve();
    await found.promise;
    return authenticate(key);
  });
  const opened = vi.spyOn(own.store.feed, 'tenant');
  const leaving = new AbortController();
  const { signal } = leaving;
  const headers = headersOf(own.key);
  const reading = fetch(`${own.url}/trpc/feed.tenant?input=%7B%7D`, { headers, signal }).catch(() => null);
  await looking.promise;
  leaving.abort();
  await reading;
  await sleep(100);
  found.resolve();
  await sleep(100);
  expect(opened).not.toHaveBeenCalled();
});

test('a request for a feed that says it has a body is answered as by tRPC’s own adapter', async () => {
  const request = {
    path: 'feed.conversation',
    search: inputOf({ conversation: 1 }),
    headers: { 'content-length': '0' },
  };
  const raw = (url: string) =>
    new Promise<string>((resolve, reject) => {
      const path = `/trpc/${request.path}${request.search}`;
      const headers = { ...request.headers, authorization: `Bearer ${server.key}` };
      get(url + path, { headers }, (response) => resolve(textOf(response))).on('error', reject);
    });
  expect((await raw(server.url)).replace(/^retry: \d+\n\n/, '')).toBe(await raw(trpcUrl));
});
