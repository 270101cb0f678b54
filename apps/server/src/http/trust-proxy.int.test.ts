import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../../test/test-server.ts';
import { type BatonServer, startServer } from '../server.ts';

/** What a proxy that ends TLS adds to a browser's request for https://baton.example. */
const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'baton.example' };
const ORIGIN = 'https://baton.example';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function start(trustProxy: false | string[]): Promise<BatonServer> {
  return startServer({ mongodbUri: server.mongodbUri, port: 0, log: pino({ level: 'silent' }), trustProxy });
}

async function signIn(
  url: string,
  headers: Record<string, string>,
): Promise<{ cookie: string; flags: string[] }> {
  const { token } = await server.baton.api.session.createLink.mutate();
  const response = await fetch(`${url}/trpc/session.signIn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  });
  expect(response.status).toBe(200);
  const [cookie = '', ...flags] = response.headers.getSetCookie()[0]?.split('; ') ?? [];
  return { cookie, flags };
}

const whoami = async (url: string, headers: Record<string, string>) =>
  (await fetch(`${url}/trpc/session.get`, { headers })).status;

describe.each([[['loopback']], [['10.0.0.0/8', '127.0.0.1']]])(
  'behind a proxy that is trusted (%j)',
  (trust) => {
    test('the cookie is Secure, and counts for pages of the address that the browser has', async () => {
      await using behind = await start(trust);
      const { cookie, flags } = await signIn(behind.url, { ...FORWARDED, origin: ORIGIN });
      expect(flags).toContain('Secure');
      expect(await whoami(behind.url, { ...FORWARDED, cookie, origin: ORIGIN })).toBe(200);
      expect(await whoami(behind.url, { ...FORWARDED, cookie, origin: 'https://evil.example' })).toBe(401);
      expect(await whoami(behind.url, { ...FORWARDED, cookie, origin: behind.url })).toBe(401);
    });

    test('a page of the same host by plain HTTP is no page of ours', async () => {
      await using behind = await start(trust);
      const { cookie } = await signIn(behind.url, { ...FORWARDED, origin: ORIGIN });
      expect(await whoami(behind.url, { ...FORWARDED, cookie, origin: 'http://baton.example' })).toBe(401);
    });

    test('a token is looked up in the turn of the address that it names', async () => {
      await using behind = await start(trust);
      const spent = vi.spyOn(behind.store.sessions, 'signIn');
      await signIn(behind.url, { ...FORWARDED, 'x-forwarded-for': '192.0.2.7' });
      expect(spent.mock.calls).toEqual([[expect.any(String), '192.0.2.7', null]]);
    });

    test('that says nothing of TLS it is not', async () => {
      await using behind = await start(trust);
      const { flags } = await signIn(behind.url, {});
      expect(flags).not.toContain('Secure');
    });

    test('the port of HTTPS is the same with and without its number', async () => {
      await using behind = await start(trust);
      const forwarded = { ...FORWARDED, 'x-forwarded-host': 'baton.example:443' };
      const { cookie } = await signIn(behind.url, forwarded);
      expect(await whoami(behind.url, { ...forwarded, cookie, origin: ORIGIN })).toBe(200);
    });
  },
);

test('a proxy that is not trusted is told of once', async () => {
  const log = pino({ level: 'silent' });
  const warn = vi.spyOn(log, 'warn');
  await using direct = await startServer({ mongodbUri: server.mongodbUri, port: 0, log });
  for (let count = 0; count < 2; count += 1) await whoami(direct.url, FORWARDED);
  expect(warn.mock.calls).toEqual([[{ proxy: '127.0.0.1' }, expect.stringContaining('BATON_TRUST_PROXY')]]);
});

describe.each([[false as const], [['10.0.0.0/8']]])('from who is no trusted proxy (%j)', (trust) => {
  test('forwarded headers change nothing', async () => {
    await using direct = await start(trust);
    const { cookie, flags } = await signIn(direct.url, FORWARDED);
    expect(flags).not.toContain('Secure');
    expect(await whoami(direct.url, { ...FORWARDED, cookie, origin: ORIGIN })).toBe(401);
    expect(await whoami(direct.url, { ...FORWARDED, cookie, origin: direct.url })).toBe(200);
  });
});

test('who sends 1,000 unknown keys at once keeps out nobody whose key is not known yet either', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => server.createKey('app')));
  const guesses = Array.from({ length: 1_000 }, (_, number) => `baton_${String(number).padStart(43, 'y')}`);
  const guessed = guesses.map(async (key) => (await server.query('admin.stats', {}, { key })).status);
  const known = keys.map(async (key) => (await server.query('admin.stats', {}, { key })).status);
  expect(await Promise.all(known)).toEqual([200, 200, 200]);
  expect(new Set(await Promise.all(guessed))).toEqual(new Set([401]));
});

test.each([
  [false as const, '127.0.0.1'],
  [['loopback'], '198.51.100.7'],
])('where %j is trusted, an unknown key counts as one of %s', async (trustProxy, address) => {
  await using proxied = await start(trustProxy);
  const authenticate = vi.spyOn(proxied.store.apiKeys, 'authenticate');
  const keys = ['plain', 'cookie', 'feed'].map((name) => `baton_${name.padStart(43, 'z')}`);
  const [plain = '', withCookie = '', ofFeed = ''] = keys;
  const ask = (path: string, key: string, headers: Record<string, string> = {}) =>
    fetch(`${proxied.url}/trpc/${path}?input=%7B%7D`, {
      headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': '203.0.113.9, 198.51.100.7', ...headers },
    }).then((response) => response.text());
  await ask('admin.stats', plain);
  await ask('admin.stats', withCookie, { cookie: 'theme=dark' });
  await ask('feed.tenant', ofFeed);
  expect(authenticate.mock.calls).toEqual(keys.map((key) => [key, address]));
});
