import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batonError, createBaton } from '@baton/client';
import { StoreUnavailable } from '@baton/repository';
import { faultyDatabase, type FaultyDatabase } from '@baton/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  ANA,
  eventually,
  newContact,
  startTestServer,
  TENANT,
  type TestServer,
} from '../test/test-server.ts';
import { createLog } from './observe/log.ts';
import { type ApiKeyId, MAX_BODY_BYTES } from '@baton/schema';
import { startServer } from './server.ts';

const log = pino({ level: 'silent' });

let database: FaultyDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await faultyDatabase();
  server = await startTestServer({ mongodbUri: database.uri });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** One more server on the same store. */
const another = (more: object = {}) => startServer({ mongodbUri: server.mongodbUri, port: 0, log, ...more });

describe('a server', () => {
  test('listens on this machine only, unless it is told', async () => {
    await using local = await another();
    expect(local.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await using open = await another({ host: '0.0.0.0' });
    expect(open.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });

  test('on a port that is taken says so, and leaves nothing running', async () => {
    const port = Number(new URL(server.url).port);
    await expect(another({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect((await server.query('admin.health')).status).toBe(200);
  });

  test('answers what is no procedure in the form of an error of Baton', async () => {
    for (const path of ['/', '/trpc', '/trpc/a/b', '/favicon.ico']) {
      const response = await fetch(`${server.url}${path}`);
      expect([path, response.status, await response.json()]).toMatchObject([
        path,
        404,
        { error: { data: { code: 'NOT_FOUND', baton: { code: 'NOT_FOUND' } } } },
      ]);
    }
  });

  test('answers a request that it cannot read, and stays', async () => {
    const response = await fetch(`${server.url}/trpc/session.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: '<a/>',
    });
    expect([response.status, await response.json()]).toMatchObject([
      415,
      { error: { data: { baton: { code: 'INVALID_INPUT' } } } },
    ]);
    const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1');
    socket.resume().write('NONSENSE\r\n\r\n');
    await once(socket, 'close');
    expect((await server.query('admin.health')).status).toBe(200);
  });

  test('refuses a body over the limit before it reads it', async () => {
    const { hostname, port } = new URL(server.url);
    const headers = { 'content-type': 'application/json', 'content-length': String(MAX_BODY_BYTES + 1) };
    const asked = request({ hostname, port, path: '/trpc/session.signIn', method: 'POST', headers });
    asked.on('error', () => undefined).flushHeaders();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const body: unknown = JSON.parse(Buffer.concat(await response.toArray()).toString());
    asked.destroy();
    expect([response.statusCode, body]).toMatchObject([
      413,
      { error: { data: { baton: { code: 'BODY_TOO_LARGE' } } } },
    ]);
  });

  test('gives a fault before any procedure an id, and shows nothing of it', async () => {
    const lines: string[] = [];
    await using faulty = await another({
      log: createLog({}, { write: (line: string) => void lines.push(line) }),
    });
    vi.spyOn(faulty.store.apiKeys, 'authenticate').mockRejectedValueOnce(new TypeError('hunter2'));
    const response = await fetch(`${faulty.url}/trpc/conversations.create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.key}` },
      body: '{}',
    });
    const body: unknown = await response.json();
    const fault = lines.find((line) => line.includes('errorId'));
    const { errorId } = JSON.parse(fault ?? '{}') as { errorId?: string };
    expect([response.status, body]).toEqual([
      500,
      {
        error: {
          message: `Something went wrong on our side (${errorId})`,
          code: -32_603,
          data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500, baton: { code: 'INTERNAL', errorId } },
        },
      },
    ]);
  });

  test('serves the pages that it is given beside the API', async () => {
    const consoleFolder = await mkdtemp(join(tmpdir(), 'baton-console-'));
    await writeFile(join(consoleFolder, 'index.html'), '<title>Baton</title>');
    await using withPages = await another({ consoleFolder });
    const page = await fetch(withPages.url, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>Baton</title>');
    expect((await fetch(`${withPages.url}/trpc/admin.health`)).status).toBe(200);
    await rm(consoleFolder, { recursive: true });
  });

  test('on a store that cannot be reached does not start, and shows no password', async () => {
    const unreachable = startServer({
      mongodbUri: 'mongodb://root:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=300',
      port: 0,
      log,
    });
    const error = await unreachable.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(String(error)).toContain('127.0.0.1:1');
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });
});

describe('a key', () => {
  test('ends everywhere within two seconds of its revocation: its calls, its sessions, its links, their feeds', async () => {
    await using elsewhere = await another();
    const key = await server.createKey('manager', ANA);
    const [{ id: keyId } = { id: '' as never }] = (await server.store.apiKeys.list(TENANT, { limit: 1 }))
      .items;
    const { api } = createBaton({ url: elsewhere.url, apiKey: key });
    const [first, second] = [await api.session.createLink.mutate(), await api.session.createLink.mutate()];
    const signIn = (token: string) =>
      fetch(`${elsewhere.url}/trpc/session.signIn`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    const [cookie = ''] = ((await signIn(first.token)).headers.getSetCookie()[0] ?? '').split(';', 1);
    const withCookie: typeof fetch = (input, init) =>
      fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie } });
    const browser = createBaton({ url: elsewhere.url, fetch: withCookie });
    expect(await browser.api.session.get.query()).toMatchObject({ tenantId: TENANT });

    const following = [api, browser.api].map((by) => {
      const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
      const { promise: ended, resolve: onError } = Promise.withResolvers<unknown>();
      by.feed.tenant.subscribe({}, { onStarted: () => onStarted(), onError });
      return { started, ended };
    });
    await Promise.all(following.map(({ started }) => started));
    // The other process revokes it.
    const revokedAt = performance.now();
    await server.store.apiKeys.revoke(TENANT, { keyId });
    for (const { ended } of following)
      expect(batonError(await ended)).toMatchObject({ code: 'UNAUTHORIZED' });
    for (const by of [api, browser.api]) {
      const refused = await by.session.get.query().catch((error: unknown) => error);
      expect(batonError(refused)).toMatchObject({ code: 'UNAUTHORIZED' });
    }
    expect(performance.now() - revokedAt).toBeLessThan(2_000);
    expect((await signIn(second.token)).status).toBe(401);
  });

  test('is looked up once for many calls, and ends a moment after it was revoked', async () => {
    const lookUp = vi.spyOn(server.store.apiKeys, 'authenticate');
    const key = await server.createKey('app');
    for (let call = 0; call < 5; call += 1)
      expect((await server.query('session.get', undefined, { key })).status).toBe(200);
    expect(lookUp).toHaveBeenCalledTimes(1);
    const { items } = await server.store.apiKeys.list(TENANT, { limit: 1 });
    await server.store.apiKeys.revoke(TENANT, { keyId: items[0]?.id ?? ('' as never) });
    await eventually(
      async () => (await server.query('session.get', undefined, { key })).status === 401,
      2_000,
    );
    lookUp.mockRestore();
  });

  test('ends a feed that it has opened once it is revoked', async () => {
    await using watchful = await another({ checkCredentialsEveryMs: 50 });
    const key = await server.createKey('app');
    const { items } = await server.store.apiKeys.list(TENANT, { limit: 1 });
    const ended = Promise.withResolvers<unknown>();
    const { api } = createBaton({ url: watchful.url, apiKey: key });
    api.feed.tenant.subscribe(
      {},
      {
        onStarted: () => void server.store.apiKeys.revoke(TENANT, { keyId: items[0]?.id ?? ('' as never) }),
        onError: ended.resolve,
      },
    );
    expect(batonError(await ended.promise)).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test.each([
    [
      'expires',
      () =>
        server.store.collections.api_keys.collection.updateOne(
          { tenantId: TENANT, name: 'expires' },
          { $set: { expiresAt: new Date() } },
        ),
    ],
    [
      'is rotated without an overlap',
      (keyId: ApiKeyId) => server.store.apiKeys.rotate(TENANT, { keyId, overlapMs: 0 }),
    ],
  ])('that %s ends its feed on another process, which has known it for long', async (how, end) => {
    await using watchful = await another({ checkCredentialsEveryMs: 50 });
    const { id, key } = await server.store.apiKeys.create({ tenantId: TENANT, name: how, role: 'app' });
    const ended = Promise.withResolvers<unknown>();
    const { api } = createBaton({ url: watchful.url, apiKey: key });
    api.feed.tenant.subscribe({}, { onStarted: () => void end(id), onError: ended.resolve });
    expect(batonError(await ended.promise)).toMatchObject({ code: 'UNAUTHORIZED' });
    const refused = await api.session.get.query().catch((error: unknown) => error);
    expect(batonError(refused)).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('shows when it was used last, and is written once for many calls', async () => {
    await using watchful = await another({ checkCredentialsEveryMs: 10 });
    const { id, key } = await server.store.apiKeys.create({ tenantId: TENANT, name: 'Used', role: 'app' });
    const noted = vi.spyOn(watchful.store.apiKeys, 'noteUse');
    const { api } = createBaton({ url: watchful.url, apiKey: key });
    const lastUse = async () => (await server.store.apiKeys.list(TENANT, { limit: 1 })).items[0]?.lastUsedAt;
    await eventually(async () => {
      await api.session.get.query();
      return (await lastUse()) !== null;
    });
    const usedAt = await lastUse();
    for (let call = 0; call < 10; call += 1) await api.session.get.query();
    expect(noted.mock.calls).toEqual([[[id]]]);
    await watchful.store.apiKeys.noteUse([id]);
    expect(await lastUse()).toBe(usedAt);
  });

  test.each([
    ['lower case', (key: string) => `bearer ${key}`, 200],
    ['another scheme', (key: string) => `Basic ${key}`, 401],
    ['nothing after the scheme', () => 'Bearer', 401],
    ['something after the key', (key: string) => `Bearer ${key} x`, 401],
    ['a session’s secret', () => 'Bearer session x', 401],
  ])('with %s is %#', async (_, authorization, status) => {
    const headers = { authorization: authorization(server.key) };
    expect((await server.query('session.get', undefined, { key: null, headers })).status).toBe(status);
  });

  test('that is unknown is not asked for where nobody needs it', async () => {
    const lookUp = vi.spyOn(server.store.apiKeys, 'authenticate');
    expect((await server.query('admin.health', undefined, { key: `baton_${'x'.repeat(43)}` })).status).toBe(
      200,
    );
    expect(lookUp).not.toHaveBeenCalled();
    lookUp.mockRestore();
  });
});

describe('a server that stops', () => {
  test('lets go of live feeds within two seconds; they go on at the next server', async () => {
    const stopping = await another();
    const { api } = createBaton({ url: stopping.url, apiKey: server.key });
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    let live = 0;
    const feeds = Array.from({ length: 8 }, () =>
      api.feed.conversation.subscribe(
        { conversationId },
        { onStarted: () => (live += 1), onError: () => undefined },
      ),
    );
    await eventually(() => live === 8);
    const before = performance.now();
    await stopping.close();
    expect(performance.now() - before).toBeLessThan(2_000);
    for (const feed of feeds) feed.unsubscribe();
    await expect(fetch(`${stopping.url}/trpc/admin.health`)).rejects.toThrow('fetch failed');
  });

  test('finishes the calls that run', async () => {
    const stopping = await another();
    const { api } = createBaton({ url: stopping.url, apiKey: server.key, attempts: 1 });
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const slow = { failCommands: ['insert'], times: 1, blockConnection: true, blockTimeMS: 400 };
    await database.whileFailing('timeline', slow, async () => {
      const said = api.messages.append.mutate({
        conversationId,
        clientMessageId: 'm',
        author: { kind: 'customer' },
        text: 'Bye',
      });
      await eventually(() => stopping.store.depth === 1);
      await Promise.all([stopping.close(), stopping.close()]);
      expect((await said).entry.text).toBe('Bye');
    });
  });

  test('with a connection that says nothing does not wait for it', async () => {
    const stopping = await another();
    const socket = connectSocket(Number(new URL(stopping.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const before = performance.now();
    await stopping.close();
    expect(performance.now() - before).toBeLessThan(2_000);
    socket.destroy();
  });
});
