import { ListContacts } from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { catchUpKnownContacts, fillKnownContacts } from './known-contacts.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

const find = async (text: string) =>
  (await scenario.store.contacts.list(scenario.tenantId, ListContacts.parse({ text }))).items.map(
    ({ id }) => id,
  );

/** As a server of the version before leaves them. */
async function forget(): Promise<void> {
  const { contacts, contact_terms: terms } = scenario.collections;
  await terms.acrossTenants('test').deleteMany({});
  await contacts.acrossTenants('test').deleteMany({ 'details.name': { $exists: false } });
}

test('the migration makes everybody known and found, and changes nothing when it runs again', async () => {
  const first = await scenario.create({ contactId: 'only-id' });
  const second = await scenario.create({ contactId: 'only-id', channel: 'sms' });
  await scenario.create({ contactId: 'named', contact: { name: 'Nina Named' } });
  await forget();
  expect(await find('nina')).toEqual([]);
  expect(await fillKnownContacts(scenario.collections)).toEqual({ added: 1, indexed: 1 });
  expect(await find('nina')).toEqual(['named']);
  expect(await find('only')).toEqual(['only-id']);
  expect(await scenario.store.contacts.get(scenario.tenantId, { contactId: 'only-id' })).toMatchObject({
    firstSeenAt: first.createdAt,
    lastSeenAt: second.createdAt,
  });
  expect(await fillKnownContacts(scenario.collections)).toEqual({ added: 0, indexed: 0 });
});

test('what servers of the version before write later is caught up', async () => {
  const { collections, tenantId } = scenario;
  await scenario.create({ contactId: 'late' });
  await scenario.create({ contactId: 'renamed', contact: { name: 'Old Name' } });
  await forget();
  await collections.contacts.collection.updateOne(
    { _id: { tenantId, contactId: 'renamed' } },
    { $set: { 'details.name': 'New Name' } },
  );
  expect(await scenario.store.contacts.get(tenantId, { contactId: 'late' })).toMatchObject({ id: 'late' });
  expect(await catchUpKnownContacts(collections)).toBeNull();
  await collections.progress.collection.updateOne(
    { _id: 'known_contacts' },
    { $set: { upTo: new Date(Date.now() - 3_600_000) } },
  );
  expect(await catchUpKnownContacts(collections)).toMatchObject({ added: expect.any(Number) });
  expect(await find('late')).toEqual(['late']);
  expect(await find('new')).toEqual(['renamed']);
  expect(await find('old')).toEqual([]);
});

test('one whose conversations were erased does not come back', async () => {
  const { collections, tenantId, store } = scenario;
  await scenario.create({ contactId: 'erased', contact: { name: 'Erna Erased' } });
  await store.privacy.erase(tenantId, { contactId: 'erased' }, { kind: 'operator', id: null, agentId: null });
  expect(await fillKnownContacts(collections)).toMatchObject({ added: 0 });
  expect(await find('er')).toEqual([]);
});
