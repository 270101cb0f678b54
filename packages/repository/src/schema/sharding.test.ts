import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type CollectionDeclaration, declaredCollections, SHARD_KEYS, shardKeyOf } from './collections.ts';
import { validationOf } from './validator.ts';

const page = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
const declared = Object.values<CollectionDeclaration>(declaredCollections);
const sharded = declared.filter(({ name }) => shardKeyOf(name) !== undefined);

const written = (key: object) =>
  `{ ${Object.keys(key)
    .map((field) => `${field}: 1`)
    .join(', ')} }`;

const beginsWith = (key: object, shardKey: object) =>
  Object.keys(shardKey).every((field, place) => Object.keys(key)[place] === field);

/** Lists of a conversation make their indexes multikey, which no shard key may use. */
const WITHOUT_OWN_INDEX = ['conversations', 'listed_conversations', 'counted_conversations'];

describe('a shard key', () => {
  it('begins with the tenant', () => {
    for (const key of Object.values(SHARD_KEYS)) {
      const [first] = Object.keys(key);
      expect(['tenantId', '_id']).toContain(first);
    }
    // There the id is a document that begins with the tenant.
    const byId = sharded.filter(({ name }) => Object.keys(shardKeyOf(name) ?? {})[0] === '_id');
    expect(byId.length).toBeGreaterThan(0);
    for (const { name, schema } of byId)
      expect([name, JSON.stringify(validationOf(schema))]).toEqual([
        name,
        expect.stringMatching(/"_id":\{[^{}]*"properties":\{"tenantId"/),
      ]);
  });

  it('begins every unique index of its collection, as MongoDB demands', () => {
    const unique = sharded.flatMap(({ name, indexes }) =>
      indexes.filter((index) => index.unique === true).map(({ key }) => ({ name, key })),
    );
    expect(unique.length).toBeGreaterThan(4);
    for (const { name, key } of unique)
      expect([name, beginsWith(key, shardKeyOf(name) ?? {})]).toEqual([name, true]);
  });

  it('has an index that covers every document, or the page makes one', () => {
    const without = sharded.filter(({ name, indexes }) => {
      const key = shardKeyOf(name) ?? {};
      const isCovered = indexes.some(
        (index) => index.partialFilterExpression === undefined && beginsWith(index.key, key),
      );
      return !isCovered && Object.keys(key)[0] !== '_id';
    });
    expect(without.map(({ name }) => name)).toEqual(WITHOUT_OWN_INDEX);
    for (const name of WITHOUT_OWN_INDEX)
      expect(page).toContain(`.${name}.createIndex(${written(shardKeyOf(name) ?? {})});`);
  });
});

describe('the page for operators', () => {
  it('has the command for each sharded collection, and no other', () => {
    const commands = Object.entries(SHARD_KEYS).map(
      ([name, key]) => `sh.shardCollection('baton.${name}', ${written(key)});`,
    );
    expect(page.match(/^sh\.shardCollection\(.*$/gm)?.toSorted()).toEqual(commands.toSorted());
  });

  it('gives each sharded collection a zone, and says of each other one why it is not sharded', () => {
    const [, zones = ''] = page.split('### Zones');
    for (const { name } of declared) {
      if (shardKeyOf(name) !== undefined) expect(zones).toContain(`'${name}'`);
      else expect(page).toMatch(new RegExp(`^\\| [^|]*\`${name}\`[^|]* \\|`, 'm'));
    }
  });
});
