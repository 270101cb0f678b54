import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANA, startTestServer, type TestServer } from '../../test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const link = async () => (await server.baton.api.session.createLink.mutate()).token;

function post(path: string, input: unknown, headers: Record<string, string> = {}) {
  return fetch(`${server.url}/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    ...(input !== undefined && { body: JSON.stringify(input) }),
  });
}

async function signIn(): Promise<string> {
  const response = await post('session.signIn', { token: await link() });
  const [cookie = ''] = response.headers.getSetCookie();
  return cookie.split(';', 1)[0] ?? '';
}

const whoami = (headers: Record<string, string>) => fetch(`${server.url}/trpc/session.get`, { headers });

describe('the cookie of a browser that signs in', () => {
  test('is for this server only, and no script reads it', async () => {
    const token = await link();
    const response = await post('session.signIn', { token });
    expect(response.status).toBe(200);
    const [cookie = '', ...more] = response.headers.getSetCookie();
    expect(more).toEqual([]);
    const [value = '', ...flags] = cookie.split('; ');
    expect(value).toMatch(/^baton_session=[A-Za-z0-9_-]{43}$/);
    expect(flags.toSorted()).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Strict']);
    expect(value).not.toContain(token);
    expect(await response.text()).not.toContain(value.split('=')[1]);
    expect((await whoami({ cookie: value })).status).toBe(200);
  });

  test('is given once for a link', async () => {
    const token = await link();
    expect((await post('session.signIn', { token })).status).toBe(200);
    const second = await post('session.signIn', { token });
    expect(second.status).toBe(401);
    expect(second.headers.getSetCookie()).toEqual([]);
    expect(await second.json()).toMatchObject({ error: { data: { baton: { code: 'UNAUTHORIZED' } } } });
  });

  test.each(['nonsense', '', 'baton_session'])('of another making (%j) is none', async (secret) => {
    expect((await whoami({ cookie: `baton_session=${secret}` })).status).toBe(401);
  });

  test('is taken away at sign-out', async () => {
    const cookie = await signIn();
    expect((await whoami({ cookie })).status).toBe(200);
    const response = await post('session.signOut', undefined, { cookie });
    const [cleared = ''] = response.headers.getSetCookie();
    expect(cleared).toMatch(/^baton_session=;/);
    expect(Date.parse(/Expires=([^;]+)/.exec(cleared)?.[1] ?? '')).toBeLessThan(Date.now());
    expect((await whoami({ cookie })).status).toBe(401);
  });

  test('shows a new person in the very next call, whatever ran beside it', async () => {
    const cookie = await signIn();
    const beside = Array.from({ length: 10 }, () => whoami({ cookie }));
    expect((await post('session.actAs', { agentId: ANA }, { cookie })).status).toBe(200);
    await Promise.all(beside);
    expect(await (await whoami({ cookie })).json()).toMatchObject({
      result: { data: { agent: { id: ANA } } },
    });
  });

  test('gives way to a key', async () => {
    const cookie = await signIn();
    const response = await whoami({ cookie, authorization: `Bearer ${server.plainKey}` });
    expect(await response.json()).toMatchObject({ result: { data: { role: 'app' } } });
  });
});

describe('a page of another site', () => {
  test.each(['https://evil.example', 'http://127.0.0.1:1', 'null', 'nonsense'])(
    '(%s) gets nothing with a cookie that is good',
    async (origin) => {
      const cookie = await signIn();
      expect((await whoami({ cookie, origin })).status).toBe(401);
      const before = await server.counts();
      const changed = await post(
        'conversations.create',
        { contactId: 'ann', channel: 'web' },
        { cookie, origin },
      );
      expect(changed.status).toBe(401);
      const feed = await fetch(`${server.url}/trpc/feed.tenant`, {
        headers: { cookie, origin, accept: 'text/event-stream' },
      });
      expect(await feed.text()).toContain('UNAUTHORIZED');
      expect(await server.counts()).toEqual(before);
    },
  );

  test('is told of no other origin that may read an answer', async () => {
    const response = await whoami({ origin: 'https://evil.example' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('a page of this server is let in', async () => {
  const cookie = await signIn();
  expect((await whoami({ cookie, origin: server.url })).status).toBe(200);
});
