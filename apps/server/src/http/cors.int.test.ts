import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRaw } from '../../test/raw-request.ts';
import { startTestServer, type TestServer } from '../../test/test-server.ts';
import { type BatonServer, startServer } from '../server.ts';
import { API_HEADERS } from './security-headers.ts';

const SHOP = 'https://shop.example';
const INPUT = encodeURIComponent('{}');

let server: TestServer;
let open: BatonServer;

beforeAll(async () => {
  server = await startTestServer();
  const log = pino({ level: 'silent' });
  open = await startServer({ mongodbUri: server.mongodbUri, port: 0, log, corsOrigins: [SHOP] });
});
afterAll(async () => {
  await open.close();
  await server[Symbol.asyncDispose]();
});

const ANSWERS = [
  ['a plain call', `session.get`, 200, {}],
  ['a call that Fastify answers', `session.get`, 200, { cookie: 'theme=dark' }],
  ['a feed', `feed.tenant?input=${INPUT}`, 200, {}],
  ['a feed that Fastify answers', `feed.tenant?input=${INPUT}`, 200, { cookie: 'theme=dark' }],
  ['bad input', `conversations.get`, 400, {}],
  ['an unknown key', `session.get`, 401, { authorization: 'Bearer x' }],
  ['an unknown procedure', `no.such`, 404, {}],
] as const;

async function ask(url: string, path: string, headers: Record<string, string>, method = 'GET') {
  const authorization = `Bearer ${server.plainKey}`;
  const answer = await fetch(`${url}/trpc/${path}`, { method, headers: { authorization, ...headers } });
  await answer.body?.cancel();
  return answer;
}

const grants = ({ headers }: Response) =>
  [...headers].filter(([name]) => name.startsWith('access-control-')).map(([name]) => name);

describe('every answer of the API', () => {
  test.each(ANSWERS)('may not be run, framed or kept: %s', async (_, path, status, headers) => {
    const answer = await ask(server.url, path, headers);
    expect(answer.status).toBe(status);
    const isFeed = path.startsWith('feed.');
    for (const [name, value] of Object.entries(API_HEADERS))
      if (name !== 'cache-control' || !isFeed) expect(answer.headers.get(name), name).toBe(value);
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toMatch(/^no-/);
  });

  test.each([['/healthz'], ['/nothing']])('and of other addresses: %s', async (path) => {
    const { headers } = await fetch(`${server.url}${path}`);
    expect(Object.fromEntries(headers)).toMatchObject(API_HEADERS);
  });

  test('and what the parser refuses', async () => {
    using connection = connectRaw(server.url);
    connection.send('NONSENSE\r\n\r\n');
    expect(Object.fromEntries((await connection.answer()).headers)).toMatchObject(API_HEADERS);
  });
});

describe('a page of another origin', () => {
  test.each(ANSWERS)('that is allowed reads %s', async (_, path, status, headers) => {
    const answer = await ask(open.url, path, { ...headers, origin: SHOP });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each(ANSWERS)('that is not allowed does not: %s', async (_, path, status, headers) => {
    for (const origin of [
      'https://evil.example',
      'http://shop.example',
      'https://shop.example:8443',
      'null',
    ]) {
      const answer = await ask(open.url, path, { ...headers, origin });
      expect([answer.status, grants(answer)]).toEqual([status, []]);
    }
    const closed = await ask(server.url, path, { ...headers, origin: SHOP });
    expect([closed.status, grants(closed)]).toEqual([status, []]);
  });

  test('asks first, and hears what it may send', async () => {
    const asked = { origin: SHOP, 'access-control-request-method': 'POST' };
    const answer = await ask(open.url, 'messages.append', asked, 'OPTIONS');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    const others = [
      await ask(open.url, 'messages.append', { ...asked, origin: 'https://evil.example' }, 'OPTIONS'),
      await ask(server.url, 'messages.append', asked, 'OPTIONS'),
      await fetch(`${open.url}/`, { method: 'OPTIONS', headers: asked }),
    ];
    for (const other of others) {
      expect(other.status).toBeGreaterThanOrEqual(400);
      expect(grants(other)).toEqual([]);
    }
    // No preflight without its question.
    expect((await ask(open.url, 'messages.append', { origin: SHOP }, 'OPTIONS')).status).toBe(405);
  });

  test('does not act with the browser’s session, whatever is allowed', async () => {
    const { token } = await server.baton.api.session.createLink.mutate();
    const signedIn = await fetch(`${open.url}/trpc/session.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const whoami = async (origin: string) =>
      (await fetch(`${open.url}/trpc/session.get`, { headers: { cookie, origin } })).status;
    expect(await whoami(open.url)).toBe(200);
    expect(await whoami(SHOP)).toBe(401);
  });
});
