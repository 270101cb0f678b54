import { testDatabase, type TestDatabase } from '@baton/testing';
import { AgentId, ApiKeyId, TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeys } from './api-key.ts';
import { Scenario } from '../../test/scenario.ts';

const OTHER = TenantId.parse('umbrella');

let database: TestDatabase;
let scenario: Scenario;

beforeAll(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
});

afterAll(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('An API key', () => {
  it('stands for its tenant, its rights and its agent', async () => {
    const { tables, tenantId } = scenario;
    const agentId = AgentId.parse('mia');
    const made = await apiKeys.create(tables, {
      tenantId,
      name: 'Importer',
      rights: ['import', 'import'],
      agentId,
    });
    expect(made.key).toMatch(/^baton_[A-Za-z0-9_-]{43}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    const credential = await apiKeys.authenticate(tables, made.key);
    expect(credential).toEqual({ tenantId, keyId: made.id, rights: ['import'], agentId });
  });

  it('is kept nowhere: the store has only its hash', async () => {
    const { tables, tenantId } = scenario;
    const { id, key } = await apiKeys.create(tables, { tenantId, name: 'Secret', rights: [] });
    const documents = await tables.api_keys.collection.find({ tenantId }).toArray();
    expect(documents.map(({ _id }) => _id.toHexString())).toContain(id);
    expect(JSON.stringify(documents)).not.toContain(key.slice(12));
  });

  it('that nobody made, or that is no key at all, stands for nothing', async () => {
    const { tables } = scenario;
    expect(await apiKeys.authenticate(tables, `baton_${'A'.repeat(43)}`)).toBeNull();
    expect(await apiKeys.authenticate(tables, '')).toBeNull();
    expect(await apiKeys.authenticate(tables, 'x'.repeat(100_000))).toBeNull();
  });

  it('is revoked for good, by its own tenant only', async () => {
    const { tables, tenantId } = scenario;
    const { id, key } = await apiKeys.create(tables, { tenantId, name: 'Short-lived', rights: [] });
    await expect(apiKeys.revoke(tables, OTHER, { keyId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await apiKeys.authenticate(tables, key)).not.toBeNull();
    const revoked = await apiKeys.revoke(tables, tenantId, { keyId: id });
    expect(revoked.revokedAt).not.toBeNull();
    expect(await apiKeys.authenticate(tables, key)).toBeNull();
    expect(await apiKeys.revoke(tables, tenantId, { keyId: id })).toEqual(revoked);
    const unknown = ApiKeyId.parse('f'.repeat(24));
    await expect(apiKeys.revoke(tables, tenantId, { keyId: unknown })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is listed by its own tenant, the newest first, without its secret', async () => {
    const { tables } = scenario;
    const tenantId = TenantId.parse('lists');
    for (const name of ['a', 'b', 'c']) await apiKeys.create(tables, { tenantId, name, rights: [] });
    const first = await apiKeys.list(tables, tenantId, { limit: 2 });
    const second = await apiKeys.list(tables, tenantId, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(Object.keys(first.items[0] ?? {}).toSorted()).toEqual([
      'createdAt',
      'id',
      'name',
      'prefix',
      'revokedAt',
      'rights',
    ]);
  });
});
