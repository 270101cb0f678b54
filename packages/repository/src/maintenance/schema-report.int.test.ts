import { isDeepStrictEqual } from 'node:util';
import type { SchemaDifference } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { connect, type Connection } from '../connection/connection.ts';
import { type CollectionDeclaration, declaredCollections, SHARD_KEYS } from '../schema/collections.ts';
import { applySchema, reportSchema, type SchemaStep } from './schema-report.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let connection: Connection;

beforeEach(async () => {
  database = await testDatabase();
  connection = await connect(database.uri);
});

afterEach(async () => {
  await connection.client.close();
  await database[Symbol.asyncDispose]();
});

const declared = Object.values<CollectionDeclaration>(declaredCollections);

describe('the schema of an empty database', () => {
  it('lacks every collection and every index', async () => {
    const report = await reportSchema(connection.db);
    expect(report.ok).toBe(false);
    expect(namesOf(report.differences, 'collection')).toEqual(declared.map(({ name }) => name));
    expect(namesOf(report.differences, 'index')).toHaveLength(
      declared.flatMap(({ indexes }) => indexes).length,
    );
    expect(report.differences.every(({ problem }) => problem === 'missing')).toBe(true);
  });

  it('is as declared once it was applied, text index, partial and unique ones included', async () => {
    const steps: SchemaStep[] = [];
    const applied = await applySchema(connection.db, { onProgress: (step) => steps.push(step) });
    expect(applied).toEqual(steps);
    expect(applied).toContainEqual({
      collection: 'timeline',
      what: 'index',
      name: 'by_text',
      action: 'create',
    });
    expect(await reportSchema(connection.db)).toEqual({ ok: true, differences: [] });
    expect(await applySchema(connection.db)).toEqual([]);
  });

  it('stays empty on a dry run', async () => {
    const steps = await applySchema(connection.db, { dryRun: true });
    expect(steps.filter(({ what }) => what === 'collection')).toHaveLength(declared.length);
    expect(await connection.db.listCollections().toArray()).toEqual([]);
  });

  it('is applied by two at once', async () => {
    await Promise.all([applySchema(connection.db), applySchema(connection.db)]);
    expect(await reportSchema(connection.db)).toEqual({ ok: true, differences: [] });
  });

  it('is not applied further once it was called off', async () => {
    const off = new AbortController();
    const applying = applySchema(connection.db, { signal: off.signal, onProgress: () => off.abort() });
    await expect(applying).rejects.toThrow();
    expect(await connection.db.listCollections({ name: 'leases' }).toArray()).toEqual([]);
  });
});

/** Whether Baton itself declares an index on just these keys. */
const isDeclared = (name: string, key: object): boolean =>
  declared.some((one) => one.name === name && one.indexes.some((index) => isDeepStrictEqual(index.key, key)));

test('the index on a shard key, which a cluster needs, is no difference', async () => {
  await applySchema(connection.db);
  for (const [name, key] of Object.entries(SHARD_KEYS)) {
    if (!('_id' in key) || !('tenantId' in key)) continue;
    if (!isDeclared(name, key)) await connection.db.collection(name).createIndex(key);
    await connection.db.collection(name).createIndex({ tenantId: 1, other: 1 }, { name: 'other' });
  }
  const { differences } = await reportSchema(connection.db);
  expect(differences.map(({ collection, name }) => `${collection}.${name}`)).toEqual([
    'conversations.other',
    'listed_conversations.other',
    'counted_conversations.other',
    'paused_conversations.other',
  ]);
});

describe('a difference is found and put right', () => {
  beforeEach(async () => {
    await applySchema(connection.db);
  });

  it('where a validator is missing', async () => {
    await connection.db.command({ collMod: 'agents', validator: {} });
    await differs({ collection: 'agents', what: 'validator', name: 'agents', problem: 'missing' });
  });

  it('where a validator asks for something else', async () => {
    await connection.db.command({ collMod: 'agents', validator: { $jsonSchema: { required: ['name'] } } });
    const [difference] = await differs({ collection: 'agents', what: 'validator', problem: 'different' });
    expect(difference?.found).toContain('"required":["name"]');
    expect(difference?.declared).toContain('bsonType');
  });

  it.each([{ validationLevel: 'moderate' }, { validationAction: 'warn' }])(
    'where faults pass: %o',
    async (lax) => {
      await connection.db.command({ collMod: 'contacts', ...lax });
      await differs({ collection: 'contacts', what: 'validator', problem: 'different' });
    },
  );

  it('where an index is missing', async () => {
    await connection.db.collection('timeline').dropIndex('by_seq');
    await differs({ collection: 'timeline', what: 'index', name: 'by_seq', problem: 'missing' });
  });

  it.each([
    ['unique', 'timeline', 'by_seq', { tenantId: 1, conversationId: 1, seq: 1 }, {}],
    ['its fields', 'timeline', 'by_seq', { tenantId: 1, seq: 1, conversationId: 1 }, { unique: true }],
    ['partial', 'conversations', 'by_waiting', { tenantId: 1, 'metrics.waitingSince': 1, _id: 1 }, {}],
    ['its life', 'idempotency', 'expiry', { at: 1 }, { expireAfterSeconds: 60 }],
  ] as const)('where an index differs in %s', async (_, collection, name, key, options) => {
    await connection.db.collection(collection).dropIndex(name);
    await connection.db.collection(collection).createIndex(key, { name, ...options });
    await differs({ collection, what: 'index', name, problem: 'different' });
  });

  it.each([
    ['language', { default_language: 'none', language_override: '_language' }],
    ['override', { default_language: 'english', language_override: 'language' }],
    ['weight', { default_language: 'english', language_override: '_language', weights: { text: 3 } }],
    [
      'field',
      { default_language: 'english', language_override: '_language', weights: { text: 1, author: 1 } },
    ],
  ])('where the text index has another %s', async (_, options) => {
    const timeline = connection.db.collection('timeline');
    await timeline.dropIndex('by_text');
    await timeline.createIndex({ tenantId: 1, text: 'text' }, { name: 'by_text', ...options });
    await differs({ collection: 'timeline', what: 'index', name: 'by_text', problem: 'different' });
  });

  it('where an index is there that every write pays for and nobody declared', async () => {
    await connection.db.collection('agents').createIndex({ name: 1 }, { name: 'by_hand' });
    await differs({
      collection: 'agents',
      what: 'index',
      name: 'by_hand',
      problem: 'unexpected',
      declared: null,
    });
  });

  it('but not in collections that are none of its business', async () => {
    await connection.db.createCollection('somebody_elses');
    expect(await reportSchema(connection.db)).toEqual({ ok: true, differences: [] });
  });

  async function differs(expected: Partial<SchemaDifference>): Promise<SchemaDifference[]> {
    const { ok, differences } = await reportSchema(connection.db);
    expect(ok).toBe(false);
    expect(differences).toEqual([expect.objectContaining(expected)]);
    expect(await applySchema(connection.db)).toHaveLength(1);
    expect(await reportSchema(connection.db)).toEqual({ ok: true, differences: [] });
    return differences;
  }
});

function namesOf(differences: SchemaDifference[], what: SchemaDifference['what']): string[] {
  return differences.filter((difference) => difference.what === what).map(({ name }) => name);
}
