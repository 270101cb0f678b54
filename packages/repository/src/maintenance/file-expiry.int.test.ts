import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { storeFile } from '../../test/stored-file.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

test('a file whose content never comes goes after an hour, and one that came stays', async () => {
  const { store, tenantId, collections } = scenario;
  const { id: conversationId } = await scenario.create();
  const kept = await storeFile(store, tenantId, { conversationId, name: 'kept.txt' });
  const waiting = { conversationId, name: 'late.txt', bytes: 5 };
  const { file: late } = await store.files.create(tenantId, waiting, { kind: 'system' });
  expect(await store.files.removeDue()).toBe(0);
  // As if its hour were over.
  await collections.files.collection.updateOne(
    { tenantId, _id: new ObjectId(late.id) },
    { $set: { removeAt: new Date(0) } },
  );
  const stopped = new AbortController();
  stopped.abort();
  expect(await store.files.removeDue(stopped.signal)).toBe(0);
  expect(await store.files.removeDue()).toBeGreaterThan(0);
  await expect(store.files.get(tenantId, { fileId: late.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await store.files.get(tenantId, { fileId: kept.id })).file.id).toBe(kept.id);
  // What is noted of contents that are gone goes as well, once nobody can be writing them any more.
  await collections.file_removals.collection.updateMany({}, { $set: { dueAt: new Date(0) } });
  await store.files.removeDue();
  expect(await collections.file_removals.collection.countDocuments({})).toBe(0);
});
