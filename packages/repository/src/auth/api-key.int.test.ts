import { AgentId, ApiKeyId, TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { apiKeys } from './api-key.ts';

const OTHER = TenantId.parse('umbrella');

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});

afterAll(() => scenario[Symbol.asyncDispose]());

const authenticate = async (key: string) =>
  (await apiKeys.authenticate(scenario.collections, [key])).get(key) ?? null;

describe('An API key', () => {
  it('stands for its tenant, its role and its agent', async () => {
    const { collections, tenantId } = scenario;
    const agentId = AgentId.parse('mia');
    const made = await apiKeys.create(collections, {
      tenantId,
      name: 'Importer',
      role: 'import',
      agentId,
    });
    expect(made.key).toMatch(/^baton_[A-Za-z0-9_-]{43}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    const credential = await authenticate(made.key);
    expect(credential).toEqual({ tenantId, keyId: made.id, role: 'import', agentId });
  });

  it('is kept nowhere: the store has only its hash', async () => {
    const { collections, tenantId } = scenario;
    const { id, key } = await apiKeys.create(collections, { tenantId, name: 'Secret', role: 'app' });
    const documents = await collections.api_keys.collection.find({ tenantId }).toArray();
    expect(documents.map(({ _id }) => _id.toHexString())).toContain(id);
    expect(JSON.stringify(documents)).not.toContain(key.slice(12));
  });

  it('that nobody made, or that is no key at all, stands for nothing', async () => {
    expect(await authenticate(`baton_${'A'.repeat(43)}`)).toBeNull();
    expect(await authenticate('')).toBeNull();
    expect(await authenticate('x'.repeat(100_000))).toBeNull();
  });

  it('is revoked for good, by its own tenant only', async () => {
    const { collections, tenantId } = scenario;
    const { id, key } = await apiKeys.create(collections, { tenantId, name: 'Short-lived', role: 'app' });
    await expect(apiKeys.revoke(collections, OTHER, { keyId: id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await authenticate(key)).not.toBeNull();
    const revoked = await apiKeys.revoke(collections, tenantId, { keyId: id });
    expect(revoked.revokedAt).not.toBeNull();
    expect(await authenticate(key)).toBeNull();
    expect(await apiKeys.revoke(collections, tenantId, { keyId: id })).toEqual(revoked);
    const unknown = ApiKeyId.parse('f'.repeat(24));
    await expect(apiKeys.revoke(collections, tenantId, { keyId: unknown })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is listed by its own tenant, the newest first, without its secret', async () => {
    const { collections } = scenario;
    const tenantId = TenantId.parse('lists');
    for (const name of ['a', 'b', 'c']) await apiKeys.create(collections, { tenantId, name, role: 'app' });
    const first = await apiKeys.list(collections, tenantId, { limit: 2 });
    const second = await apiKeys.list(collections, tenantId, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['c', 'b', 'a']);
    expect(Object.keys(first.items[0] ?? {}).toSorted()).toEqual([
      'agentId',
      'createdAt',
      'id',
      'name',
      'prefix',
      'revokedAt',
      'role',
    ]);
  });
});
