import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_BATCH_CALLS, MAX_BODY_BYTES, MAX_MEMBERS, MAX_NESTING } from '@baton/schema';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectRaw, type RawConnection } from '../../test/raw-request.ts';
import { newContact, startTestServer, TENANT, type TestServer } from '../../test/test-server.ts';
import { type BatonServer, startServer } from '../server.ts';
import { BodyBudget } from './body-budget.ts';
import type { HttpLimits } from './limits.ts';
import { SlowBodies } from './slow-bodies.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** One more server on the same store. */
const startLimited = (limits: Partial<HttpLimits>) =>
  startServer({ mongodbUri: server.mongodbUri, port: 0, log: pino({ level: 'silent' }), limits });

const UNKNOWN_KEY = `baton_${'x'.repeat(43)}`;
const LARGE = Buffer.alloc(MAX_BODY_BYTES, ' ');

/** The head of a mutation, by hand. */
function head(path: string, length: number | 'chunked', key: string | null, more = ''): string {
  const size = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  const authorization = key === null ? '' : `Authorization: Bearer ${key}\r\n`;
  return `POST /trpc/${path} HTTP/1.1\r\nHost: baton\r\nContent-Type: application/json\r\n${authorization}${more}${size}\r\n\r\n`;
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const messageOf = (body: unknown) => JSON.stringify(body);

describe('a large body of a stranger', () => {
  test.each([
    ['without a key', null],
    ['with an unknown key', UNKNOWN_KEY],
  ])('%s is refused before any of it is read', async (_, key) => {
    using connection = connectRaw(server.url);
    connection.send(head('conversations.create', MAX_BODY_BYTES, key));
    const { status, headers, body } = await connection.answer();
    expect(status).toBe(401);
    expect(headers.get('connection')).toBe('close');
    expect(body).toMatchObject({ error: { data: { baton: { code: 'UNAUTHORIZED' } } } });
    // More than the buffers on the way hold: without a reader the write breaks off.
    const failure = await new Promise((written) => connection.socket.write(LARGE, written));
    expect(failure).toBeInstanceOf(Error);
  });

  test('is refused so that its client can read the answer', async () => {
    const { hostname, port } = new URL(server.url);
    for (const path of ['/trpc/conversations.create', '/trpc/session.signIn', '/nowhere']) {
      const headers = { 'content-type': 'application/json' };
      const asked = request({ hostname, port, path, method: 'POST', headers });
      asked.on('error', () => undefined).end(LARGE);
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      expect(JSON.parse(Buffer.concat(await response.toArray()).toString())).toMatchObject({
        error: { data: { httpStatus: response.statusCode } },
      });
      const fetched = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: LARGE });
      expect(fetched.status).toBe(response.statusCode);
      expect(await fetched.json()).toMatchObject({ error: { data: { httpStatus: fetched.status } } });
    }
  });

  test('is not asked for where it waits for leave to come', async () => {
    using stranger = connectRaw(server.url);
    stranger.send(head('conversations.create', 100, null, 'Expect: 100-continue\r\n'));
    expect((await stranger.answer()).status).toBe(401);
    using known = connectRaw(server.url);
    const input = JSON.stringify({ contactId: newContact(), channel: 'web' });
    known.send(head('conversations.create', input.length, server.key, 'Expect: 100-continue\r\n'));
    expect((await known.answer()).status).toBe(100);
    known.send(input);
    expect((await known.answer()).status).toBe(200);
  });

  test('for what is open to all is bounded too', async () => {
    const long = JSON.stringify({ token: 'x'.repeat(5_000) });
    expect((await server.mutate('session.signIn', long, { key: null })).status).toBe(413);
    using connection = connectRaw(server.url);
    connection.send(`${head('session.signIn', 'chunked', null)}${long.length.toString(16)}\r\n${long}\r\n`);
    expect((await connection.answer()).status).toBe(413);
  });
});

describe('a stranger', () => {
  test('hears nothing of what is wrong with an input', async () => {
    const bad = { contactId: 7, [UNKNOWN_KEY]: {} };
    expect((await server.mutate('conversations.create', bad, { key: null })).status).toBe(401);
    expect((await server.query('conversations.get', bad, { key: null })).status).toBe(401);
    expect((await server.mutate('conversations.create', '{"a":', { key: null })).status).toBe(401);
  });

  test('asks for readiness in a request of its own', async () => {
    const readiness = vi.spyOn(server.store, 'readiness');
    const paths = ['admin.health', ...Array.from({ length: 49 }, () => 'admin.ready')].join(',');
    const { status, body } = await server.query(`${paths}?batch=1`, undefined, { key: null });
    expect(status).toBe(207);
    const refused = { message: expect.stringContaining('its own'), data: { code: 'BAD_REQUEST' } };
    expect(body).toMatchObject([
      { result: { data: { ok: true } } },
      ...Array.from({ length: 49 }, () => ({ error: refused })),
    ]);
    expect(readiness).not.toHaveBeenCalled();
    expect((await server.query('admin.ready?batch=1', undefined, { key: null })).status).toBe(200);
    readiness.mockRestore();
  });

  test('signs in once a request', async () => {
    const signIn = vi.spyOn(server.store.sessions, 'signIn');
    const input = { 0: { token: 'a' }, 1: { token: 'b' } };
    const { body } = await server.mutate('session.signIn,session.signIn?batch=1', input, { key: null });
    expect(body).toMatchObject([
      { error: { data: { code: 'BAD_REQUEST' } } },
      { error: { data: { code: 'BAD_REQUEST' } } },
    ]);
    expect(signIn).not.toHaveBeenCalled();
    signIn.mockRestore();
  });
});

describe('a batch', () => {
  const health = (calls: number) => Array.from({ length: calls }, () => 'admin.health').join(',');

  test.each(['batch=1', 'batch=1#', 'batch=1&batch=2'])(
    'of more than 50 calls is refused: ?%s',
    async (search) => {
      for (const path of [
        health(MAX_BATCH_CALLS + 1),
        health(MAX_BATCH_CALLS + 1).replaceAll(',', '%252C'),
      ]) {
        using connection = connectRaw(server.url);
        connection.send(`GET /trpc/${path}?${search} HTTP/1.1\r\nHost: baton\r\n\r\n`);
        const { status, body } = await connection.answer();
        expect([status, messageOf(body)]).toEqual([400, expect.stringContaining('at most 50 calls')]);
      }
      expect((await server.query(`${health(MAX_BATCH_CALLS)}?batch=1`)).status).toBe(200);
    },
  );

  test('may be smaller by a setting', async () => {
    await using strict = await startLimited({ batchCalls: 2 });
    const response = await fetch(`${strict.url}/trpc/${health(3)}?batch=1`);
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('at most 2 calls'),
    ]);
  });
});

describe('an input', () => {
  const deep = `more than ${MAX_NESTING} levels`;

  test('of more than 64 levels is refused before it is parsed', async () => {
    const tooDeep = nested(MAX_NESTING + 1);
    const body = await server.mutate('conversations.create', tooDeep);
    expect([body.status, messageOf(body.body)]).toEqual([400, expect.stringContaining(deep)]);
    const query = await server.query(`conversations.get?input=${tooDeep}`);
    expect([query.status, messageOf(query.body)]).toEqual([400, expect.stringContaining(deep)]);
    const batch = await server.mutate('conversations.create?batch=1', `{"0":${tooDeep}}`);
    expect([batch.status, messageOf(batch.body)]).toEqual([400, expect.stringContaining(deep)]);
  });

  test('of 64 levels is judged by what it says', async () => {
    const allowed = nested(MAX_NESTING);
    for (const answer of [
      await server.mutate('conversations.create', allowed),
      await server.mutate('conversations.create?batch=1', `{"0":${allowed}}`),
      await server.query(`conversations.get?batch=1&input={"0":${allowed}}`),
    ]) {
      expect([answer.status, messageOf(answer.body)]).toEqual([400, expect.not.stringContaining(deep)]);
    }
  });
});

describe('an object or a list of an input', () => {
  const tooMany = `more than ${MAX_MEMBERS} members in an object or a list`;
  const metadata = (name: (index: number) => string, count: number) =>
    `{"metadata":{${Array.from({ length: count }, (_, index) => `"${name(index)}":1`).join(',')}}}`;
  const LONGEST_MS = 1_500;

  test.each([
    ['1.2 million invalid keys', metadata((index) => `!${index}`, 1_200_000)],
    ['700,000 valid keys', metadata((index) => `k${index}`, 700_000)],
    ['700,000 unknown keys', `{${Array.from({ length: 700_000 }, (_, index) => `"k${index}":1`).join(',')}}`],
    [
      '1.4 million tags',
      `{"tags":[${Array.from({ length: 1_400_000 }, (_, index) => `"t${index}"`).join(',')}]}`,
    ],
  ])('with %s is refused before it is parsed', async (_, body) => {
    const from = process.cpuUsage();
    const answer = await server.mutate('conversations.update', body);
    const { user, system } = process.cpuUsage(from);
    expect([answer.status, messageOf(answer.body)]).toEqual([400, expect.stringContaining(tooMany)]);
    expect((user + system) / 1_000).toBeLessThan(LONGEST_MS);
  });

  test('is bounded for batches, for queries and on the path of other adapters', async () => {
    const body = metadata((index) => `k${index}`, MAX_MEMBERS + 1);
    const batch = await server.mutate('conversations.update?batch=1', `{"0":${body}}`);
    const other = await server.mutate('conversations.update', body, {
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    for (const answer of [batch, other])
      expect([answer.status, messageOf(answer.body)]).toEqual([400, expect.stringContaining(tooMany)]);
    await using strict = await startLimited({ members: 1_000 });
    const list = `[${'1,'.repeat(1_000)}1]`;
    const query = await fetch(`${strict.url}/trpc/conversations.get?input=${list}`);
    expect([query.status, await query.text()]).toEqual([
      400,
      expect.stringContaining('more than 1000 members'),
    ]);
  });
});

test('a request that is slow to arrive is cut', async () => {
  await using hasty = await startLimited({ arrivalMs: 400 });
  for (const sent of [head('conversations.create', 100, server.key), 'POST /trpc/session.sig']) {
    using connection = connectRaw(hasty.url);
    connection.send(sent);
    const { status, headers, body } = await connection.answer();
    expect(status).toBe(408);
    expect(headers.get('content-type')).toContain('application/json');
    expect(body).toMatchObject({ error: { data: { code: 'TIMEOUT', baton: { code: 'UNAVAILABLE' } } } });
    await connection.closed;
  }
});

test.each([
  ['a plain call', ''],
  ['one that Fastify answers', 'Cookie: theme=dark\r\n'],
])('the body of %s that trickles is cut, and its rest is not carried out', async (_, more) => {
  const watch = vi.spyOn(SlowBodies.prototype, 'watch').mockImplementationOnce((onSlow) => {
    setTimeout(onSlow, 20);
    return { bytes: 0, [Symbol.dispose]: () => undefined };
  });
  const before = await server.counts();
  using connection = connectRaw(server.url);
  const body = JSON.stringify({ contactId: newContact(), channel: 'web' });
  connection.send(head('conversations.create', body.length, server.key, more) + body.slice(0, 5));
  const { status, headers, body: told } = await connection.answer();
  expect([status, headers.get('connection')]).toEqual([408, 'close']);
  expect(told).toMatchObject({ error: { data: { code: 'TIMEOUT', baton: { code: 'UNAVAILABLE' } } } });
  connection.send(body.slice(5));
  await connection.closed;
  expect(await server.counts()).toEqual(before);
  watch.mockRestore();
});

describe('the bodies that a server holds', () => {
  const SIZE = 200_000;

  /** A body of which all but the end has come. */
  async function begin(url: string, key: string, length: number | 'chunked' = SIZE): Promise<RawConnection> {
    const connection = connectRaw(url);
    connection.send(head('conversations.create', length, key, 'Expect: 100-continue\r\n'));
    expect((await connection.answer()).status).toBe(100);
    const part = ' '.repeat(SIZE - 2);
    connection.send(length === 'chunked' ? `${part.length.toString(16)}\r\n${part}\r\n` : part);
    return connection;
  }

  const create = () => JSON.stringify({ contactId: newContact(), channel: 'web' });
  const padded = (size: number) => create().padEnd(size, ' ');
  const send = (url: string, key: string, body: string) =>
    fetch(`${url}/trpc/conversations.create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body,
    });

  test.each([
    ['', 60_000],
    // Fastify answers it.
    ['Cookie: theme=dark\r\n', 60_000],
    ['', SIZE],
  ])('are refused midway where others take the room meanwhile: %j, %i bytes', async (more, length) => {
    const place = { growTo: (bytes: number) => bytes < 100, arrived: vi.fn(), leave: vi.fn() };
    const enter = vi.spyOn(BodyBudget.prototype, 'enter').mockReturnValueOnce(place);
    using connection = connectRaw(server.url);
    connection.send(`${head('conversations.create', length, server.key, more)}{`);
    await vi.waitFor(() => expect(enter).toHaveBeenCalledOnce());
    connection.send(' '.repeat(1_000));
    const refused = await connection.answer();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    const isKept = more === '' && length < SIZE;
    expect(refused.headers.get('connection')).toBe(isKept ? 'keep-alive' : 'close');
    expect([place.arrived, place.leave].map(({ mock }) => mock.calls.length)).toEqual([
      0,
      length < SIZE ? 1 : 0,
    ]);
    enter.mockRestore();
    if (!isKept) return connection.closed;
    // The connection is good for another once the rest has come.
    connection.send(' '.repeat(length - 1_001) + head('conversations.create', 2, server.key) + '{}');
    expect((await connection.answer()).status).toBe(400);
  });

  test.each(['declared', 'chunked'] as const)('are bounded: a %s one too many waits', async (how) => {
    await using small = await startLimited({ bodyBytes: SIZE, totalBodyBytes: 2 * SIZE });
    const length = how === 'chunked' ? how : SIZE;
    const own = await begin(small.url, server.key, length);
    await vi.waitFor(async () => {
      const refused = await send(small.url, server.key, padded(SIZE - 10));
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(await refused.json()).toMatchObject({ error: { data: { baton: { code: 'UNAVAILABLE' } } } });
    });
    // Small calls pass, and another tenant has the other half.
    expect((await send(small.url, server.key, create())).status).toBe(200);
    const others = await begin(small.url, server.strangerKey, length);
    await vi.waitFor(async () => {
      expect((await send(small.url, server.strangerKey, padded(SIZE - 10))).status).toBe(503);
    });
    expect((await send(small.url, server.strangerKey, create())).status).toBe(200);
    own.socket.destroy();
    others.send(how === 'chunked' ? '2\r\n{}\r\n0\r\n\r\n' : '{}');
    expect((await others.answer()).status).toBe(400);
    await vi.waitFor(async () => {
      expect((await send(small.url, server.key, padded(SIZE - 10))).status).toBe(200);
      expect((await send(small.url, server.strangerKey, padded(SIZE - 10))).status).toBe(200);
    });
    others.socket.destroy();
  });
});

test.each([
  ['a plain call', ''],
  ['a call with a cookie', 'Cookie: theme=dark\r\n'],
])('%s whose client leaves while its key is looked up keeps no room for its body', async (_, more) => {
  const SIZE = 100_000;
  await using small = await startLimited({ bodyBytes: SIZE, totalBodyBytes: 2 * SIZE });
  const { apiKeys } = small.store;
  const held = Promise.withResolvers<void>();
  const found = await apiKeys.authenticate(server.key);
  const lookUp = vi.spyOn(apiKeys, 'authenticate').mockImplementation(async () => {
    await held.promise;
    return found;
  });
  const left = Array.from({ length: 8 }, () => connectRaw(small.url));
  for (const connection of left) connection.send(head('conversations.create', SIZE, server.key, more));
  await vi.waitFor(() => expect(lookUp).toHaveBeenCalled());
  for (const { socket } of left) socket.destroy();
  await sleep(50);
  held.resolve();
  const body = JSON.stringify({ contactId: newContact(), channel: 'web' }).padEnd(SIZE, ' ');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${server.key}` };
  const answer = await fetch(`${small.url}/trpc/conversations.create`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
});

test('while others are active a request of a tenant with too many calls waiting is refused unread', async () => {
  await server.stranger.api.tenant.get.query();
  const work = () => {
    for (const until = performance.now() + 0.1; performance.now() < until;);
  };
  const waiting = Array.from({ length: 600 }, async () => {
    await server.store.turns.take(TENANT);
    work();
  });
  using connection = connectRaw(server.url);
  connection.send(head('conversations.create', 1_000, server.key));
  const { status, headers, body } = await connection.answer();
  expect(status).toBe(429);
  expect(headers.get('retry-after')).toBe('1');
  expect(body).toMatchObject({ error: { data: { baton: { code: 'RATE_LIMITED' } } } });
  await server.stranger.api.tenant.get.query();
  await Promise.all(waiting);
  expect(await server.baton.api.tenant.get.query()).toBeDefined();
});

describe('a batch of queries whose answers are too large together', () => {
  const CALLS = 12;
  let limited: BatonServer;
  let id: string;

  beforeAll(async () => {
    limited = await startLimited({ answerBytes: 4_000 });
    const contactId = newContact();
    ({ id } = await server.baton.api.conversations.create.mutate({ contactId, channel: 'web' }));
  });
  afterAll(() => limited.close());

  test.each([
    ['a plain one', {}],
    ['one with a cookie', { cookie: 'theme=dark' }],
  ])('is answered in part: %s', async (_, more) => {
    const paths = Array.from({ length: CALLS }, () => 'conversations.get').join(',');
    const inputs = JSON.stringify(
      Object.fromEntries(paths.split(',').map((_path, call) => [call, { conversationId: id }])),
    );
    const url = `${limited.url}/trpc/${paths}?batch=1&input=${encodeURIComponent(inputs)}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${server.key}`, ...more } });
    expect(answer.status).toBe(207);
    const text = await answer.text();
    expect(text.length).toBeLessThan(4_000 + CALLS * 400);
    const answers = JSON.parse(text) as { result?: object; error?: object }[];
    const refused = answers.filter(({ result }) => result === undefined);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(CALLS);
    expect(refused[0]).toMatchObject({ error: { data: { baton: { code: 'RATE_LIMITED' } } } });
  });

  test.each([{}, { attempts: 1 }])('is asked for again, call by call, by a client of %j', async (options) => {
    const { api } = server.connect({ url: limited.url, ...options });
    const all = Array.from({ length: CALLS }, () => api.conversations.get.query({ conversationId: id }));
    expect(await Promise.all(all)).toHaveLength(CALLS);
  });
});
