import {
  type ConversationId,
  ConversationStatus,
  FindOrCreateConversation,
  UpdateTenant,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario } from '../../test/scenario.ts';
import { rebuild } from './rebuild.ts';

/** The scenario's clock is in the January before MongoDB's, so the first is over for the server and the other is not. */
const OVER = '2026-01-06T00:00:00.000Z';
const LATER = '2999-01-01T00:00:00.000Z';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});
afterAll(() => scenario[Symbol.asyncDispose]());

const get = (conversationId: ConversationId, { tenantId, store } = scenario) =>
  store.conversations.get(tenantId, { conversationId });

const ends = () => scenario.collections.paused_conversations.acrossTenants('test').countDocuments({});

async function paused(until?: string, contactId?: string) {
  const { id: conversationId } = await scenario.create({ ...(contactId !== undefined && { contactId }) });
  await scenario.run('conversations.pause', { conversationId, until });
  return conversationId;
}

describe('a pause', () => {
  it('ends by MongoDB’s clock, each of every tenant once, and no other', async () => {
    const other = await scenario.tenant('globex');
    const theirs = await scenario.create({}, other);
    await scenario.run('conversations.pause', { conversationId: theirs.id, until: OVER }, other);
    const due = await Promise.all(Array.from({ length: 5 }, () => paused(OVER)));
    const [later, plain] = [await paused(LATER), await paused()];
    expect(await ends()).toBe(7);
    const { store } = scenario;
    const ended = await Promise.all([store.endPauses(), store.endPauses(), store.endPauses()]);
    expect(ended.reduce((sum, count) => sum + count)).toBe(6);
    for (const id of due) expect(await get(id)).toMatchObject({ status: 'active' });
    expect((await store.conversations.get(other, { conversationId: theirs.id })).status).toBe('active');
    expect(await get(later)).toMatchObject({ status: 'paused', pausedUntil: LATER });
    expect(await get(plain)).toMatchObject({ status: 'paused' });
    expect(await ends()).toBe(1);
    await scenario.run('conversations.resume', { conversationId: later });
    expect(await ends()).toBe(0);
    expect((await rebuild(scenario.collections)).differences).toEqual([]);
  });

  it('that a server of the version before has ended is forgotten', async () => {
    const id = await paused(OVER);
    await scenario.run('conversations.resume', { conversationId: id });
    const document = { _id: new ObjectId(id), tenantId: scenario.tenantId, until: new Date(OVER) };
    await scenario.collections.paused_conversations.collection.insertOne(document);
    await scenario.store.endPauses();
    expect(await ends()).toBe(0);
    expect((await get(id)).status).toBe('active');
  });

  it('is ended by the customer’s words; where another conversation is active they are taken all the same', async () => {
    const [one, two] = [await paused(LATER, 'twice'), await paused(OVER, 'twice')];
    expect((await scenario.say(one, 'Here I am')).conversation.status).toBe('active');
    const { conversation } = await scenario.say(two, 'And here');
    expect(conversation).toMatchObject({ status: 'paused', metrics: { messages: 1 } });
    await scenario.store.endPauses();
    expect(await get(two)).toMatchObject({ status: 'paused' });
    expect(await get(two)).not.toHaveProperty('pausedUntil');
    expect(await ends()).toBe(0);
    expect((await rebuild(scenario.collections)).differences).toEqual([]);
  });
});

describe('findOrCreate of a contact who comes back', () => {
  const find = (contactId: string, text?: string, idempotencyKey?: string) => {
    const { store, tenantId } = scenario;
    const initialMessage = text === undefined ? undefined : { text };
    const input = FindOrCreateConversation.parse({
      contactId,
      channel: 'web',
      initialMessage,
      idempotencyKey,
    });
    return store.findOrCreate({ tenantId, actor: { kind: 'system' }, mayForce: false }, input);
  };
  const reopenWithin = (reopenWithinMs: number | null) =>
    scenario.store.tenant.update(scenario.tenantId, UpdateTenant.parse({ reopenWithinMs }));
  const closed = async (contactId: string) => {
    const { id: conversationId } = await scenario.create({ contactId, at: undefined });
    await scenario.run('conversations.close', { conversationId, at: undefined });
    return conversationId;
  };

  it('finds the paused conversation active again, with the words, once', async () => {
    const id = await paused(LATER, 'back');
    const answers = await Promise.all([
      find('back', 'One', 'k'),
      find('back', 'One', 'k'),
      find('back', 'Two'),
    ]);
    for (const answer of answers)
      expect(answer).toMatchObject({ created: false, conversation: { id, status: 'active' } });
    expect(answers.map(({ entry }) => entry?.text)).toEqual(['One', 'One', 'Two']);
    expect((await get(id)).metrics.messages).toBe(2);
    expect(await find('back', 'One', 'k')).toEqual(answers[0]);
  });

  it('finds it active without words, too', async () => {
    const id = await paused(undefined, 'silent');
    expect(await find('silent', undefined, 'silent')).toMatchObject({
      created: false,
      entry: null,
      conversation: { id, status: 'active' },
    });
  });

  it('makes a new one where the last has closed, unless the tenant has it reopened', async () => {
    const before = await closed('regular');
    expect(await find('regular', 'Hello')).toMatchObject({ created: true });
    await reopenWithin(3_600_000);
    const just = await closed('just');
    expect(await find('just', 'One more thing')).toMatchObject({
      created: false,
      entry: { text: 'One more thing' },
      conversation: { id: just, status: 'active', closedAt: null },
    });
    // January is longer ago than an hour.
    const { id: conversationId } = await scenario.create({ contactId: 'long-ago' });
    await scenario.run('conversations.close', { conversationId });
    expect(await find('long-ago', 'Hello')).toMatchObject({ created: true });
    expect((await get(before)).status).toBe(ConversationStatus.enum.completed);
  });

  it('is a setting that is off by default, changed alone and taken back', async () => {
    const { store, tenantId } = scenario;
    await reopenWithin(60_000);
    const businessHours = { timeZone: 'Europe/Berlin', weekdays: [{ day: 1, from: '09:00', to: '17:00' }] };
    expect(await store.tenant.update(tenantId, UpdateTenant.parse({ businessHours }))).toMatchObject({
      id: tenantId,
      businessHours,
      reopenWithinMs: 60_000,
    });
    expect(await reopenWithin(null)).toMatchObject({ id: tenantId, businessHours, reopenWithinMs: null });
    const quiet = await scenario.tenant('quiet');
    expect(await store.tenant.get(quiet, {})).toMatchObject({ reopenWithinMs: null });
  });
});
