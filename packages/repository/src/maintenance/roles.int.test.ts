import { createHash } from 'node:crypto';
import { AgentId, type Right, Role, SessionId, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Scenario } from '../../test/scenario.ts';
import { apiKeys } from '../auth/api-key.ts';
import { createSignInLink, readSessions } from '../auth/session.ts';
import { decoderOf } from '../schema/decoder.ts';
import { ApiKeyDocument, SessionDocument } from '../schema/credential-documents.ts';
import { giveRoles } from './roles.ts';

const TENANT = TenantId.parse('upgraded');
const MIA = AgentId.parse('mia');
const { signal } = new AbortController();

/** Reads documents as a server of the version before does. */
const olderRights = { rights: z.array(z.enum(['import', 'manage'])) };
const decodeAsBefore = {
  api_keys: decoderOf(ApiKeyDocument.omit({ role: true }).extend(olderRights)),
  sessions: decoderOf(SessionDocument.omit({ role: true }).extend(olderRights)),
};

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

/** A key as a server of the version before writes it. */
async function keyOfBefore(
  rights: Right[],
  agentId: AgentId | null,
): Promise<{ _id: ObjectId; key: string }> {
  const _id = new ObjectId();
  const key = `baton_${_id.toHexString().padEnd(43, 'x')}`;
  const document = {
    _id,
    tenantId: TENANT,
    name: 'old',
    prefix: 'baton_',
    rights,
    agentId,
    createdAt: new Date(),
    revokedAt: null,
    hash: createHash('sha256').update(key).digest('hex'),
  };
  await scenario.collections.api_keys.collection.insertOne(document);
  return { _id, key };
}

const cases: [rights: Right[], agentId: AgentId | null, role: Role][] = [
  [['import', 'manage'], null, 'admin'],
  [['manage', 'import'], MIA, 'admin'],
  [['import'], MIA, 'import'],
  [['manage'], MIA, 'manager'],
  [['manage'], null, 'manager'],
  [[], null, 'app'],
  [[], MIA, 'agent'],
];

test.each(cases)(
  'the rights %j with the agent %s are the role %s, before and after',
  async (rights, agentId, role) => {
    const { collections } = scenario;
    const collection = collections.api_keys.acrossTenants('test');
    const { _id, key } = await keyOfBefore(rights, agentId);
    const credential = { tenantId: TENANT, keyId: _id.toHexString(), role, agentId };
    expect((await apiKeys.authenticate(collections, [key])).get(key)).toMatchObject(credential);
    await giveRoles(collections.db, { signal });
    await giveRoles(collections.db, { signal });
    const stored = await collection.findOne({ _id });
    expect(stored).toMatchObject({ role, rights });
    expect(decodeAsBefore.api_keys(stored ?? {})).toMatchObject({ rights, agentId });
    expect((await apiKeys.authenticate(collections, [key])).get(key)).toMatchObject(credential);
  },
);

test('browsers that were signed in stay so, with their roles', async () => {
  const { collections } = scenario;
  const _id = new ObjectId();
  const at = { createdAt: new Date(), expiresAt: new Date(Date.now() + 3_600_000) };
  const granted = { tenantId: TENANT, kind: 'session', rights: ['manage'], agentId: MIA };
  await collections.sessions.collection.insertOne({ _id, hash: 'h'.repeat(43), ...granted, ...at });
  const ids = [SessionId.parse(_id.toHexString())];
  expect(await readSessions(collections, ids)).toMatchObject([{ role: 'manager', agentId: MIA }]);
  await giveRoles(collections.db, { signal });
  expect(await collections.sessions.acrossTenants('test').findOne({ _id })).toMatchObject({
    role: 'manager',
  });
  expect(await readSessions(collections, ids)).toMatchObject([{ role: 'manager', agentId: MIA }]);
});

test.each(Role.options)(
  'what a new server grants as %s an old one bounds as well, or does not let in',
  async (role) => {
    const { collections } = scenario;
    const { id } = await apiKeys.create(collections, { tenantId: TENANT, name: role, role, agentId: MIA });
    await createSignInLink(collections, TENANT, { role, agentId: MIA, keyId: id });
    const rights = { manager: ['manage'], app: [], import: ['import'], admin: ['import', 'manage'] };
    const key = await collections.api_keys.acrossTenants('test').findOne({ _id: new ObjectId(id) });
    const link = await collections.sessions.acrossTenants('test').findOne({ keyId: new ObjectId(id) });
    for (const read of [
      () => decodeAsBefore.api_keys(key ?? {}),
      () => decodeAsBefore.sessions(link ?? {}),
    ]) {
      if (role === 'viewer' || role === 'agent') expect(read).toThrow(/at rights/);
      else expect(read()).toMatchObject({ rights: rights[role], agentId: MIA });
    }
  },
);

test('what says neither a role nor rights opens nothing', async () => {
  const { collections } = scenario;
  const { _id, key } = await keyOfBefore(['manage'], null);
  await collections.api_keys.acrossTenants('test').updateOne({ _id }, { $unset: { rights: '' } });
  expect(await apiKeys.authenticate(collections, [key])).toEqual(new Map());
  const { items } = await apiKeys.list(collections, TENANT, { limit: 1 });
  expect(items).toMatchObject([{ id: _id.toHexString(), role: 'viewer' }]);
});

test('an agent without an agent is refused', async () => {
  const { collections } = scenario;
  const named = { role: 'agent', agentId: null } as const;
  await expect(apiKeys.create(collections, { tenantId: TENANT, name: 'x', ...named })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  await expect(createSignInLink(collections, TENANT, { ...named, keyId: null })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});
