import { RegisterAgent, type Role } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ANA,
  refusalOf,
  startTestServer,
  TENANT,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A browser: it keeps its cookie and sends it with each call. */
function browser() {
  let cookie: string | null = null;
  const keep: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== null) headers.set('cookie', cookie);
    const response = await fetch(input, { ...init, headers });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) cookie = set.split(';', 1)[0] ?? null;
    return response;
  };
  return server.connect({ apiKey: undefined, fetch: keep }).api;
}

async function signedIn() {
  const api = browser();
  const { token } = await server.baton.api.session.createLink.mutate();
  await api.session.signIn.mutate({ token });
  return api;
}

test('a link signs one browser in, with the role of who made it, and is spent then', async () => {
  const { token, expiresAt } = await server.baton.api.session.createLink.mutate();
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(59 * 60_000);
  const api = browser();
  expect(await refusalOf(api.session.get.query())).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
  expect(await api.session.signIn.mutate({ token })).toEqual({ ok: true });
  expect(await api.session.get.query()).toEqual({
    tenantId: 'acme',
    role: 'admin',
    may: expect.arrayContaining(['tenant.update', 'conversations.export']),
    rights: ['import', 'manage'],
    agent: null,
  });
  expect(await refusalOf(browser().session.signIn.mutate({ token }))).toMatchObject({
    code: 'UNAUTHORIZED',
    status: 401,
  });
  expect(await refusalOf(browser().session.signIn.mutate({ token: 'guess' }))).toMatchObject({
    code: 'UNAUTHORIZED',
    status: 401,
  });
});

test('a browser picks its person at once, and acts as that person', async () => {
  const api = await signedIn();
  expect(await api.session.actAs.mutate({ agentId: ANA })).toMatchObject({
    agent: { id: ANA, kind: 'human' },
  });
  expect(await api.session.get.query()).toMatchObject({ agent: { id: ANA } });
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId: 'of-ana',
    channel: 'web',
  });
  const { items } = await api.conversations.timeline.query({ conversationId });
  expect(items).toMatchObject([{ actor: { kind: 'agent', agentId: ANA } }]);
});

test('nobody acts as a machine, as nobody, or with a key alone', async () => {
  const api = await signedIn();
  expect(await refusalOf(api.session.actAs.mutate({ agentId: 'closer' }))).toMatchObject({
    code: 'FORBIDDEN',
    status: 403,
  });
  expect(await refusalOf(api.session.actAs.mutate({ agentId: 'nobody' }))).toMatchObject({
    code: 'UNKNOWN_AGENT',
    status: 412,
  });
  expect(await refusalOf(server.baton.api.session.actAs.mutate({ agentId: ANA }))).toMatchObject({
    code: 'FORBIDDEN',
    status: 403,
  });
});

test('signing out ends the session at once', async () => {
  const api = await signedIn();
  await api.session.get.query();
  expect(await api.session.signOut.mutate()).toEqual({ ok: true });
  expect(await refusalOf(api.session.get.query())).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
});

test('a key signs nothing out, and knows who it acts for', async () => {
  expect(await server.baton.api.session.signOut.mutate()).toEqual({ ok: true });
  const { api } = server.connect({ apiKey: await server.createKey('agent', ANA) });
  expect(await api.session.get.query()).toMatchObject({ role: 'agent', agent: { id: ANA } });
});

describe('a link for somebody else', () => {
  const browserOf = async (options: { role?: Role; agentId?: string }) => {
    const { token } = await server.baton.api.session.createLink.mutate(options);
    const api = browser();
    await api.session.signIn.mutate({ token });
    return api;
  };

  test('gives the role and the person that it was made for', async () => {
    const api = await browserOf({ role: 'agent', agentId: ANA });
    expect(await api.session.get.query()).toMatchObject({ role: 'agent', rights: [], agent: { id: ANA } });
    await server.store.agents.register(TENANT, RegisterAgent.parse({ id: 'ben', kind: 'human' }));
    expect(await api.session.actAs.mutate({ agentId: ANA })).toMatchObject({ agent: { id: ANA } });
    expect(await refusalOf(api.session.actAs.mutate({ agentId: 'ben' }))).toMatchObject({
      code: 'FORBIDDEN',
      message: 'This browser is ana for as long as it is signed in, and not ben',
    });
  });

  test('lets a viewer say once who it is, and an admin at any time', async () => {
    const viewer = await browserOf({ role: 'viewer' });
    await viewer.session.actAs.mutate({ agentId: ANA });
    expect(await refusalOf(viewer.session.actAs.mutate({ agentId: 'ben' }))).toMatchObject({ status: 403 });
    const admin = await browserOf({});
    await admin.session.actAs.mutate({ agentId: ANA });
    expect(await admin.session.actAs.mutate({ agentId: 'ben' })).toMatchObject({ agent: { id: 'ben' } });
  });

  test('made by a manager makes nobody another manager, and is in the audit log with whom it is for', async () => {
    const { api } = server.connect({ apiKey: await server.createKey('manager', ANA) });
    const other = { role: 'manager', agentId: 'ben' } as const;
    for (const options of [other, { agentId: 'ben' }])
      expect(await refusalOf(api.session.createLink.mutate(options))).toMatchObject({
        code: 'FORBIDDEN',
        details: { role: 'manager', needs: ['admin'], field: 'agentId' },
      });
    const itself = browser();
    const { token } = await api.session.createLink.mutate();
    await itself.session.signIn.mutate({ token });
    expect(await itself.session.get.query()).toMatchObject({ role: 'manager', agent: { id: ANA } });
    expect(await refusalOf(itself.session.actAs.mutate({ agentId: 'ben' }))).toMatchObject({
      code: 'FORBIDDEN',
    });
    const forBen = await api.session.createLink.mutate({ role: 'agent', agentId: 'ben' });
    await browser().session.signIn.mutate({ token: forBen.token });
    const { items } = await server.baton.api.admin.audit.query({ limit: 4 });
    expect(items.map(({ action, details }) => [action, details['role'], details['agentId']])).toEqual([
      ['session.signIn', 'agent', 'ben'],
      ['session.createLink', 'agent', 'ben'],
      ['session.signIn', 'manager', ANA],
      ['session.createLink', 'manager', ANA],
    ]);
  });

  test('may no more than who makes it, and is for a person who is there', async () => {
    const { api } = server.connect({ apiKey: await server.createKey('manager') });
    expect(await refusalOf(api.session.createLink.mutate({ role: 'admin' }))).toMatchObject({
      code: 'FORBIDDEN',
      details: { role: 'manager', needs: ['admin'] },
    });
    expect(await api.session.createLink.mutate({ role: 'viewer' })).toMatchObject({
      token: expect.any(String),
    });
    expect(await refusalOf(api.session.createLink.mutate())).toMatchObject({
      code: 'FORBIDDEN',
      details: { role: 'manager', needs: ['admin'], field: 'agentId' },
    });
    for (const [options, code] of [
      [{ role: 'agent' }, 'INVALID_INPUT'],
      [{ role: 'viewer', agentId: 'nobody' }, 'UNKNOWN_AGENT'],
      [{ role: 'viewer', agentId: 'closer' }, 'FORBIDDEN'],
    ] as const)
      expect(await refusalOf(api.session.createLink.mutate(options))).toMatchObject({ code });
  });
});
