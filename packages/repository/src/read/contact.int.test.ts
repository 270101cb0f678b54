import { ListConversations, MetricsConversations, SearchConversations, TenantId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { conversationQueries } from './conversation.ts';
import { metricsQueries } from './metrics/metrics.ts';
import { searchQueries } from './search/search.ts';

const OTHER = TenantId.parse('umbrella');
const JOAN = { id: '+4915100', name: 'Joan Arden' };

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  const { id } = await scenario.create({ contactId: JOAN.id, contact: { name: JOAN.name } });
  await scenario.say(id, 'Is the blue lamp in stock?');
  await scenario.create({ contactId: JOAN.id, channel: 'email' });
  await scenario.create({ contactId: 'no-name', contact: { email: 'who@example.com' } });
  const theirs = await scenario.tenant(OTHER);
  await scenario.create({ contactId: JOAN.id, contact: { name: 'Somebody Else' } }, theirs);
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('A conversation is read with its contact', () => {
  it('by its name where one is known', async () => {
    const { collections, tenantId } = scenario;
    const { items } = await conversationQueries.list(collections, tenantId, ListConversations.parse({}));
    expect(items.map(({ contact }) => contact)).toEqual([{ id: 'no-name', name: null }, JOAN, JOAN]);
    const [, , first] = items;
    if (first === undefined) throw new Error('Nothing was listed');
    const conversationId = first.id;
    expect(await conversationQueries.get(collections, tenantId, { conversationId })).toEqual(first);
    const active = { contactId: JOAN.id, channel: 'web' } as const;
    expect(await conversationQueries.findActiveByContact(collections, tenantId, active)).toEqual(first);
  });

  it('behind a figure and behind what a search found', async () => {
    const { collections, tenantId } = scenario;
    const begun = MetricsConversations.parse({ behind: { figure: 'begun' } });
    const counted = await metricsQueries.conversations(collections, tenantId, begun);
    expect(counted.items[2]?.conversation.contact).toEqual(JOAN);
    const said = MetricsConversations.parse({ behind: { figure: 'messages' } });
    const { items } = await metricsQueries.conversations(collections, tenantId, said);
    expect(items[0]?.conversation.contact).toEqual(JOAN);
    const query = SearchConversations.parse({ text: 'lamp' });
    const found = await searchQueries.conversations(collections, tenantId, query);
    expect(found.items[0]?.conversation.contact).toEqual(JOAN);
  });

  it("never by another tenant's name", async () => {
    const { items } = await conversationQueries.history(scenario.collections, OTHER, {
      contactId: JOAN.id,
      limit: 25,
    });
    expect(items.map(({ contact }) => contact?.name)).toEqual(['Somebody Else']);
  });

  it('by one read a page', async () => {
    const find = vi.spyOn(scenario.collections.contacts.collection, 'find');
    onTestFinished(() => find.mockRestore());
    await conversationQueries.list(scenario.collections, scenario.tenantId, ListConversations.parse({}));
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('and without one where nothing is kept of it', async () => {
    const { collections, tenantId } = scenario;
    const { id } = await scenario.create({ contactId: 'forgotten' });
    await collections.contacts.acrossTenants('test').deleteOne({ '_id.contactId': 'forgotten' });
    const { contact } = await conversationQueries.get(collections, tenantId, { conversationId: id });
    expect(contact).toBeNull();
  });
});
