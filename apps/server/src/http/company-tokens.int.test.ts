import { createBaton } from '@baton/client';
import { AgentId, TenantId } from '@baton/schema';
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  eventually,
  newContact,
  refusalOf,
  startTestServer,
  TENANT,
  type TestServer,
} from '../../test/test-server.ts';
import { AUDIENCE, startTestIssuer, type TokenOptions } from '../../test/test-issuer.ts';
import { DEFAULT_CLAIMS } from '../oidc/oidc-options.ts';

let issuer: Awaited<ReturnType<typeof startTestIssuer>>;
let server: TestServer;

const oidcOf = (url: string) => ({
  issuer: url,
  audience: AUDIENCE,
  claims: DEFAULT_CLAIMS,
  keysCooldownMs: 0,
  retryAfterMs: 0,
});

beforeAll(async () => {
  issuer = await startTestIssuer();
  server = await startTestServer({ oidc: oidcOf(issuer.url) });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

const by = (token: string) => createBaton({ url: server.url, apiKey: token }).api;
const whoIs = (token: string) => by(token).session.get.query();
const refusedFor = async (claims: object, options: TokenOptions = {}) =>
  refusalOf(whoIs(await issuer.token({ ...claims }, options)));

describe('a token of the company', () => {
  test('is the tenant, the role and the agent of its claims', async () => {
    expect(await whoIs(await issuer.token({ baton_role: 'viewer' }))).toMatchObject({
      tenantId: TENANT,
      role: 'viewer',
      agent: null,
    });
    expect(await whoIs(await issuer.token({ baton_role: 'agent', baton_agent: 'ana' }))).toMatchObject({
      role: 'agent',
      agent: { id: 'ana' },
    });
  });

  test('may what its role may, and is its subject in the audit log', async () => {
    const admin = by(await issuer.token({ baton_role: 'admin' }, { subject: 'auth0|boss' }));
    const { id } = await admin.apiKeys.create.mutate({ name: 'from a token', role: 'viewer' });
    const { items } = await admin.admin.audit.query({ action: 'apiKeys.create', actor: 'auth0|boss' });
    expect(items).toMatchObject([{ target: id, actor: { kind: 'token', id: 'auth0|boss', agentId: null } }]);
    const app = by(await issuer.token());
    expect(await refusalOf(app.apiKeys.list.query({}))).toMatchObject({ code: 'FORBIDDEN' });
    await app.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
      agentId: AgentId.parse('ana'),
    });
  });

  test.each<[string, object, TokenOptions, string]>([
    ['expired', {}, { expiresIn: -1 }, 'The token has expired'],
    ['never ends', {}, { expiresIn: null }, 'The token has no claim exp'],
    ['not valid yet', {}, { notBefore: 60 }, 'The token is not valid yet'],
    ['for another audience', {}, { audience: 'https://other.example' }, 'The token has no claim aud'],
    ['for nobody', {}, { audience: null }, 'The token has no claim aud'],
    ['of another issuer', {}, { issuer: 'https://evil.example' }, 'The token has no claim iss'],
    ['of nobody', {}, { subject: null }, 'The token has no claim sub'],
    ['of a blank subject', {}, { subject: ' ' }, 'The token has no subject'],
    ['without a tenant', { baton_tenant: undefined }, {}, 'The token has no claim baton_tenant'],
    ['of a tenant that is no name', { baton_tenant: { $ne: '' } }, {}, 'The token has no claim baton_tenant'],
    ['of a tenant that is not there', { baton_tenant: 'nowhere' }, {}, 'names the tenant nowhere'],
    ['without a role', { baton_role: undefined }, {}, 'The token has no claim baton_role'],
    ['of a role that is none', { baton_role: 'root' }, {}, 'The token has no claim baton_role'],
    ['of an agent that it does not name', { baton_role: 'agent' }, {}, 'in the claim baton_agent no agent'],
    ['of an unregistered agent', { baton_role: 'agent', baton_agent: 'eve' }, {}, 'names the agent eve'],
    ['of an agent that is no name', { baton_agent: 'A B' }, {}, 'The token has no claim baton_agent'],
  ])('%s is refused, and says why', async (_what, claims, options, message) => {
    const refusal = await refusedFor(claims, options);
    expect(refusal).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    expect(refusal.message).toContain(message);
  });

  test('is refused without a signature, and with one made by what everybody knows', async () => {
    const claims = { baton_tenant: 'acme', baton_role: 'admin' };
    const none = new UnsecuredJWT(claims).setIssuer(issuer.url).setAudience(AUDIENCE).setSubject('eve');
    const unsigned = none.setExpirationTime('5m').encode();
    const { jwk, kid } = issuer.key;
    const imported = await importJWK({ ...jwk, ext: true }, 'ES256', { extractable: true });
    if (imported instanceof Uint8Array) throw new Error('A public key is no secret');
    const publicKey = new TextEncoder().encode(await exportSPKI(imported));
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid })
      .setIssuer(issuer.url)
      .setAudience(AUDIENCE)
      .setSubject('eve')
      .setExpirationTime('5m')
      .sign(publicKey);
    for (const token of [unsigned, confused]) {
      const { code, message } = await refusalOf(whoIs(token));
      expect({ code, message }).toEqual({
        code: 'UNAUTHORIZED',
        message: 'The token is signed in a way that is not allowed',
      });
    }
  });

  test("is refused where another's key signed it under the issuer's key id", async () => {
    const forged = await issuer.newKey(issuer.key.kid);
    expect(await refusedFor({}, { key: forged })).toMatchObject({
      code: 'UNAUTHORIZED',
      message: 'The token has a signature that is wrong',
    });
  });

  test('is refused by both ways into the API alike, and counts among the wrong credentials', async () => {
    const token = await issuer.token({ baton_role: 'root' });
    const authorization = `Bearer ${token}`;
    const plain = await fetch(`${server.url}/trpc/session.get`, { headers: { authorization } });
    const other = await fetch(`${server.url}/trpc/session.get`, {
      headers: { authorization, cookie: 'a=b' },
    });
    const bodies = [await plain.json(), await other.json()];
    expect([plain.status, other.status]).toEqual([401, 401]);
    expect(bodies[0]).toEqual(bodies[1]);
  });
});

describe("the issuer's keys", () => {
  test('may be rotated: tokens of the new one are taken, and of one that is gone refused', async () => {
    const [before, after] = [issuer.key, await issuer.newKey('second', 'RS256')];
    await whoIs(await issuer.token());
    issuer.publish(after, before);
    expect(await whoIs(await issuer.token())).toMatchObject({ tenantId: TENANT });
    expect(await whoIs(await issuer.token({}, { key: before }))).toMatchObject({ tenantId: TENANT });
    issuer.publish(after);
    await refusedFor({}, { key: await issuer.newKey('unknown') });
    expect(await refusedFor({}, { key: before })).toMatchObject({
      message: 'The token is signed by a key that its issuer does not have',
    });
  });
});

describe('while the issuer is away', () => {
  test('unknown tokens are UNAVAILABLE, it is left alone for a while, and keys work on', async () => {
    await using own = await startTestIssuer();
    await using away = await startTestServer({ oidc: { ...oidcOf(own.url), retryAfterMs: 60_000 } });
    own.goDown();
    const token = await own.token({ baton_role: 'admin' });
    for (let time = 0; time < 20; time += 1) {
      const { status, body } = await away.query('session.get', undefined, { key: token });
      expect(status).toBe(503);
      expect(body).toMatchObject({ error: { data: { baton: { code: 'UNAVAILABLE' } } } });
    }
    expect(own.asked('/.well-known/openid-configuration')).toBe(1);
    expect(await away.baton.api.session.get.query()).toMatchObject({ role: 'admin' });
  });
});

test('an open feed ends when its token does', async () => {
  const token = await issuer.token({}, { expiresIn: 0.4 });
  const feed = await fetch(`${server.url}/trpc/feed.tenant?input=%7B%7D`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await feed.text();
  const endedAt = Date.now();
  expect(text).toContain('UNAUTHORIZED');
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    exp: number;
  };
  expect(endedAt / 1_000 - exp).toBeLessThan(2);
  expect(await refusalOf(whoIs(token))).toMatchObject({ message: 'The token has expired' });
});

test('a suspended tenant is refused, and let in again', async () => {
  const token = await issuer.token();
  await whoIs(token);
  const tenants = server.db.collection<{ _id: string }>('tenants');
  await tenants.updateOne({ _id: TENANT }, { $set: { suspendedAt: new Date() } });
  await eventually(async () => (await server.query('session.get', undefined, { key: token })).status === 403);
  expect(await refusedFor({})).toMatchObject({ code: 'TENANT_SUSPENDED' });
  await tenants.updateOne({ _id: TENANT }, { $unset: { suspendedAt: '' } });
  await eventually(async () => (await server.query('session.get', undefined, { key: token })).status === 200);
});

test('rates count by subject, whatever token it comes with', async () => {
  await using few = await startTestServer({ oidc: oidcOf(issuer.url), limits: { callsPerSecond: 50 } });
  const statuses = Array.from({ length: 51 }, async (_, number) => {
    const token = await issuer.token({ number });
    return (await few.query('session.get', undefined, { key: token })).status;
  });
  const limited = (await Promise.all(statuses)).filter((status) => status === 429);
  expect(limited).toHaveLength(1);
  const other = await issuer.token({}, { subject: 'somebody else' });
  expect((await few.query('session.get', undefined, { key: other })).status).toBe(200);
});

test('without an issuer a token is an unknown credential', async () => {
  await using none = await startTestServer();
  const { status, body } = await none.query('session.get', undefined, { key: await issuer.token() });
  expect(status).toBe(401);
  expect(JSON.stringify(body)).toContain('Send a valid API key');
});

test('the tenant may be the same for all, roles have other names, and claims be nested', async () => {
  await using mapped = await startTestServer({
    oidc: {
      ...oidcOf(issuer.url),
      tenant: TenantId.parse('globex'),
      claims: { ...DEFAULT_CLAIMS, role: 'realm_access.roles' },
      roles: new Map([
        ['boss', 'admin'],
        ['staff', 'viewer'],
      ]),
    },
  });
  const token = await issuer.token({ realm_access: { roles: ['staff', 'other', 'boss'] } });
  const { body } = await mapped.query('session.get', undefined, { key: token });
  expect(body).toMatchObject({ result: { data: { tenantId: 'globex', role: 'admin' } } });
  const named = await issuer.token({ realm_access: { roles: ['admin'] } });
  expect((await mapped.query('session.get', undefined, { key: named })).status).toBe(401);
});
