import { ArchivedContact, FindOrCreateConversation, ListContacts, SetConsent } from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';

const AT = { firstSeenAt: '2026-01-05T09:00:00.000Z', lastSeenAt: '2026-02-05T09:00:00.000Z' };

let scenario: Scenario;

/** Two contacts, of whom the first was found to be the second, as an archive brings them in. */
beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  const { store, tenantId } = scenario;
  const contacts = [
    { id: 'old', name: 'Mia Brook', phone: '+4930123456', mergedInto: 'new', ...AT },
    { id: 'new', name: 'Mia Field', email: 'mia@mail.example', ...AT },
  ].map((contact) => ArchivedContact.parse(contact));
  await store.contacts.restore(tenantId, { contacts });
  for (const state of ['granted', 'withdrawn'] as const)
    await store.contacts.setConsent(
      tenantId,
      SetConsent.parse({ contactId: 'old', channel: 'web', state, source: 'Said so' }),
    );
});
afterAll(() => scenario[Symbol.asyncDispose]());

const found = async (input: Parameters<typeof ListContacts.parse>[0]) => {
  const { items } = await scenario.store.contacts.list(scenario.tenantId, ListContacts.parse(input));
  return items.map(({ id }) => id);
};

test('who was merged is found as who they are, once, by any of the names', async () => {
  for (const text of ['brook', 'field', 'MIA', 'mia@mail', '+4930123', '30123456', 'old'])
    expect(await found({ text }), text).toEqual(['new']);
  expect(await found({ text: 'nobody' })).toEqual([]);
  expect(await found({ text: '—' })).toEqual([]);
  expect(await found({})).toEqual(['new']);
});

test('what is asked of the id of before is answered of the present one', async () => {
  const { store, tenantId } = scenario;
  expect(await store.contacts.get(tenantId, { contactId: 'old' })).toMatchObject({ id: 'new' });
  await scenario.create({ contactId: 'new' });
  const past = await store.contacts.history(tenantId, { contactId: 'old', limit: 5 });
  expect(past.items.map(({ contactId }) => contactId)).toEqual(['new']);
  await expect(store.contacts.history(tenantId, { contactId: 'nobody', limit: 5 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('who comes back under the id of before finds what is theirs: active, or paused', async () => {
  const { store, tenantId } = scenario;
  const { id } = await scenario.create({ contactId: 'new', channel: 'sms', at: undefined });
  const caller = { tenantId, actor: { kind: 'system' }, mayForce: false } as const;
  const input = FindOrCreateConversation.parse({ contactId: 'old', channel: 'sms' });
  const back = { created: false, conversation: { id, status: 'active' } };
  expect(await store.findOrCreate(caller, input)).toMatchObject(back);
  await scenario.run('conversations.pause', { conversationId: id, at: undefined });
  expect(await store.findOrCreate(caller, input)).toMatchObject(back);
  expect(await store.conversations.findActiveByContact(tenantId, { contactId: 'old' })).toMatchObject({ id });
});

test('what became of a person is read page by page, the latest first', async () => {
  const { store, tenantId } = scenario;
  const states: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.contacts.changes(tenantId, { contactId: 'new', limit: 1, cursor });
    states.push(...page.items.map((change) => Object(change).consent?.state));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(states).toEqual(['withdrawn', 'granted']);
});
