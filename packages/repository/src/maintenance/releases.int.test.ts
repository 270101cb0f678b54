import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fold } from '@baton/domain';
import { EntryKind } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { BSON, type Document } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { readRelease, type Release, tellSales } from '../../test/release.ts';
import { Scenario } from '../../test/scenario.ts';
import { connect } from '../connection/connection.ts';
import { type CollectionName, declaredCollections } from '../schema/collections.ts';
import { conversationOf, readEntry } from '../schema/mapping.ts';
import { openCollections } from '../schema/open-collections.ts';
import { migrate } from './migrations.ts';
import { rebuild } from './rebuild.ts';
import { rebuildSearchTerms } from './search-terms.ts';
import { reportUnreadable } from './unreadable-report.ts';

const FOLDER = new URL('../../../testing/fixtures/releases/', import.meta.url);

function read(version: string): Release {
  const file = (name: string): unknown =>
    JSON.parse(readFileSync(new URL(`${version}/${name}.json`, FOLDER), 'utf8'));
  // Written by `readRelease`.
  return { collections: file('documents'), schema: file('schema') } as Release;
}

const storedForm = (document: Document): Document => BSON.EJSON.deserialize(document, { relaxed: false });

describe.each(readdirSync(FOLDER).filter((name) => /^\d/.test(name)))('what release %s wrote', (version) => {
  const { collections, schema } = read(version);
  const kinds = new Set(collections['timeline']?.map((entry) => String(entry['kind'])));

  test('has every kind of entry that it had', () => {
    expect(kinds.size).toBeGreaterThanOrEqual(12);
    for (const kind of kinds) expect(EntryKind.options).toContain(kind);
  });

  test('is taken by today’s validators, read, and folded to what was stored with it', async () => {
    await using database = await testDatabase();
    await using connection = await connect(database.uri);
    await migrate(connection.db);
    // The validators are strict here: a release may go on writing while the next one serves.
    for (const [name, documents] of Object.entries(collections))
      if (documents.length > 0) await connection.db.collection(name).insertMany(documents.map(storedForm));
    const today = openCollections(connection.db);
    expect((await reportUnreadable(today)).documents).toEqual([]);
    for await (const document of today.conversations.acrossTenants('test').find({})) {
      const entries = await today.timeline
        .acrossTenants('test')
        .find({ conversationId: document._id })
        .sort({ seq: 1 })
        .toArray();
      const timeline = entries.flatMap((entry) => readEntry(today, entry) ?? []);
      expect(timeline.map(({ kind }) => kind)).not.toContain('unknown');
      expect(fold(timeline)).toEqual(conversationOf(today.conversations.decode(document)));
    }
    // What that release wrote after the migration lacks what this one keeps beside it, until a server catches up.
    await rebuildSearchTerms(today);
    expect((await rebuild(today)).differences).toEqual([]);
  });

  test('finds its collections and indexes as it knew them: it asks for them by name', () => {
    for (const [name, { indexes }] of Object.entries(schema)) {
      // A name that is not declared gives undefined, and the test fails.
      const declared = declaredCollections[name as CollectionName];
      expect(declared, name).toBeDefined();
      const names = declared.indexes.map((index) => index.name);
      for (const index of indexes) expect(names).toContain(index.name);
    }
  });
});

test('today’s version writes every kind of entry into what it would leave as a release', async () => {
  await using database = await testDatabase();
  await using scenario = await Scenario.open(database.uri);
  await tellSales(scenario);
  const { collections, schema } = await readRelease(scenario.collections.db);
  const kinds = new Set(collections['timeline']?.map((entry) => String(entry['kind'])));
  expect(kinds).toEqual(new Set(EntryKind.options.filter((kind) => kind !== 'unknown')));
  expect((await rebuild(scenario.collections)).differences).toEqual([]);
  const folder = process.env['BATON_WRITE_RELEASE'];
  if (folder === undefined) return;
  writeFileSync(`${folder}/documents.json`, JSON.stringify(collections));
  writeFileSync(`${folder}/schema.json`, JSON.stringify(schema));
});
