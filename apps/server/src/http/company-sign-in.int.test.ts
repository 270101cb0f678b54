import { AgentId } from '@baton/schema';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANA, refusalOf, startTestServer, TENANT, type TestServer } from '../../test/test-server.ts';
import { AUDIENCE, CLIENT_ID, CLIENT_SECRET, startTestIssuer } from '../../test/test-issuer.ts';
import { createLog } from '../observe/log.ts';
import { DEFAULT_CLAIMS } from '../oidc/oidc-options.ts';
import { COMPANY_SIGN_IN } from './company-sign-in.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
let server: TestServer;

const oidcOf = (url: string, secret = CLIENT_SECRET) => ({
  issuer: url,
  client: { id: CLIENT_ID, secret, scope: 'openid' },
  claims: DEFAULT_CLAIMS,
  keysCooldownMs: 0,
  retryAfterMs: 0,
});

beforeAll(async () => {
  issuer = await startTestIssuer();
  server = await startTestServer({ oidc: oidcOf(issuer.url), checkCredentialsEveryMs: 20 });
});
beforeEach(() => issuer.signsIn({}));
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

/** A browser that keeps its cookies and follows nothing by itself. */
function openBrowser({ url } = server, headers: Record<string, string> = {}) {
  const cookies = new Map<string, string>();
  async function go(address: string) {
    const response = await fetch(new URL(address, url), {
      redirect: 'manual',
      headers: {
        'user-agent': FIREFOX,
        ...headers,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    });
    const set = response.headers.getSetCookie();
    for (const cookie of set) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, to: response.headers.get('location') ?? '', set, response };
  }
  /** To the company and back, until just before the callback. */
  async function toCallback(to = '/inbox') {
    const begun = await go(`${COMPANY_SIGN_IN}?to=${encodeURIComponent(to)}`);
    const company = await fetch(begun.to, { redirect: 'manual' });
    const back = new URL(company.headers.get('location') ?? '');
    return { begun, callback: `${back.pathname}${back.search}`, back };
  }
  return { cookies, go, toCallback, signIn: async (to?: string) => go((await toCallback(to)).callback) };
}

const pageOf = async ({ response }: { response: Response }) => {
  const text = await response.text();
  return { status: response.status, message: /role="alert">([^<]*)</.exec(text)?.[1] ?? text };
};

const callAs = (browser: ReturnType<typeof openBrowser>, path: string) =>
  browser.go(`/trpc/${path}`).then(async ({ response }) => ({
    status: response.status,
    body: await response.json(),
  }));

describe('a person whose company signs them in', () => {
  test('has the session that a link gives, with the tenant, role and agent of the claims', async () => {
    issuer.signsIn({ baton_role: 'agent', baton_agent: 'ana' }, { subject: 'auth0|ana' });
    const browser = openBrowser();
    const done = await browser.signIn('/inbox?stage=lead#top');
    expect([done.status, done.to]).toEqual([303, '/inbox?stage=lead#top']);
    const cookie = done.set.find((each) => each.startsWith('baton_session=')) ?? '';
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/', `Max-Age=${30 * 24 * 3600}`])
      expect(cookie).toContain(attribute);
    expect(await callAs(browser, 'session.get')).toMatchObject({
      status: 200,
      body: { result: { data: { tenantId: TENANT, role: 'agent', agent: { id: ANA } } } },
    });

    const [session] = (await server.baton.api.sessions.list.query({})).items;
    expect(session).toMatchObject({ subject: 'auth0|ana', browser: 'Firefox on Linux', agentId: ANA });
    const { items } = await server.baton.api.admin.audit.query({ action: 'session.signIn' });
    expect(items[0]).toMatchObject({
      actor: { kind: 'session', id: session?.id, agentId: ANA },
      details: { subject: 'auth0|ana', role: 'agent', agentId: ANA },
    });
  });

  test('stays signed in when a key is revoked, and is signed out by an admin', async () => {
    const browser = openBrowser();
    await browser.signIn();
    const { id: keyId } = await server.baton.api.apiKeys.create.mutate({ name: 'other', role: 'viewer' });
    await server.baton.api.apiKeys.revoke.mutate({ keyId });
    const secret = browser.cookies.get('baton_session') ?? '';
    const { sessionId } = (await server.store.sessions.authenticate(secret)) ?? {};
    if (sessionId === undefined) throw new Error('Nobody is signed in');
    await server.baton.api.sessions.revoke.mutate({ sessionId });
    expect(await server.store.sessions.authenticate(secret)).toBeNull();
    expect(await server.db.collection('sign_ins').countDocuments({ subject: 'user-1' })).toBe(0);
  });

  test('signs out', async () => {
    const browser = openBrowser();
    await browser.signIn();
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const { status } = await server.mutate('session.signOut', undefined, { key: null, headers: { cookie } });
    expect(status).toBe(200);
    expect((await callAs(browser, 'session.get')).status).toBe(401);
  });

  test('goes to a page of this server only', async () => {
    for (const to of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'inbox', ''])
      expect((await openBrowser().signIn(to)).to).toBe('/');
  });

  test('comes by HTTPS with a cookie that no other host can set, and gets one that is Secure', async () => {
    await using proxied = await startTestServer({ oidc: oidcOf(issuer.url), trustProxy: ['loopback'] });
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'baton.example' };
    const browser = openBrowser(proxied, forwarded);
    const { begun, back, callback } = await browser.toCallback();
    expect(back.origin).toBe('https://baton.example');
    expect(begun.set[0]).toMatch(/^__Host-baton_oidc=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const done = await browser.go(callback);
    expect(done.set.find((each) => each.startsWith('baton_session='))).toContain('Secure');
  });
});

describe('nobody is signed in', () => {
  const nobody = async (browser: ReturnType<typeof openBrowser>) => {
    expect(browser.cookies.has('baton_session')).toBe(false);
    expect(browser.cookies.has('baton_oidc')).toBe(false);
  };

  test('by a callback that this browser did not ask for', async () => {
    const [mine, theirs] = [openBrowser(), openBrowser()];
    const { callback } = await theirs.toCallback();
    const message = 'This sign-in was not begun in this browser, or more than ten minutes ago. Begin again.';
    expect(await pageOf(await mine.go(callback))).toEqual({ status: 401, message });
    await mine.toCallback();
    expect(await pageOf(await mine.go(callback))).toEqual({ status: 401, message });
    await nobody(mine);
    const asked = issuer.asked('/token');
    for (const value of ['', 'x', Buffer.from('{"state":""}').toString('base64url')]) {
      const guess = openBrowser();
      guess.cookies.set('baton_oidc', value);
      expect((await guess.go('/oidc/callback?code=a&state=')).status).toBe(401);
    }
    expect(issuer.asked('/token')).toBe(asked);
    // Theirs was not spent by it.
    expect((await theirs.go(callback)).status).toBe(303);
  });

  test('by a callback that is replayed, with the cookie that it had', async () => {
    const browser = openBrowser();
    const { callback } = await browser.toCallback();
    const kept = browser.cookies.get('baton_oidc') ?? '';
    expect((await browser.go(callback)).status).toBe(303);
    const again = openBrowser();
    expect((await again.go(callback)).status).toBe(401);
    again.cookies.set('baton_oidc', kept);
    expect(await pageOf(await again.go(callback))).toMatchObject({
      status: 401,
      message: 'This sign-in was used already, or took too long. Begin again.',
    });
    await nobody(again);
  });

  test('twice by what one sign-in was begun with, even if the company gave another code', async () => {
    const browser = openBrowser();
    const { begun, callback } = await browser.toCallback();
    const kept = browser.cookies.get('baton_oidc') ?? '';
    await browser.go(callback);
    const company = await fetch(begun.to, { redirect: 'manual' });
    const back = new URL(company.headers.get('location') ?? '');
    const again = openBrowser();
    again.cookies.set('baton_oidc', kept);
    expect(await pageOf(await again.go(`${back.pathname}${back.search}`))).toMatchObject({
      message: 'This sign-in was used already: begin again.',
    });
    await nobody(again);
  });

  test('where the company says no', async () => {
    issuer.refuses('access_denied');
    const browser = openBrowser();
    expect(await pageOf(await browser.signIn())).toEqual({
      status: 401,
      message: 'Your company did not sign you in (access_denied).',
    });
    issuer.refuses('<script>alert(1)</script>');
    expect((await pageOf(await openBrowser().signIn())).message).toContain('&lt;script&gt;');
    await nobody(browser);
  });

  test.each([
    ['of another audience', {}, { audience: 'other' }],
    ['of another issuer', {}, { issuer: 'https://evil.example' }],
    ['that has expired', {}, { expiresIn: -600 }],
    ['with another nonce', { nonce: 'guessed' }, {}],
  ])('by a token %s', async (_what, claims, options) => {
    issuer.signsIn(claims, options);
    const browser = openBrowser();
    expect(await pageOf(await browser.signIn())).toEqual({
      status: 401,
      message: 'What your company&#39;s sign-in service answered is not what it should be.',
    });
    await nobody(browser);
  });

  test('by a token that another key has signed', async () => {
    issuer.signsIn({}, { key: await issuer.newKey(issuer.key.kid) });
    const browser = openBrowser();
    expect((await pageOf(await browser.signIn())).status).toBe(401);
    await nobody(browser);
  });

  test.each<[string, object, number, string]>([
    ['has no tenant', { baton_tenant: undefined }, 401, 'no claim baton_tenant'],
    ['names a tenant that is not there', { baton_tenant: 'nowhere' }, 401, 'the tenant nowhere'],
    ['has no role', { baton_role: undefined }, 401, 'no claim baton_role'],
    [
      'is an agent that is not named',
      { baton_role: 'agent' },
      401,
      'names in the claim baton_agent no agent',
    ],
    ['is no registered agent', { baton_agent: 'eve' }, 403, 'no such agent is registered'],
    ['is no person', { baton_agent: 'closer' }, 403, 'not a person'],
  ])('who %s', async (_what, claims, status, message) => {
    issuer.signsIn({ ...claims });
    const browser = openBrowser();
    const page = await pageOf(await browser.signIn());
    expect(page.status).toBe(status);
    expect(page.message).toContain(message);
    await nobody(browser);
  });

  test('of a suspended tenant', async () => {
    issuer.signsIn({ baton_tenant: 'globex' });
    const tenants = server.db.collection<{ _id: string }>('tenants');
    await tenants.updateOne({ _id: 'globex' }, { $set: { suspendedAt: new Date() } });
    expect(await pageOf(await openBrowser().signIn())).toMatchObject({ status: 403 });
    await tenants.updateOne({ _id: 'globex' }, { $unset: { suspendedAt: '' } });
    expect((await openBrowser().signIn()).status).toBe(303);
  });

  test('who keeps trying from one address', async () => {
    await using few = await startTestServer({
      oidc: oidcOf(issuer.url),
      limits: { failedAuthenticationsPerMinute: 2 },
    });
    const browser = openBrowser(few);
    const statuses = [];
    for (let time = 0; time < 3; time += 1)
      statuses.push((await browser.go('/oidc/callback?state=a')).status);
    expect(statuses).toEqual([401, 401, 429]);
  });
});

describe('the page that says why', () => {
  test('runs nothing, is kept by nobody and leads back', async () => {
    const { response } = await openBrowser().go('/oidc/callback');
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const policy = response.headers.get('content-security-policy') ?? '';
    const [, nonce = ''] = /<style nonce="([^"]+)">/.exec(text) ?? [];
    expect(policy).toContain(`'nonce-${nonce}'`);
    expect(text).not.toContain('<script');
    expect(text).toContain('href="/oidc/sign-in?to=%2F"');
  });
});

describe('while the company is away', () => {
  test('nobody signs in by it and nobody waits, links work on, and later it works again', async () => {
    await using own = await startTestIssuer();
    await using away = await startTestServer({
      oidc: { ...oidcOf(own.url), audience: AUDIENCE, timeoutMs: 50 },
    });
    own.goDown();
    expect(await pageOf(await openBrowser(away).go(COMPANY_SIGN_IN))).toMatchObject({ status: 503 });
    own.hang();
    expect(await pageOf(await openBrowser(away).go(COMPANY_SIGN_IN))).toMatchObject({ status: 503 });
    own.comeBack();
    const browser = openBrowser(away);
    const { callback } = await browser.toCallback();
    own.hang();
    expect(await pageOf(await browser.go(callback))).toMatchObject({ status: 503 });
    const { token } = await away.baton.api.session.createLink.mutate({});
    expect(await away.mutate('session.signIn', { token }, { key: null })).toMatchObject({ status: 200 });
    own.comeBack();
    expect((await openBrowser(away).signIn()).status).toBe(303);
    // Its keys are asked for once, for browsers and for tokens.
    expect(await away.query('session.get', undefined, { key: await own.token() })).toMatchObject({
      status: 200,
    });
    expect(own.asked('/keys')).toBe(1);
  });

  test('a wrong secret of the console is said, and logged without the secret and the code', async () => {
    const lines: string[] = [];
    const log = createLog({ level: 'trace' }, { write: (line) => lines.push(line) });
    await using wrong = await startTestServer({ oidc: oidcOf(issuer.url, 'wrong secret'), log });
    const browser = openBrowser(wrong);
    const { callback } = await browser.toCallback();
    expect((await pageOf(await browser.go(callback))).message).toContain('(invalid_client)');
    expect(lines.filter((line) => line.includes('A sign-in with the company failed'))).toHaveLength(1);
    const { searchParams } = new URL(callback, wrong.url);
    for (const planted of ['wrong secret', searchParams.get('code'), searchParams.get('state')])
      expect(lines.join('')).not.toContain(planted);
  });
});

test('the console offers it where it is set, and else has no such address', async () => {
  expect(await server.query('session.methods', undefined, { key: null })).toMatchObject({
    body: { result: { data: { company: COMPANY_SIGN_IN } } },
  });
  await using plain = await startTestServer();
  expect(await plain.query('session.methods', undefined, { key: null })).toMatchObject({
    body: { result: { data: { company: null } } },
  });
  expect((await openBrowser(plain).go(COMPANY_SIGN_IN)).status).toBe(404);
});

test('without an audience its tokens open nothing but the console', async () => {
  const idToken = await issuer.token({}, { audience: CLIENT_ID });
  const { status } = await server.query('session.get', undefined, { key: idToken });
  expect(status).toBe(401);
  expect(await refusalOf(server.connect({ apiKey: idToken }).api.session.get.query())).toMatchObject({
    code: 'UNAUTHORIZED',
  });
});

test('a person without an agent picks who they are', async () => {
  issuer.signsIn({ baton_role: 'manager' });
  const browser = openBrowser();
  await browser.signIn();
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
  const input = { agentId: AgentId.parse('ana') };
  expect(await server.mutate('session.actAs', input, { key: null, headers: { cookie } })).toMatchObject({
    body: { result: { data: { agent: { id: 'ana' } } } },
  });
});
