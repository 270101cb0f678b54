import { createHash } from 'node:crypto';
import { AgentId, type Role, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { ReadGate } from '../fairness/read-gate.ts';
import { migrate } from '../maintenance/migrations.ts';
import { openStore, type Store } from '../store.ts';

const TENANT = TenantId.parse('acme');
const OTHER = TenantId.parse('globex');
const ANA = AgentId.parse('ana');

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
  await migrate(connection.db);
  store = openStore(connection);
});

afterAll(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

const link = (role: Role = 'manager') => store.sessions.createLink(TENANT, { role, keyId: null });

async function session() {
  const secret = await store.sessions.signIn((await link()).token);
  const credential = await store.sessions.authenticate(secret);
  if (credential === null) throw new Error('Nobody is signed in');
  return { secret, ...credential };
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');

/** As if its time had come. */
const expire = (secret: string) =>
  store.collections.sessions
    .acrossTenants('test')
    .updateOne({ hash: hashOf(secret) }, { $set: { expiresAt: new Date(Date.now() - 1) } });

describe('a link', () => {
  test('opens one session with its role, however many use it at once', async () => {
    const { token } = await link('import');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => store.sessions.signIn(token)));
    const [secret, ...more] = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    expect(more).toEqual([]);
    expect(await store.sessions.authenticate(secret ?? '')).toMatchObject({
      tenantId: TENANT,
      role: 'import',
      agentId: null,
    });
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('that is too old opens nothing', async () => {
    const { token } = await link();
    await expire(token);
    await expect(store.sessions.signIn(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  test('is no session, and a session is no link', async () => {
    const { token } = await link();
    expect(await store.sessions.authenticate(token)).toBeNull();
    const { secret } = await session();
    await expect(store.sessions.signIn(secret)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});

/** A key, what revokes it, and a browser that has signed in by a link of it. */
async function withKey() {
  const { id: keyId } = await store.apiKeys.create({ tenantId: TENANT, name: 'Desk', role: 'manager' });
  const newLink = () => store.sessions.createLink(TENANT, { role: 'app', keyId });
  const secret = await store.sessions.signIn((await newLink()).token);
  return { keyId, newLink, secret, revoke: () => store.apiKeys.revoke(TENANT, { keyId }) };
}

/** As a server of the version before writes it: without the key. */
const dropKey = (secret: string) =>
  store.collections.sessions
    .acrossTenants('test')
    .updateOne({ hash: hashOf(secret) }, { $unset: { keyId: 1 } });

describe('a key that is revoked', () => {
  test('ends its sessions and its links, and no other’s', async () => {
    const ended = await withKey();
    const other = await withKey();
    const { token } = await ended.newLink();
    const credential = await store.sessions.authenticate(ended.secret);
    expect(credential).toMatchObject({ keyId: ended.keyId });
    await ended.revoke();
    expect(await store.sessions.authenticate(ended.secret)).toBeNull();
    await expect(store.sessions.signIn(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const good = await store.sessions.authenticate(other.secret);
    expect(good).toMatchObject({ keyId: other.keyId });
    const sessionIds = [credential, good].flatMap((each) => each?.sessionId ?? []);
    const read = await store.readCredentials([ended.keyId, other.keyId], sessionIds);
    expect(read).toEqual({ keys: [expect.objectContaining({ keyId: other.keyId })], sessions: [good] });
    expect(await store.readCredentials([], [])).toEqual({ keys: [], sessions: [] });
    const run = vi.spyOn(ReadGate.prototype, 'run');
    onTestFinished(() => run.mockRestore());
    expect(await store.readCredentials([ended.keyId, other.keyId], sessionIds, TENANT)).toEqual(read);
    expect(run.mock.calls.map(([of, lane]) => [of, lane])).toEqual([[TENANT, 'quick']]);
  });

  test('that expires, or is gone, ends them too', async () => {
    const { api_keys } = store.collections;
    const expired = await withKey();
    const gone = await withKey();
    await api_keys
      .acrossTenants('test')
      .updateOne({ _id: new ObjectId(expired.keyId) }, { $set: { expiresAt: new Date() } });
    await api_keys.acrossTenants('test').deleteOne({ _id: new ObjectId(gone.keyId) });
    for (const { secret, newLink } of [expired, gone]) {
      const { token } = await newLink();
      expect(await store.sessions.authenticate(secret)).toBeNull();
      await expect(store.sessions.signIn(token)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    }
  });

  test('ends sessions of its tenant whose key nobody wrote down, and not those that are newer', async () => {
    const before = await withKey();
    await dropKey(before.secret);
    expect(await store.sessions.authenticate(before.secret)).toMatchObject({ keyId: null });
    const { revoke } = await withKey();
    await revoke();
    expect(await store.sessions.authenticate(before.secret)).toBeNull();
    const { secret } = await session();
    expect(await store.sessions.authenticate(secret)).toMatchObject({ keyId: null });
  });
});

describe('secrets that nobody was given', () => {
  test.each(['', 'guess', 'x'.repeat(44), `${'x'.repeat(42)}.`, `baton_${'x'.repeat(42)}`])(
    'like %j cost no look where they have not the form of ours',
    async (secret) => {
      const { api_keys, sessions } = store.collections;
      const looks = [
        vi.spyOn(api_keys.collection, 'find'),
        vi.spyOn(sessions.collection, 'find'),
        vi.spyOn(sessions.collection, 'findOneAndDelete'),
      ];
      expect(await store.apiKeys.authenticate(secret)).toBeNull();
      expect(await store.sessions.authenticate(secret)).toBeNull();
      await expect(store.sessions.signIn(secret)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
      for (const look of looks) {
        expect(look).not.toHaveBeenCalled();
        look.mockRestore();
      }
    },
  );

  test('are looked up together, and keep nobody out who was given one', async () => {
    const { api_keys, sessions } = store.collections;
    const looks = [vi.spyOn(api_keys.collection, 'find'), vi.spyOn(sessions.collection, 'find')];
    const good = await Promise.all(
      [1, 2, 3].map((name) => store.apiKeys.create({ tenantId: TENANT, name: `${name}`, role: 'app' })),
    );
    const numbers = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(43, 'x'));
    const unknown = [
      ...numbers.map((number) => store.apiKeys.authenticate(`baton_${number}`)),
      ...numbers.map((number) => store.sessions.authenticate(number)),
      ...numbers.map((number) => store.sessions.signIn(number).catch(() => null)),
    ];
    const startedAt = performance.now();
    const known = await Promise.all(good.map(({ key }) => store.apiKeys.authenticate(key)));
    expect(known.map((credential) => credential?.keyId)).toEqual(good.map(({ id }) => id));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(new Set(await Promise.all(unknown))).toEqual(new Set([null]));
    const [ofKeys = 0, ofSessions = 0] = looks.map((look) => look.mock.calls.length);
    expect(ofKeys).toBeLessThanOrEqual(14);
    expect(ofSessions).toBeLessThanOrEqual(28);
    for (const look of looks) look.mockRestore();
  });
});

describe('a session', () => {
  test('is kept as a hash only', async () => {
    const { token } = await link();
    const secret = await store.sessions.signIn(token);
    const kept = JSON.stringify(await store.collections.sessions.acrossTenants('test').find({}).toArray());
    expect(kept).toContain(hashOf(secret));
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(token);
  });

  test('ends by itself after 30 days, or at once', async () => {
    const old = await session();
    await expire(old.secret);
    expect(await store.sessions.authenticate(old.secret)).toBeNull();
    const ended = await session();
    await store.sessions.end(TENANT, { sessionId: ended.sessionId });
    expect(await store.sessions.authenticate(ended.secret)).toBeNull();
    expect(await store.sessions.authenticate('guess')).toBeNull();
    const index = (await store.collections.db.collection('sessions').indexes()).find(
      ({ name }) => name === 'expiry',
    );
    expect(index).toMatchObject({ expireAfterSeconds: 0 });
  });

  test('is of the person that was picked', async () => {
    const { secret, sessionId } = await session();
    await store.sessions.setAgent(TENANT, { sessionId, agentId: ANA });
    expect(await store.sessions.authenticate(secret)).toMatchObject({ agentId: ANA });
  });

  test('becomes one person alone of those that are picked at once', async () => {
    const { sessionId, secret } = await session();
    const people = ['ana', 'ben', 'cleo', 'dan'].map((id) => AgentId.parse(id));
    const picked = await Promise.allSettled(
      people.map((agentId) => store.sessions.setAgent(TENANT, { sessionId, agentId, from: null })),
    );
    const [agentId, ...more] = people.filter((_id, index) => picked[index]?.status === 'fulfilled');
    expect(more).toEqual([]);
    for (const result of picked)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'FORBIDDEN' });
    expect(await store.sessions.authenticate(secret)).toMatchObject({ agentId });
    const acts = await store.collections.audit
      .acrossTenants('test')
      .find({ action: 'session.actAs', target: sessionId })
      .toArray();
    expect(acts).toMatchObject([{ details: { agentId } }]);
  });

  test('is nothing to another tenant', async () => {
    const { secret, sessionId } = await session();
    await store.sessions.end(OTHER, { sessionId });
    await expect(store.sessions.setAgent(OTHER, { sessionId, agentId: ANA })).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
    expect(await store.sessions.authenticate(secret)).toMatchObject({ agentId: null });
  });

  test('that has ended picks nobody', async () => {
    const { sessionId } = await session();
    await store.sessions.end(TENANT, { sessionId });
    await expect(store.sessions.setAgent(TENANT, { sessionId, agentId: ANA })).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    });
  });
});
