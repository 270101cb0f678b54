import { SearchMessages } from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { type Document, ObjectId } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { searchQueries } from '../read/search/search.ts';
import { byId, type Collections, openCollections } from '../schema/open-collections.ts';
import { withLease } from './leases.ts';
import { migrate } from './migrations.ts';
import { rebuild } from './rebuild.ts';
import { catchUpSearchTerms, rebuildSearchTerms } from './search-terms.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let scenario: Scenario;
let collections: Collections;
/** How far the clock has been moved on. */
let later = 0;
let kept: Document[];

beforeEach(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
  later = 0;
  const { clock, db } = scenario.collections;
  collections = openCollections(db, {
    clock: { now: () => clock.now() + later, ready: () => clock.ready() },
  });
  const { id } = await scenario.create();
  await scenario.say(id, '请给我发票');
  await scenario.say(id, 'hello');
  await scenario.say(id, '合同在哪里');
  kept = await terms();
});

afterEach(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const terms = () =>
  scenario.collections.search_terms.acrossTenants('test').find({}).sort({ seq: 1 }).toArray();

async function found(text: string): Promise<string[]> {
  const page = await searchQueries.messages(collections, scenario.tenantId, SearchMessages.parse({ text }));
  return page.items.map(({ message }) => message.text);
}

/** What a server of the version before does: it writes no terms. */
const forget = (filter: Document = {}) =>
  scenario.collections.search_terms.acrossTenants('test').deleteMany(filter);

describe('A server of the version before', () => {
  it('writes messages that are found once the store has caught up', async () => {
    await forget({ seq: kept[1]?.['seq'] });
    expect(await found('合同')).toEqual([]);
    later = 5 * MINUTE_MS;
    expect(await catchUpSearchTerms(collections)).toEqual({ written: 1, removed: 0 });
    expect(await found('合同')).toEqual(['合同在哪里']);
    expect(await terms()).toEqual(kept);
  });

  it('redacts messages whose words leave the store with the next catching up', async () => {
    const [first] = kept;
    await scenario.run('messages.redact', {
      conversationId: String(first?.['conversationId']),
      seq: first?.['seq'],
    });
    await scenario.collections.search_terms.collection.insertOne({ ...first });
    expect(await found('发票')).toEqual([]);
    later = 5 * MINUTE_MS;
    expect(await catchUpSearchTerms(collections)).toEqual({ written: 0, removed: 1 });
    expect(await terms()).toEqual(kept.slice(1));
  });

  it('may have given an id an hour late', async () => {
    await forget();
    later = 60 * MINUTE_MS;
    expect(await catchUpSearchTerms(collections)).toEqual({ written: 2, removed: 0 });
    later += 5 * MINUTE_MS;
    await forget();
    expect(await catchUpSearchTerms(collections)).toEqual({ written: 2, removed: 0 });
    later += 70 * MINUTE_MS;
    await forget();
    expect(await catchUpSearchTerms(collections)).toEqual({ written: 2, removed: 0 });
    later += 70 * MINUTE_MS;
    await forget();
    expect(await catchUpSearchTerms(collections)).toEqual({ written: 0, removed: 0 });
  });
});

describe('Catching up', () => {
  it('is done once for all servers in some minutes', async () => {
    later = 5 * MINUTE_MS;
    expect(await catchUpSearchTerms(collections)).not.toBeNull();
    expect(await catchUpSearchTerms(collections)).toBeNull();
  });

  it('is left to a server that does it already', async () => {
    later = 5 * MINUTE_MS;
    await withLease(collections.db, 'search_terms', { holder: 'another', leaseMs: 30_000 }, async () => {
      expect(await catchUpSearchTerms(collections)).toBeNull();
    });
  });

  it('waits for the migration, which goes through everything', async () => {
    await forget();
    await collections.progress.collection.deleteMany({});
    await collections.migrations.collection.deleteOne(byId('0003-search-terms'));
    expect(await catchUpSearchTerms(collections)).toBeNull();
    const progress: unknown[] = [];
    await migrate(collections.db, { onProgress: (step) => progress.push(step) });
    expect(progress).toContainEqual({ phase: 'documents', collection: 'search_terms', done: 2 });
    expect(await terms()).toEqual(kept);
    later = 5 * MINUTE_MS;
    expect(await catchUpSearchTerms(collections)).toEqual({ written: 0, removed: 0 });
  });
});

describe('Rebuilding', () => {
  it('writes what is missing or other, and removes what has no message', async () => {
    const { search_terms: stored } = scenario.collections;
    await forget({ seq: kept[0]?.['seq'] });
    await stored.acrossTenants('test').updateOne({ seq: kept[1]?.['seq'] }, { $set: { terms: ['别'] } });
    await stored.collection.insertOne({ ...kept[0], _id: new ObjectId(), seq: 77 });
    expect((await rebuild(collections)).differences).toMatchObject([{ fields: ['search_terms'] }]);
    expect(await rebuildSearchTerms(collections)).toEqual({ written: 2, removed: 1 });
    expect(await terms()).toEqual(kept);
    expect((await rebuild(collections)).differences).toEqual([]);
    expect(await rebuildSearchTerms(collections)).toEqual({ written: 0, removed: 0 });
  });

  it('stops where it is told to', async () => {
    const signal = AbortSignal.abort(new Error('Enough'));
    await expect(rebuildSearchTerms(collections, { signal })).rejects.toThrow('Enough');
  });
});

it('the terms of a message name its conversation and its author, and keep its words', () => {
  expect(kept[0]).toMatchObject({
    tenantId: 'acme',
    author: { kind: 'customer' },
    text: '请给我发票',
    terms: ['请给', '给我', '我发', '发票', '票'],
  });
});
