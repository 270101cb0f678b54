import { testDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { reportUnreadable } from './unreadable-report.ts';

test('every document that cannot be read is found, with the field that keeps it from it', async () => {
  await using database = await testDatabase();
  await using scenario = await Scenario.open(database.uri);
  const { id, contactId } = await scenario.create({ contact: { name: 'Ann' } });
  await scenario.say(id, 'Hello');
  const { collections } = scenario;
  const whole = await reportUnreadable(collections);
  expect(whole).toEqual({ checked: expect.any(Number), unreadable: 0, documents: [] });

  const past = { bypassDocumentValidation: true };
  const conversationId = new ObjectId(id);
  await collections.timeline
    .acrossTenants('test')
    .updateOne({ conversationId, seq: 2 }, { $set: { kind: 'mood' } }, past);
  await collections.contacts
    .acrossTenants('test')
    .updateOne({ '_id.contactId': contactId }, { $set: { details: 5 } }, past);
  await collections.timeline.collection.insertOne(
    { _id: new ObjectId(), conversationId, seq: 3, tenantId: 7 },
    past,
  );
  const progress: [number, number][] = [];
  const report = await reportUnreadable(collections, (...step) => progress.push(step));
  expect(report).toMatchObject({ checked: whole.checked + 1, unreadable: 3 });
  expect(report.documents).toEqual([
    {
      collection: 'timeline',
      id: expect.stringMatching(/^"[0-9a-f]{24}"$/),
      tenantId: 'acme',
      field: 'kind',
    },
    { collection: 'timeline', id: expect.any(String), tenantId: null, field: 'kind' },
    {
      collection: 'contacts',
      id: JSON.stringify({ tenantId: 'acme', contactId }),
      tenantId: 'acme',
      field: 'details',
    },
  ]);
  expect(progress).toHaveLength(report.checked);
});

test('what a newer version has added is no finding; of many findings the first hundred are named', async () => {
  await using database = await testDatabase();
  await using scenario = await Scenario.open(database.uri);
  const { id } = await scenario.create();
  const { timeline } = scenario.collections;
  const past = { bypassDocumentValidation: true };
  await timeline.acrossTenants('test').updateMany({}, { $set: { mood: 'merry' } }, past);
  expect((await reportUnreadable(scenario.collections)).unreadable).toBe(0);
  const broken = Array.from({ length: 120 }, (_, number) => ({
    tenantId: 'acme',
    conversationId: new ObjectId(id),
    seq: number + 2,
    kind: 'mood',
  }));
  await timeline.collection.insertMany(broken, past);
  const report = await reportUnreadable(scenario.collections);
  expect(report.unreadable).toBe(120);
  expect(report.documents).toHaveLength(100);
});
