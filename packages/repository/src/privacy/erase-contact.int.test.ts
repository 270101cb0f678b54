import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { aTalk, CONTACT } from '../../test/talk.ts';
import { whereWordStands } from '../../test/words.ts';
import { OPERATOR } from '../audit/append.ts';
import { rebuild } from '../maintenance/rebuild.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

test('after an erasure no collection has a word of the contact, and the figures and folds stay right', async () => {
  const { store, collections, tenantId } = scenario;
  await aTalk(scenario);
  expect(await whereWordStands(collections.db)).toEqual([
    'active_conversations',
    'contacts',
    'conversations',
    'follow_ups',
    'handoffs',
    'idempotency',
    'listed_conversations',
    'objections',
    'qualification_answers',
    'refusals',
    'search_terms',
    'snapshots',
    'timeline',
  ]);
  const erasure = await store.privacy.erase(tenantId, { contactId: CONTACT }, OPERATOR);
  expect(erasure).toMatchObject({ state: 'done', counts: { contacts: 1, conversations: 1 } });
  await store.drain();
  expect(await whereWordStands(collections.db)).toEqual([]);
  expect(await rebuild(collections)).toMatchObject({ differences: [] });
});
