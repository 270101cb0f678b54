import { SetConsent, type ContactRecord } from '@baton/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { aTalk, CONTACT } from '../../test/talk.ts';
import { OPERATOR } from '../audit/append.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  await aTalk(scenario);
  await aTalk(scenario, 'sms');
  await scenario.store.contacts.setConsent(
    scenario.tenantId,
    SetConsent.parse({ contactId: CONTACT, channel: 'sms', state: 'withdrawn', source: 'Said stop' }),
  );
});
afterAll(() => scenario[Symbol.asyncDispose]());

async function exported(limit: number): Promise<ContactRecord[]> {
  const { store, tenantId } = scenario;
  const records: ContactRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.privacy.exportContact(tenantId, { contactId: CONTACT, limit, cursor }, OPERATOR);
    expect(page.items.length).toBeLessThanOrEqual(Math.max(limit, 5));
    records.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return records;
}

test('a person is given whole, whatever the pages are', async () => {
  const whole = await exported(1_000);
  expect([...new Set(whole.map(({ type }) => type))].toSorted()).toEqual([
    'answer',
    'contact',
    'contactChange',
    'conversation',
    'entry',
    'followUp',
    'handoff',
    'objection',
    'refusedMessage',
  ]);
  expect(whole.filter(({ type }) => type === 'conversation')).toHaveLength(2);
  for (const limit of [1, 2, 7]) expect(await exported(limit)).toEqual(whole);
});

test('nobody is not found, and a place of another export is no place here', async () => {
  const { store, tenantId } = scenario;
  const ask = (contactId: string, cursor?: string) =>
    store.privacy.exportContact(tenantId, { contactId, limit: 3, cursor }, OPERATOR);
  await expect(ask('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { nextCursor } = await ask(CONTACT);
  await expect(ask('nobody', nextCursor ?? '')).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
});
