import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOf, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const whoIs = (apiKey: string | null) => server.connect({ apiKey: apiKey ?? '' }).api.session.get.query();

test('an admin makes, lists, rotates and revokes keys', async () => {
  const { apiKeys } = server.baton.api;
  const made = await apiKeys.create.mutate({ name: 'Desk', role: 'agent', agentId: 'ana' });
  expect(made).toMatchObject({
    name: 'Desk',
    role: 'agent',
    agentId: 'ana',
    expiresAt: null,
    lastUsedAt: null,
  });
  expect(await whoIs(made.key)).toMatchObject({ role: 'agent', agent: { id: 'ana' } });
  const { key: _key, ...listed } = made;
  expect((await apiKeys.list.query({ limit: 1 })).items).toEqual([listed]);

  const rotated = await apiKeys.rotate.mutate({ keyId: made.id, overlapMs: 60_000 });
  expect(rotated).toMatchObject({ id: made.id, previousUntil: expect.stringMatching(/Z$/) });
  expect(rotated.key).not.toBe(made.key);
  for (const key of [made.key, rotated.key]) expect(await whoIs(key)).toMatchObject({ role: 'agent' });

  expect(await apiKeys.revoke.mutate({ keyId: made.id })).toMatchObject({ revokedAt: expect.any(String) });
  expect(await refusalOf(apiKeys.rotate.mutate({ keyId: made.id }))).toMatchObject({ code: 'NOT_FOUND' });
  const actions = (await server.baton.api.admin.audit.query({ limit: 3 })).items;
  expect(actions.map(({ action, target }) => [action, target])).toEqual([
    ['apiKeys.revoke', made.id],
    ['apiKeys.rotate', made.id],
    ['apiKeys.create', made.id],
  ]);
});

test.each(['viewer', 'manager', 'app', 'import'] as const)('%s may do none of it', async (role) => {
  const { apiKeys } = server.connect({ apiKey: await server.createKey(role) }).api;
  const keyId = 'f'.repeat(24);
  const calls = [
    () => apiKeys.create.mutate({ name: 'Mine', role: 'admin' }),
    () => apiKeys.list.query({}),
    () => apiKeys.rotate.mutate({ keyId }),
    () => apiKeys.revoke.mutate({ keyId }),
  ];
  for (const call of calls) expect(await refusalOf(call())).toMatchObject({ code: 'FORBIDDEN', status: 403 });
});

test('a call that is sent again gives what was made, without the secret, which is kept nowhere', async () => {
  const { apiKeys } = server.baton.api;
  const input = { name: 'Twice', role: 'app', idempotencyKey: 'make' } as const;
  const made = await apiKeys.create.mutate(input);
  expect(await apiKeys.create.mutate(input)).toEqual({ ...made, key: null });
  const turn = { keyId: made.id, overlapMs: 0, idempotencyKey: 'turn' };
  const rotated = await apiKeys.rotate.mutate(turn);
  expect(await apiKeys.rotate.mutate(turn)).toEqual({ ...rotated, key: null });
  expect(await whoIs(rotated.key)).toMatchObject({ role: 'app' });
  expect(await refusalOf(whoIs(made.key))).toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await refusalOf(apiKeys.create.mutate({ ...input, name: 'Other' }))).toMatchObject({
    code: 'IDEMPOTENCY_MISMATCH',
  });
  const kept = await Promise.all(
    ['idempotency', 'api_keys', 'audit'].map((name) => server.db.collection(name).find().toArray()),
  );
  for (const key of [made.key, rotated.key])
    expect(JSON.stringify(kept)).not.toContain(key?.slice(-43) ?? 'no key');
});

test('a key that would have ended, or an agent that is nobody, is refused at its field', async () => {
  const { apiKeys } = server.baton.api;
  const late = apiKeys.create.mutate({ name: 'Late', role: 'app', expiresAt: '2020-01-01T00:00:00.000Z' });
  expect(await refusalOf(late)).toMatchObject({
    code: 'INVALID_INPUT',
    details: { faults: [{ path: 'expiresAt' }] },
  });
  expect(await refusalOf(apiKeys.create.mutate({ name: 'Nobody', role: 'agent' }))).toMatchObject({
    code: 'INVALID_INPUT',
  });
});
