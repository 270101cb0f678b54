import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ANA,
  eventually,
  refusalOf,
  startTestServer,
  TENANT,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ checkCredentialsEveryMs: 20 });
});
afterAll(() => server[Symbol.asyncDispose]());

async function browser(role: 'agent' | 'viewer', agentId: typeof ANA | null) {
  const { token } = await server.store.sessions.createLink(TENANT, { role, agentId, keyId: null });
  const secret = await server.store.sessions.signIn(token);
  const cookie = `baton_session=${secret}`;
  const withCookie: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie } });
  const { sessionId } = (await server.store.sessions.authenticate(secret)) ?? {};
  if (sessionId === undefined) throw new Error('Nobody is signed in');
  return { ...server.connect({ apiKey: undefined, fetch: withCookie }), sessionId };
}

test('everyone sees their own browsers, and an admin all of the tenant', async () => {
  const [desk, phone, other] = [
    await browser('agent', ANA),
    await browser('agent', ANA),
    await browser('viewer', null),
  ];
  const seenBy = async ({ api }: Pick<typeof desk, 'api'>) =>
    (await api.sessions.list.query({})).items.map(({ id }) => id);
  expect(await seenBy(desk)).toEqual([phone.sessionId, desk.sessionId]);
  expect(await seenBy(other)).toEqual([other.sessionId]);
  expect(await seenBy(server.baton)).toEqual([other, phone, desk].map(({ sessionId }) => sessionId));
  expect(await seenBy(server.stranger)).toEqual([]);
  const first = await server.baton.api.sessions.list.query({ limit: 2 });
  const next = await server.baton.api.sessions.list.query({ limit: 2, cursor: first.nextCursor ?? '' });
  expect(next.items).toMatchObject([{ id: desk.sessionId, role: 'agent', agentId: ANA }]);

  const revoke = (by: Pick<typeof desk, 'api'>, { sessionId }: typeof desk) =>
    by.api.sessions.revoke.mutate({ sessionId });
  for (const by of [other, server.stranger])
    expect(await refusalOf(revoke(by, desk))).toMatchObject({ code: 'NOT_FOUND' });
  expect(await revoke(desk, phone)).toMatchObject({ id: phone.sessionId });
  expect(await seenBy(server.baton)).toEqual([other.sessionId, desk.sessionId]);
  const [record] = (await server.baton.api.admin.audit.query({ action: 'sessions.revoke' })).items;
  expect(record).toMatchObject({ actor: { kind: 'session', id: desk.sessionId }, target: phone.sessionId });
});

test('a browser whose session is revoked, or that was idle for a week, is signed out with its feeds', async () => {
  for (const end of [
    (sessionId: string) => server.baton.api.sessions.revoke.mutate({ sessionId }),
    () =>
      server.db
        .collection('sessions')
        .updateMany({}, { $set: { lastSeenAt: new Date(Date.now() - 7 * 24 * 3_600_000) } }),
  ]) {
    const { api, sessionId } = await browser('viewer', null);
    const ended = Promise.withResolvers<unknown>();
    await eventually(async () => {
      await api.session.get.query();
      const { items } = await server.baton.api.sessions.list.query({});
      return items[0]?.lastSeenAt !== null;
    });
    api.feed.tenant.subscribe({}, { onStarted: () => void end(sessionId), onError: ended.resolve });
    expect(await refusalOf(Promise.reject(await ended.promise))).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await refusalOf(api.session.get.query())).toMatchObject({ code: 'UNAUTHORIZED' });
  }
});
