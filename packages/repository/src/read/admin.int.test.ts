import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { adminQueries, ping } from './admin.ts';
import { contactQueries } from './contact.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  const { id: conversationId } = await scenario.create({ contactId: 'ann', contact: { name: 'Ann' } });
  await scenario.run('objections.raise', { conversationId, type: 'price', text: 'Hm', severity: 'low' });
  await scenario.run('followUps.schedule', {
    conversationId,
    type: 'nurture',
    dueAt: '2026-02-01T00:00:00.000Z',
  });
  await scenario.create({}, await scenario.tenant('umbrella'));
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('The store', () => {
  it('counts what a tenant has', async () => {
    expect(await adminQueries.stats(scenario.collections, scenario.tenantId, {})).toEqual({
      conversations: 1,
      entries: 3,
      handoffs: 0,
      objections: 1,
      followUps: 1,
      agents: 5,
      contacts: 1,
    });
  });

  it('tells whether MongoDB answers', async () => {
    expect(await ping(scenario.collections)).toBe(true);
    const closed = new MongoClient('mongodb://127.0.0.1:1/', { serverSelectionTimeoutMS: 50 });
    expect(await ping({ db: closed.db() })).toBe(false);
    await closed.close();
  });

  it('knows a contact, within its tenant', async () => {
    const { collections, tenantId } = scenario;
    expect(await contactQueries.find(collections, tenantId, { contactId: 'ann' })).toMatchObject({
      id: 'ann',
      name: 'Ann',
    });
    expect(await contactQueries.find(collections, tenantId, { contactId: 'bob' })).toBeNull();
  });
});
