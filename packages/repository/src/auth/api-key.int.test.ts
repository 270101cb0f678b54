import { AgentId, ApiKeyId, TenantId, timestamp } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { HOUR_MS, movedClock } from '../../test/clocks.ts';
import { openCollections } from '../schema/open-collections.ts';
import { apiKeys } from './api-key.ts';
import { hashOfKey, isSameHash, newKey } from './key-secret.ts';

const OTHER = TenantId.parse('umbrella');

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});

afterAll(() => scenario[Symbol.asyncDispose]());

const authenticate = async (key: string) =>
  (await apiKeys.authenticate(scenario.collections, [key])).get(key) ?? null;

const named = (name: string) => ({ tenantId: scenario.tenantId, name });

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
    expect(made.key).toMatch(new RegExp(`^baton_${made.id}_[A-Za-z0-9_-]{43}$`));
    expect(made.key.startsWith(made.prefix)).toBe(true);
    const credential = await authenticate(made.key);
    expect(credential).toEqual({
      tenantId,
      keyId: made.id,
      role: 'import',
      agentId,
      secretHash: hashOfKey(made.key),
    });
  });

  it('is kept nowhere: the store has only its hash', async () => {
    const { collections, tenantId } = scenario;
    const { id, key } = await apiKeys.create(collections, { tenantId, name: 'Secret', role: 'app' });
    const documents = await collections.api_keys.collection.find({ tenantId }).toArray();
    expect(documents.map(({ _id }) => _id.toHexString())).toContain(id);
    expect(JSON.stringify(documents)).not.toContain(key.slice(-43));
  });

  it('that nobody made, or that is no key at all, stands for nothing', async () => {
    expect(await authenticate(`baton_${'A'.repeat(43)}`)).toBeNull();
    const { id } = await apiKeys.create(scenario.collections, { ...named('Guessed'), role: 'app' });
    expect(await authenticate(newKey(id))).toBeNull();
    expect(await authenticate(newKey(ApiKeyId.parse('f'.repeat(24))))).toBeNull();
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
      'expiresAt',
      'id',
      'lastUsedAt',
      'name',
      'prefix',
      'previousUntil',
      'revokedAt',
      'role',
    ]);
  });
});

describe('By the clock of the store, a key', () => {
  let now = Date.parse('2026-01-05T09:00:00.000Z');
  const collectionsNow = () => openCollections(scenario.collections.db, { clock: movedClock(() => now) });
  const isGood = async (key: string) => (await apiKeys.authenticate(collectionsNow(), [key])).has(key);

  it('works until it expires, as do the sessions that come from it', async () => {
    const collections = collectionsNow();
    const { tenantId } = scenario;
    const expiresAt = timestamp(now + HOUR_MS);
    const { id, key } = await apiKeys.create(collections, { ...named('Short'), role: 'app', expiresAt });
    expect(await isGood(key)).toBe(true);
    expect(await apiKeys.read(collections, [id])).toHaveLength(1);
    now += HOUR_MS;
    expect(await isGood(key)).toBe(false);
    expect(await apiKeys.read(collections, [id])).toEqual([]);
    await expect(apiKeys.rotate(collections, tenantId, { keyId: id, overlapMs: 0 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(
      apiKeys.create(collections, { ...named('Late'), role: 'app', expiresAt }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('takes its secret before for the overlap, and none that is older', async () => {
    const collections = collectionsNow();
    const { tenantId } = scenario;
    const { id: keyId, key: first } = await apiKeys.create(collections, { ...named('Turned'), role: 'app' });
    const { key: second } = await apiKeys.rotate(collections, tenantId, { keyId, overlapMs: HOUR_MS });
    expect(await Promise.all([first, second ?? ''].map(isGood))).toEqual([true, true]);
    const read = await apiKeys.read(collections, [keyId]);
    expect(read.map(({ secretHash }) => secretHash)).toEqual([second ?? '', first].map(hashOfKey));
    const { key: third } = await apiKeys.rotate(collections, tenantId, { keyId, overlapMs: HOUR_MS });
    expect(await Promise.all([first, second ?? '', third ?? ''].map(isGood))).toEqual([false, true, true]);
    now += HOUR_MS;
    expect(await Promise.all([second ?? '', third ?? ''].map(isGood))).toEqual([false, true]);
    await apiKeys.rotate(collections, tenantId, { keyId, overlapMs: 0 });
    expect(await isGood(third ?? '')).toBe(false);
    await expect(apiKeys.rotate(collections, OTHER, { keyId, overlapMs: 0 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('of a version before, which has no id in it, works on and can be rotated to one that has', async () => {
    const collections = collectionsNow();
    const { id: keyId } = await apiKeys.create(collections, { ...named('Old'), role: 'app' });
    const old = `baton_${'o'.repeat(43)}`;
    await collections.api_keys
      .acrossTenants('test')
      .updateOne({ _id: new ObjectId(keyId) }, { $set: { hash: hashOfKey(old), prefix: 'baton_oooooo' } });
    expect(await isGood(old)).toBe(true);
    const { key } = await apiKeys.rotate(collections, scenario.tenantId, { keyId, overlapMs: HOUR_MS });
    expect(await Promise.all([old, key ?? ''].map(isGood))).toEqual([true, true]);
    expect(key).toContain(keyId);
    now += HOUR_MS;
    expect(await Promise.all([old, key ?? ''].map(isGood))).toEqual([false, true]);
  });

  it('is noted as used once in five minutes', async () => {
    const collections = collectionsNow();
    const { id } = await apiKeys.create(collections, { ...named('Used'), role: 'app' });
    const uses: (string | null | undefined)[] = [];
    for (let minute = 0; minute < 7; minute += 2) {
      await apiKeys.noteUse(collections, [id]);
      const { items } = await apiKeys.list(collections, scenario.tenantId, { limit: 100 });
      uses.push(items.find((key) => key.id === id)?.lastUsedAt);
      now += 2 * 60_000;
    }
    expect(new Set(uses).size).toBe(2);
    expect(uses[0]).toBe(uses[2]);
  });
});

describe('Hashes', () => {
  it.each([
    ['the same', 'ab', true],
    ['others', 'ac', false],
    ['longer', 'abc', false],
  ])('that are %s are told apart', (_, other, isSame) => {
    expect(isSameHash('ab', other)).toBe(isSame);
  });
});
