import { Writable } from 'node:stream';
import { startMongod } from '@baton/mongod';
import { StoreUnavailable } from '@baton/repository';
import { AgentId } from '@baton/schema';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  ANA,
  eventually,
  newContact,
  refusalOf,
  startTestServer,
  TENANT,
  type TestServer,
} from '../test/test-server.ts';
import { createLog, faultOf } from './log.ts';
import { repeat } from './repeat.ts';
import { BODY_LIMIT_BYTES, startServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const silent = pino({ level: 'silent' });

/** Posts to a procedure as a page of the console does, and gives the answer with its cookie. */
async function post(path: string, input: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  });
  const cookie = response.headers.get('set-cookie');
  return { status: response.status, cookie, body: await response.text() };
}

const get = async (path: string, headers: Record<string, string>) => {
  const response = await fetch(`${server.url}/trpc/${path}`, { headers });
  return { status: response.status, body: await response.text() };
};

test('a link signs one browser in, once, by a cookie that no script can read', async () => {
  const { token } = await server.baton.api.session.createLink.mutate();
  const { status, cookie } = await post('session.signIn', { token });
  expect(status).toBe(200);
  expect(cookie).toMatch(/^baton_session=[\w-]+;/);
  expect(cookie).toContain('HttpOnly');
  expect(cookie).toContain('SameSite=Strict');
  const sent = { cookie: cookie?.split(';')[0] ?? '' };
  expect((await get('session.get', sent)).body).toContain('"tenantId":"acme"');

  const again = await post('session.signIn', { token });
  expect(again.status).toBe(401);
  expect(again.body).toContain('baton sign-in');

  const ana = await post('session.actAs', { agentId: ANA }, sent);
  expect(ana.body).toContain('"name":"Ana"');
  expect((await get('session.get', sent)).body).toContain('"id":"ana"');
  const nobody = await post('session.actAs', { agentId: AgentId.parse('closer') }, sent);
  expect(nobody.status).toBe(403);

  const out = await post('session.signOut', undefined, sent);
  expect(out.cookie).toMatch(/^baton_session=;/);
  expect((await get('session.get', sent)).status).toBe(401);
});

test("a cookie counts for nothing on another site's page", async () => {
  const { token } = await server.baton.api.session.createLink.mutate();
  const { cookie } = await post('session.signIn', { token });
  const sent = { cookie: cookie?.split(';')[0] ?? '' };
  expect((await get('session.get', { ...sent, origin: server.url })).status).toBe(200);
  expect((await get('session.get', { ...sent, origin: 'https://elsewhere.example' })).status).toBe(401);
});

test('a key that is revoked stops within seconds', async () => {
  const { id, key } = await server.store.apiKeys.create({
    tenantId: TENANT,
    name: 'short-lived',
    rights: [],
  });
  expect((await server.query('session.get', undefined, { key })).status).toBe(200);
  await server.store.apiKeys.revoke(TENANT, { keyId: id });
  await eventually(async () => (await server.query('session.get', undefined, { key })).status === 401, 8_000);
});

test.each([
  ['a body over the limit', { body: 'x'.repeat(BODY_LIMIT_BYTES + 1) }, 413, 'BODY_TOO_LARGE'],
  ['what is no JSON', { body: '{"contactId"' }, 400, 'INVALID_INPUT'],
])('%s is refused in the form of every other error', async (_name, { body }, status, code) => {
  const answer = await server.mutate('conversations.create', body);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ error: { data: { httpStatus: status, baton: { code } } } });
});

test('another kind of body, and an address where nothing is, have the same form', async () => {
  const form = await fetch(`${server.url}/trpc/conversations.create`, {
    method: 'POST',
    body: new FormData(),
  });
  expect(form.status).toBe(415);
  expect(await form.json()).toMatchObject({ error: { data: { baton: { code: 'INVALID_INPUT' } } } });
  const nowhere = await fetch(`${server.url}/nowhere`);
  expect(nowhere.status).toBe(404);
  expect(await nowhere.json()).toMatchObject({ error: { data: { baton: { code: 'NOT_FOUND' } } } });
});

test('health and readiness are told without a key', async () => {
  expect((await server.query('admin.health', undefined, { key: null })).status).toBe(200);
  const ready = await server.query('admin.ready', undefined, { key: null });
  expect(ready.body).toMatchObject({
    result: { data: { ready: true, mongodb: true, pendingMigrations: [] } },
  });
});

test('a port that is taken is an error, and nothing is left open', async () => {
  const port = Number(new URL(server.url).port);
  const starting = startServer({ mongodbUri: server.mongodbUri, port, log: silent });
  await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('an unreachable MongoDB at the start is named without its password', async () => {
  const mongodbUri = 'mongodb://baton:hunter2@127.0.0.1:1/baton?serverSelectionTimeoutMS=200';
  const starting = startServer({ mongodbUri, port: 0, log: silent });
  await expect(starting).rejects.toThrow(StoreUnavailable);
  await expect(starting).rejects.not.toThrow('hunter2');
});

test('MongoDB away in the middle is UNAVAILABLE, and nothing that was said reaches the log', async () => {
  const mongod = await startMongod();
  const logged: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const own = await startTestServer({ mongodbUri: mongod.uri, log: createLog({ level: 'debug' }, sink) });
  const { id } = await own.baton.api.conversations.create.mutate({ contactId: newContact(), channel: 'web' });
  await mongod.stop();
  const once = own.connect({ attempts: 1 });
  const said = once.api.messages.append.mutate({
    conversationId: id,
    clientMessageId: 'm',
    author: { kind: 'customer' },
    text: 'my secret words',
  });
  expect(await refusalOf(said)).toMatchObject({ code: 'UNAVAILABLE', status: 503 });
  expect(await refusalOf(once.api.conversations.get.query({ conversationId: id }))).toMatchObject({
    code: 'UNAVAILABLE',
  });
  const ready = await own.query('admin.ready', undefined, { key: null });
  expect(ready.body).toMatchObject({ result: { data: { ready: false, mongodb: false } } });
  await eventually(() => logged.join('').includes('expire handoffs'), 15_000);
  expect(logged.join('')).not.toContain('my secret words');
  expect(logged.join('')).not.toContain(own.key);
  await own[Symbol.asyncDispose]();
}, 90_000);

test('a fault in the log has its kind and its place, and of MongoDB no message', () => {
  const cause = Object.assign(new Error('E11000 dup key: { text: "private" }'), {
    name: 'MongoServerError',
    code: 11_000,
  });
  const fault = faultOf(new Error('outside', { cause }));
  expect(fault).toMatchObject({
    name: 'Error',
    message: 'outside',
    cause: { name: 'MongoServerError', code: 11_000 },
  });
  expect(JSON.stringify(fault)).not.toContain('private');
  expect(faultOf('a string')).toEqual({ name: 'string' });
});

test('the level of the log is a setting', () => {
  vi.stubEnv('BATON_LOG_LEVEL', 'warn');
  expect(createLog().level).toBe('warn');
  vi.stubEnv('BATON_LOG_LEVEL', undefined);
  expect(createLog().level).toBe('info');
  vi.unstubAllEnvs();
});

test('repeated work goes on after a failure, which is told once, and stops when it is told to', async () => {
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  let runs = 0;
  const work = repeat(
    'try',
    1,
    async () => {
      runs += 1;
      if (runs < 3) throw new Error('not yet');
    },
    log,
  );
  await eventually(() => runs > 4);
  await work.stop();
  const after = runs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs).toBe(after);
  expect(logged.filter((line) => line.includes('Failed'))).toHaveLength(1);
  expect(logged.filter((line) => line.includes('Works again'))).toHaveLength(1);
});
