import { createBaton } from '@baton/client';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRaw } from '../../test/raw-request.ts';
import { eventually, refusalOf, startTestServer, type TestServer } from '../../test/test-server.ts';
import { type BatonServer, startServer } from '../server.ts';
import { type HttpLimits, UNBOUNDED_RATES } from './limits.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** One more server on the same store. */
const startLimited = (limits: Partial<HttpLimits>): Promise<BatonServer> =>
  startServer({
    mongodbUri: server.mongodbUri,
    port: 0,
    log: pino({ level: 'silent' }),
    trustProxy: ['loopback'],
    limits: { ...UNBOUNDED_RATES, ...limits },
  });

/** A cookie of others makes a request one for Fastify and tRPC's own adapter. */
const ADAPTERS = [
  ['plain calls', {}],
  ['tRPC’s own adapter', { cookie: 'theme=dark' }],
] as const;

const INPUT = encodeURIComponent('{}');

function ask(url: string, path: string, key: string | null, headers: Record<string, string> = {}) {
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
  return fetch(`${url}/trpc/${path}?input=${INPUT}`, { headers: { ...authorization, ...headers } });
}

const statusesOf = (answers: readonly Response[]) => new Set(answers.map(({ status }) => status));

/** What an answer tells of a limit, without what changes from call to call. */
const rateHeaders = ({ headers }: Response) => [
  headers.get('ratelimit-policy'),
  headers.get('ratelimit')?.replace(/r=\d+/, 'r=N'),
];

describe.each(ADAPTERS)('by %s', (_, headers) => {
  test('a credential makes so many calls in a second, and is told when to come back', async () => {
    await using limited = await startLimited({ callsPerSecond: 2 });
    const many = () => ask(limited.url, 'session.get', server.plainKey, headers);
    const answers = await Promise.all(Array.from({ length: 40 }, many));
    expect(statusesOf(answers)).toEqual(new Set([200, 429]));
    for (const answer of answers) expect(rateHeaders(answer)).toEqual(['"calls";q=2;w=1', '"calls";r=N;t=1']);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('ratelimit')).toBe('"calls";r=0;t=1');
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(await refused?.json()).toMatchObject({
      error: {
        data: { code: 'TOO_MANY_REQUESTS', baton: { code: 'RATE_LIMITED', details: { limit: 'calls' } } },
      },
    });
    // Others have limits of their own.
    expect((await ask(limited.url, 'session.get', server.strangerKey, headers)).status).toBe(200);
  });

  test('the calls of a batch count one by one', async () => {
    await using limited = await startLimited({ callsPerSecond: 5 });
    const batch = (calls: number) => {
      const paths = Array.from({ length: calls }, () => 'session.get').join(',');
      return fetch(`${limited.url}/trpc/${paths}?batch=1`, {
        headers: { authorization: `Bearer ${server.plainKey}`, ...headers },
      });
    };
    expect((await batch(6)).status).toBe(429);
    await eventually(async () => (await batch(5)).status === 200);
  });

  test('an error tells of the limit too', async () => {
    const answer = await ask(server.url, 'conversations.get', server.plainKey, headers);
    expect(answer.status).toBe(400);
    expect(rateHeaders(answer)).toEqual(['"calls";q=1000000;w=1', '"calls";r=N;t=1']);
  });

  test('a credential has so many calls running at once', async () => {
    await using limited = await startLimited({ runningCalls: 2 });
    const create = () => {
      const connection = connectRaw(limited.url);
      const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      connection.send(
        `POST /trpc/conversations.create HTTP/1.1\r\nHost: baton\r\nContent-Type: application/json\r\nAuthorization: Bearer ${server.plainKey}\r\n${more.join('')}Content-Length: 9\r\n\r\n{`,
      );
      return connection;
    };
    const [first, second] = [create(), create()];
    const refused = await eventually(async () => {
      const answer = await ask(limited.url, 'session.get', server.plainKey, headers);
      return answer.status === 429 ? answer : undefined;
    });
    expect(await refused.json()).toMatchObject({
      error: { data: { baton: { details: { limit: 'running calls', allowed: 2 } } } },
    });
    expect((await ask(limited.url, 'session.get', server.strangerKey, headers)).status).toBe(200);
    first.send('"a": 1} ');
    expect((await first.answer()).status).toBe(400);
    await eventually(async () => (await ask(limited.url, 'session.get', server.plainKey, headers)).ok);
    // One that breaks off ends too.
    second.socket.destroy();
    const third = create();
    await eventually(async () => (await ask(limited.url, 'session.get', server.plainKey, headers)).ok);
    third.socket.destroy();
    first.socket.destroy();
  });

  test('an address makes so many calls without a valid credential, and others are not affected', async () => {
    await using limited = await startLimited({ unauthenticatedCallsPerSecond: 2 });
    const from = (address: string) => ({ ...headers, 'x-forwarded-for': address });
    const many = () => ask(limited.url, 'session.get', null, from('198.51.100.7'));
    const answers = await Promise.all(Array.from({ length: 40 }, many));
    expect(statusesOf(answers)).toEqual(new Set([401, 429]));
    const refused = answers.find(({ status }) => status === 429);
    expect(rateHeaders(refused ?? Response.error())).toEqual([
      '"unauthenticated";q=2;w=1',
      '"unauthenticated";r=N;t=1',
    ]);
    expect(refused?.headers.get('retry-after')).toBe('1');
    // Who is known, a balancer that asks how the server is, and another address.
    expect((await ask(limited.url, 'session.get', server.key, from('198.51.100.7'))).status).toBe(200);
    expect((await ask(limited.url, 'admin.health', null, from('198.51.100.7'))).status).toBe(200);
    expect((await ask(limited.url, 'session.get', null, from('198.51.100.8'))).status).toBe(401);
  });

  test('an address of IPv6 counts with all of its network', async () => {
    await using limited = await startLimited({ failedAuthenticationsPerMinute: 2 });
    const look = async (number: number, address: string) => {
      const key = `baton_${String(number).padStart(43, 'n')}`;
      return (await ask(limited.url, 'session.get', key, { ...headers, 'x-forwarded-for': address })).status;
    };
    expect(await look(1, '2001:db8:1:2::1')).toBe(401);
    expect(await look(2, '2001:db8:1:2::2')).toBe(401);
    expect(await look(3, '2001:db8:1:2:ffff::3')).toBe(429);
    expect(await look(4, '2001:db8:1:3::1')).toBe(401);
    // A key that works, and that this server has not seen, waits with the wrong ones; one that it knows does not.
    const address = { ...headers, 'x-forwarded-for': '2001:db8:1:2::4' };
    expect((await ask(limited.url, 'session.get', server.key, address)).status).toBe(429);
    expect((await ask(limited.url, 'session.get', server.key, headers)).status).toBe(200);
    expect((await ask(limited.url, 'session.get', server.key, address)).status).toBe(200);
  });
});

test.each(ADAPTERS)('by %s a credential has so many feeds open', async (_, headers) => {
  await using limited = await startLimited({ feedsPerApp: 2 });
  const open = () => ask(limited.url, 'feed.tenant', server.plainKey, headers);
  const feeds = [await open(), await open()];
  expect(feeds.map(({ status }) => status)).toEqual([200, 200]);
  const refused = await open();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  expect(await refused.json()).toMatchObject({
    error: { data: { baton: { code: 'RATE_LIMITED', details: { limit: 'open feeds' } } } },
  });
  await feeds[0]?.body?.cancel();
  const again = await eventually(async () => {
    const answer = await open();
    return answer.ok ? answer : undefined;
  });
  for (const answer of [again, feeds[1]]) await answer?.body?.cancel();
});

test('wrong tokens count as wrong credentials', async () => {
  await using limited = await startLimited({ failedAuthenticationsPerMinute: 2 });
  const signIn = async (token: string) => {
    const response = await fetch(`${limited.url}/trpc/session.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    return response.status;
  };
  const statuses = [];
  for (const token of ['a', 'b', 'c']) statuses.push(await signIn(token.repeat(43)));
  expect(statuses).toEqual([401, 401, 429]);
});

test('the client waits as it is told, and tries again', async () => {
  await using limited = await startLimited({ callsPerSecond: 3 });
  const { api } = createBaton({ url: limited.url, apiKey: server.plainKey });
  const one = () => api.session.get.query();
  const answers = [];
  for (let count = 0; count < 7; count += 1) answers.push(await one());
  expect(new Set(answers.map(({ tenantId }) => tenantId))).toEqual(new Set(['acme']));
  const impatient = createBaton({ url: limited.url, apiKey: server.plainKey, attempts: 1 });
  const flood = Array.from({ length: 30 }, async (_, number) => {
    await new Promise((resolve) => setTimeout(resolve, number));
    return impatient.api.session.get.query();
  });
  expect(await refusalOf(Promise.all(flood))).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
});
