import {
  type ContactId,
  FindOrCreateConversation,
  ListContacts,
  ListOfContact,
  SetConsent,
  UpdateContact,
  UpdateTenant,
} from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { rebuild } from '../maintenance/rebuild.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

const store = () => scenario.store.contacts;
const get = (contactId: ContactId) => store().get(scenario.tenantId, { contactId });
const update = (input: UpdateContact) => store().update(scenario.tenantId, UpdateContact.parse(input));
const setConsent = (input: Partial<SetConsent> & { contactId: string }) =>
  store().setConsent(
    scenario.tenantId,
    SetConsent.parse({ channel: 'web', state: 'withdrawn', source: 'Replied STOP', ...input }),
  );
const find = async (text: string) =>
  (await store().list(scenario.tenantId, ListContacts.parse({ text }))).items.map(({ id }) => id);
const changes = async (contactId: ContactId) =>
  (await store().changes(scenario.tenantId, ListOfContact.parse({ contactId }))).items;
const conversation = (conversationId: Parameters<typeof scenario.say>[0]) =>
  scenario.store.conversations.get(scenario.tenantId, { conversationId });

describe('whoever has a conversation', () => {
  it('is a contact, found by its id where nothing else is known', async () => {
    const { createdAt } = await scenario.create({ contactId: 'IG:Nobody' });
    expect(await get('IG:Nobody')).toEqual({
      id: 'IG:Nobody',
      attributes: {},
      consent: {},
      firstSeenAt: createdAt,
      lastSeenAt: createdAt,
    });
    expect(await find('ig:nob')).toEqual(['IG:Nobody']);
  });

  it('keeps what was known before when another conversation begins, and is seen from the first to the last', async () => {
    const first = await scenario.create({
      contactId: 'eve',
      contact: { name: 'Eve Moor', phone: '+49 30 901820' },
    });
    const second = await scenario.create({
      contactId: 'eve',
      channel: 'sms',
      contact: { email: 'Eve@Example.com' },
    });
    expect(await get('eve')).toMatchObject({
      name: 'Eve Moor',
      phone: '+4930901820',
      email: 'eve@example.com',
      firstSeenAt: first.createdAt,
      lastSeenAt: second.createdAt,
    });
    expect(await find('moor')).toEqual(['eve']);
    expect(await find('eve@')).toEqual(['eve']);
  });
});

describe('an update', () => {
  it('replaces the fields that are given, and what finds the contact', async () => {
    await scenario.create({ contactId: 'ada', contact: { name: 'Ada Byron', email: 'ada@example.com' } });
    const updated = await update({
      contactId: 'ada',
      name: 'Ada Lovelace',
      email: null,
      phone: '+1 (415) 555-2671',
      language: 'en-GB',
      attributes: { plan: 'gold' },
    });
    expect(updated).toMatchObject({
      name: 'Ada Lovelace',
      phone: '+14155552671',
      language: 'en-GB',
      attributes: { plan: 'gold' },
    });
    expect(updated).not.toHaveProperty('email');
    expect(await get('ada')).toEqual(updated);
    expect(await find('byron')).toEqual([]);
    expect(await find('ada@')).toEqual([]);
    expect(await find('loveL')).toEqual(['ada']);
    expect(await find('415 555')).toEqual(['ada']);
    expect(await changes('ada')).toMatchObject([
      { contactId: 'ada', fields: ['name', 'email', 'phone', 'language', 'attributes'] },
    ]);
  });

  it('of different fields at once loses none, and the same key does it once', async () => {
    await scenario.create({ contactId: 'bob' });
    const key = { contactId: 'bob', name: 'Bob Ray', idempotencyKey: 'k-bob' };
    await Promise.all([
      update(key),
      update(key),
      update({ contactId: 'bob', email: 'bob@example.com' }),
      update({ contactId: 'bob', timeZone: 'Europe/Berlin' }),
    ]);
    expect(await get('bob')).toMatchObject({
      name: 'Bob Ray',
      email: 'bob@example.com',
      timeZone: 'Europe/Berlin',
    });
    expect(await changes('bob')).toHaveLength(3);
    await expect(update({ ...key, name: 'Rob' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  it.each([
    [{ contactId: 'nobody-at-all', name: 'X' }, 'NOT_FOUND'],
    [{ contactId: 'ada', phone: '030 901820' }, 'INVALID_INPUT'],
  ])('%o is refused as %s', async (input, code) => {
    await expect((async () => update(input))()).rejects.toMatchObject({ code });
  });
});

describe('consent', () => {
  it('is noted in the open conversations of its channel alone, with its history', async () => {
    const web = await scenario.create({ contactId: 'cay' });
    const sms = await scenario.create({ contactId: 'cay', channel: 'sms' });
    await setConsent({ contactId: 'cay', state: 'granted', source: 'web form' });
    const contact = await setConsent({ contactId: 'cay' });
    const consent = { state: 'withdrawn', source: 'Replied STOP', at: expect.any(String) };
    expect(contact.consent).toEqual({ web: consent });
    expect((await conversation(web.id)).consent).toEqual(contact.consent.web);
    expect(await conversation(sms.id)).not.toHaveProperty('consent');
    expect((await changes('cay')).map((change) => change.consent?.state)).toEqual(['withdrawn', 'granted']);
    // What this process remembered of the conversation is old now.
    const { conversation: after } = await scenario.store.execute(
      { tenantId: scenario.tenantId, actor: { kind: 'system' }, mayForce: true },
      'messages.append',
      {
        conversationId: web.id,
        clientMessageId: 'after',
        author: { kind: 'customer' },
        text: 'Hi',
        visibility: 'public',
      },
    );
    expect(after.consent).toEqual(contact.consent.web);
  });

  it('is taken over by what begins or is reopened later', async () => {
    const { id } = await scenario.create({ contactId: 'dan' });
    await scenario.run('conversations.close', { conversationId: id });
    const { consent } = await setConsent({ contactId: 'dan' });
    expect(await conversation(id)).not.toHaveProperty('consent');
    const reopened = await scenario.run('conversations.reopen', { conversationId: id, at: undefined });
    expect(reopened.conversation.consent).toEqual(consent.web);
    await scenario.run('conversations.close', { conversationId: id, at: undefined });
    const next = await scenario.create({ contactId: 'dan', at: undefined });
    expect(next.consent).toEqual(consent.web);
    expect(await rebuild(scenario.collections)).toMatchObject({ differences: [] });
  });

  it('is taken over where the contact comes back to what has closed', async () => {
    const { store: whole, tenantId } = scenario;
    await whole.tenant.update(tenantId, UpdateTenant.parse({ reopenWithinMs: 3_600_000 }));
    const { id, owner } = await scenario.create({ contactId: 'fay', at: undefined });
    await scenario.run('conversations.close', { conversationId: id, at: undefined });
    const { consent, lastSeenAt } = await setConsent({ contactId: 'fay' });
    const caller = { tenantId, actor: { kind: 'system' }, mayForce: false } as const;
    const back = { contactId: 'fay', channel: 'web' };
    const said = { author: { kind: 'agent', agentId: owner.agentId }, text: 'Hello again' };
    await expect(
      whole.findOrCreate(caller, FindOrCreateConversation.parse({ ...back, initialMessage: said })),
    ).rejects.toMatchObject({ code: 'CONTACT_OPTED_OUT' });
    const found = await whole.findOrCreate(caller, FindOrCreateConversation.parse(back));
    expect(found).toMatchObject({ created: false, conversation: { id, status: 'active' } });
    expect(found.conversation.consent).toEqual(consent.web);
    expect((await get('fay')).lastSeenAt > lastSeenAt).toBe(true);
    await whole.tenant.update(tenantId, UpdateTenant.parse({ reopenWithinMs: null }));
  });

  it('and a conversation that begins at the same time never miss each other', async () => {
    const began = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const contactId = `race-${index}`;
        const { id } = await scenario.create({ contactId, channel: 'sms' });
        const [, web] = await Promise.all([
          setConsent({ contactId }),
          scenario.create({ contactId, at: undefined }),
        ]);
        return [id, web.id] as const;
      }),
    );
    for (const [, id] of began) expect((await conversation(id)).consent?.state).toBe('withdrawn');
  });

  it('of nobody is refused', async () => {
    await expect(setConsent({ contactId: 'nobody-at-all' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
