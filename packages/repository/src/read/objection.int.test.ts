import { type ConversationId, ListObjections, type Objection } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSER, Scenario } from '../../test/scenario.ts';
import { objectionQueries } from './objection.ts';

let scenario: Scenario;
let conversationId: ConversationId;

async function raise(type: Objection['type'], text: string, to = conversationId): Promise<Objection> {
  const { conversation } = await scenario.run('objections.raise', {
    conversationId: to,
    type,
    text,
    severity: 'medium',
  });
  const objection = conversation.objections.at(-1);
  if (objection === undefined) throw new Error('Nothing was raised');
  return objection;
}

const resolve = (objectionId: Objection['id']) =>
  scenario.run('objections.resolve', {
    objectionId,
    method: 'Explained',
    handledBy: CLOSER,
    confidence: 0.8,
  });

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ id: conversationId } = await scenario.create({ channel: 'web' }));
  const { id: other } = await scenario.create({ channel: 'email' });
  scenario.at('2026-01-10T10:00:00.000Z');
  const first = await raise('price', 'Too dear');
  scenario.wait(9);
  await resolve(first.id);
  const second = await raise('price', 'Still too dear');
  scenario.wait(29);
  await resolve(second.id);
  scenario.at('2026-01-20T10:00:00.000Z');
  await raise('price', 'Hm', other);
  const trust = await raise('trust', 'Who are you?', other);
  await scenario.run('objections.defer', { objectionId: trust.id, reason: 'Later' });
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('Objections', () => {
  const list = (input: Partial<ListObjections>) =>
    objectionQueries.list(scenario.collections, scenario.tenantId, ListObjections.parse(input));
  const texts = async (input: Partial<ListObjections>) => (await list(input)).items.map(({ text }) => text);

  it('are listed from the newest', async () => {
    expect(await texts({})).toEqual(['Who are you?', 'Hm', 'Still too dear', 'Too dear']);
  });

  it('are listed by status, type and conversation', async () => {
    expect(await texts({ status: 'resolved' })).toEqual(['Still too dear', 'Too dear']);
    expect(await texts({ type: 'price' })).toEqual(['Hm', 'Still too dear', 'Too dear']);
    expect(await texts({ type: 'price', status: 'active' })).toEqual(['Hm']);
    expect(await texts({ conversationId })).toEqual(['Still too dear', 'Too dear']);
    expect(await texts({ conversationId, status: 'active' })).toEqual([]);
    expect(await texts({ conversationId, type: 'trust' })).toEqual([]);
  });

  it('are listed page by page', async () => {
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items]).toEqual((await list({})).items);
  });
});

describe('The statistics of objections', () => {
  const stats = (input: Parameters<typeof objectionQueries.stats>[2]) =>
    objectionQueries.stats(scenario.collections, scenario.tenantId, input);

  it('count by type and status, with the rate and the mean time to resolve', async () => {
    const all = await stats({});
    expect(all).toMatchObject({ total: 4, active: 1, resolved: 2, deferred: 1, resolutionRate: 0.5 });
    expect(all.meanTimeToResolveMs).toBe(20 * 60_000);
    expect(all.byType).toHaveLength(6);
    expect(all.byType.find(({ type }) => type === 'price')).toEqual({
      type: 'price',
      total: 3,
      active: 1,
      resolved: 2,
      deferred: 0,
      resolutionRate: 2 / 3,
      meanTimeToResolveMs: 20 * 60_000,
    });
    expect(all.byType.find(({ type }) => type === 'trust')).toMatchObject({
      deferred: 1,
      meanTimeToResolveMs: null,
    });
    expect(all.byType.find(({ type }) => type === 'timing')).toMatchObject({
      total: 0,
      resolutionRate: null,
    });
  });

  it('are of a period by when they were raised, from inclusive, to exclusive, and of a channel', async () => {
    expect(await stats({ to: '2026-01-20T10:00:00.000Z' })).toMatchObject({ total: 2, resolutionRate: 1 });
    expect(await stats({ from: '2026-01-20T10:00:00.000Z' })).toMatchObject({ total: 2, resolved: 0 });
    expect(await stats({ from: '2026-01-20T10:00:00.001Z' })).toMatchObject({ total: 1 });
    expect(await stats({ channel: 'email' })).toMatchObject({ total: 2, active: 1, deferred: 1 });
    expect(await stats({ from: '2027-01-01T00:00:00.000Z' })).toMatchObject({
      total: 0,
      resolutionRate: null,
    });
  });
});
