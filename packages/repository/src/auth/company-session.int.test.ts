import { AgentId, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';

const TENANT = TenantId.parse('acme');
const HOUR_MS = 3_600_000;
const LIFE = { idleMs: HOUR_MS, longestMs: 8 * HOUR_MS };

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
/** One as it is without settings, and one whose browsers stay signed in for a day's work. */
let store: Store;
let strict: Store;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
  strict = openStore({ ...connection, sessionLife: LIFE });
  await store.agents.ensureDefaults(TENANT, {});
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

let begun = 0;
async function signIn(by: Store = store, over: { agentId?: AgentId; state?: string } = {}) {
  begun += 1;
  const person = { role: 'viewer', agentId: null, subject: 'user-1', browser: null } as const;
  const secret = await by.sessions.openByCompany(TENANT, { ...person, state: `state-${begun}`, ...over });
  const { sessionId } = (await by.sessions.authenticate(secret)) ?? {};
  if (sessionId === undefined) throw new Error('Nobody is signed in');
  return { secret, sessionId };
}

const stored = (sessionId: string) =>
  store.collections.sessions.acrossTenants('test').findOne({ _id: new ObjectId(sessionId) });

describe('a session that a company has opened', () => {
  test('does not end with a key of its tenant, as one does of which no key is known', async () => {
    const { id } = await store.apiKeys.create({ tenantId: TENANT, name: 'old', role: 'app', agentId: null });
    const { secret } = await signIn();
    const link = await store.sessions.createLink(TENANT, { role: 'viewer', keyId: null });
    const other = await store.sessions.signIn(link.token);
    await store.apiKeys.revoke(TENANT, { keyId: id });
    expect(await store.sessions.authenticate(secret)).toMatchObject({ role: 'viewer', keyId: null });
    expect(await store.sessions.authenticate(other)).toBeNull();
  });

  test('is stored as servers of the version before can read it, and known without them', async () => {
    const { sessionId } = await signIn();
    expect(Object.keys((await stored(sessionId)) ?? {}).toSorted()).toEqual(
      ['_id', 'agentId', 'createdAt', 'expiresAt', 'hash', 'kind', 'role', 'tenantId'].toSorted(),
    );
    await store.collections.sign_ins.acrossTenants('test').deleteMany({ _id: new ObjectId(sessionId) });
    const { items } = await store.sessions.list(TENANT, { scope: 'all', limit: 50 });
    expect(items.find(({ id }) => id === sessionId)).toMatchObject({ browser: null, subject: null });
  });

  test('is one, however often it is opened with what it was begun with', async () => {
    const { items: before } = await store.sessions.list(TENANT, { scope: 'all', limit: 50 });
    const opened = await Promise.allSettled(
      Array.from({ length: 5 }, () => signIn(store, { state: 'same' })),
    );
    const refused = opened.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(4);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'UNAUTHORIZED' });
    const { items: after } = await store.sessions.list(TENANT, { scope: 'all', limit: 50 });
    expect(after.length - before.length).toBe(1);
  });

  test.each([
    ['eve', 'UNKNOWN_AGENT'],
    ['closer', 'FORBIDDEN'],
  ])('is not for %s', async (id, code) => {
    await expect(signIn(store, { agentId: AgentId.parse(id) })).rejects.toMatchObject({ code });
  });
});

describe('how long a browser stays signed in', () => {
  test('is set, at the longest for whoever signs in from then on', async () => {
    for (const by of [store, strict]) {
      const link = await by.sessions.createLink(TENANT, { role: 'viewer', keyId: null });
      const { sessionId } = (await by.sessions.authenticate(await by.sessions.signIn(link.token))) ?? {};
      for (const id of [sessionId, (await signIn(by)).sessionId]) {
        const document = await stored(id ?? '');
        const lastsMs = Number(document?.['expiresAt']) - Number(document?.['createdAt']);
        expect(lastsMs).toBe(by.sessionLife.longestMs);
      }
    }
  });

  test('is set for those that nobody uses, signed in before or not', async () => {
    const { secret, sessionId } = await signIn();
    const usedAt = (agoMs: number) =>
      store.collections.sessions
        .acrossTenants('test')
        .updateOne({ _id: new ObjectId(sessionId) }, { $set: { lastSeenAt: new Date(Date.now() - agoMs) } });
    await usedAt(LIFE.idleMs / 2);
    expect(await strict.sessions.authenticate(secret)).not.toBeNull();
    await usedAt(LIFE.idleMs + 60_000);
    expect(await strict.readCredentials([], [sessionId])).toMatchObject({ sessions: [] });
    const { items } = await strict.sessions.list(TENANT, { scope: 'all', limit: 50 });
    expect(items.find(({ id }) => id === sessionId)).toBeUndefined();
    expect(await store.sessions.authenticate(secret)).not.toBeNull();
  });
});
