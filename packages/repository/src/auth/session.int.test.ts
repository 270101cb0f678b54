import { createHash } from 'node:crypto';
import { AgentId, type Right, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
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

const link = (rights: Right[] = ['manage']) => store.sessions.createLink(TENANT, { rights });

async function session() {
  const secret = await store.sessions.signIn((await link()).token);
  const credential = await store.sessions.authenticate(secret);
  if (credential === null) throw new Error('Nobody is signed in');
  return { secret, ...credential };
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');

/** As if its time had come. */
const expire = (secret: string) =>
  store.collections.sessions.collection.updateOne(
    { hash: hashOf(secret) },
    { $set: { expiresAt: new Date(Date.now() - 1) } },
  );

describe('a link', () => {
  test('opens one session with its rights, however many use it at once', async () => {
    const { token } = await link(['import']);
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => store.sessions.signIn(token)));
    const [secret, ...more] = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    expect(more).toEqual([]);
    expect(await store.sessions.authenticate(secret ?? '')).toMatchObject({
      tenantId: TENANT,
      rights: ['import'],
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

describe('a session', () => {
  test('is kept as a hash only', async () => {
    const { token } = await link();
    const secret = await store.sessions.signIn(token);
    const kept = JSON.stringify(await store.collections.sessions.collection.find().toArray());
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
    const index = (await store.collections.sessions.collection.indexes()).find(
      ({ name }) => name === 'expiry',
    );
    expect(index).toMatchObject({ expireAfterSeconds: 0 });
  });

  test('is of the person that was picked', async () => {
    const { secret, sessionId } = await session();
    await store.sessions.setAgent(TENANT, { sessionId, agentId: ANA });
    expect(await store.sessions.authenticate(secret)).toMatchObject({ agentId: ANA });
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
