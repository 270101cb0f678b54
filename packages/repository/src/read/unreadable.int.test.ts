import {
  AgentId,
  type Conversation,
  type ConversationId,
  type EntryKind,
  GetMessageContext,
  ListConversations,
  ListMessages,
  ListObjections,
  ReadTimeline,
  SearchConversations,
  SearchMessages,
} from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { Decimal128, type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, SUPERVISOR } from '../../test/scenario.ts';
import type { CollectionName } from '../schema/collections.ts';

let database: TestDatabase;
let scenario: Scenario;
/** 1 created, 2–5 messages, 6 stage, 7 message. */
let conversation: Conversation;
let id: ConversationId;

const UNREADABLE = expect.objectContaining({ code: 'UNREADABLE' });

/** Changes stored documents past every validator. */
async function damage(name: CollectionName, filter: Document, change: Document): Promise<void> {
  const collection = scenario.collections[name].acrossTenants('test');
  const { modifiedCount } = await collection.updateMany(filter, change, { bypassDocumentValidation: true });
  expect(modifiedCount).toBeGreaterThan(0);
}

const damageEntries = (seqs: number[], change: Document) =>
  damage('timeline', { conversationId: new ObjectId(id), seq: { $in: seqs } }, change);

beforeAll(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
});

afterAll(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  conversation = await scenario.create();
  ({ id } = conversation);
  for (const text of ['One parsnip', 'Two parsnips', 'Three parsnips', 'Four parsnips'])
    await scenario.say(id, text);
  await scenario.run('stages.transition', { conversationId: id, to: 'qualification' });
  await scenario.say(id, 'And a turnip');
});

describe('entries that cannot be read', () => {
  async function timeline(input: Partial<ReadTimeline> = {}) {
    const parsed = ReadTimeline.parse({ conversationId: id, ...input });
    const { items, more } = await scenario.store.timeline.read(scenario.tenantId, parsed);
    return { read: items.map(({ seq, kind }) => `${seq} ${kind}`), more };
  }

  it('stand in their place in the timeline, forwards and backwards', async () => {
    await damageEntries([3, 6], { $set: { actor: 'somebody' } });
    expect(await timeline()).toEqual({
      read: ['1 created', '2 message', '3 unknown', '4 message', '5 message', '6 unknown', '7 message'],
      more: false,
    });
    expect(await timeline({ beforeSeq: 7, limit: 2 })).toEqual({
      read: ['5 message', '6 unknown'],
      more: true,
    });
  });

  it.each<[EntryKind[], number, { read: string[]; more: boolean }]>([
    [['message'], 10, { read: ['5 message', '7 message'], more: false }],
    [['message'], 4, { read: ['5 message'], more: true }],
    [['message'], 2, { read: ['5 message', '7 message'], more: false }],
    [['message'], 1, { read: ['5 message'], more: true }],
    [['stage'], 10, { read: ['6 stage'], more: false }],
    [['unknown'], 10, { read: ['2 unknown', '3 unknown', '4 unknown'], more: false }],
    [['unknown'], 2, { read: ['2 unknown', '3 unknown'], more: true }],
    [['unknown', 'stage'], 3, { read: ['2 unknown', '3 unknown', '4 unknown'], more: true }],
  ])('are read where they are asked for: %j, %i at most', async (kinds, limit, expected) => {
    await damageEntries([2, 3, 4], { $unset: { author: '' } });
    expect(await timeline({ kinds, limit })).toEqual(expected);
  });

  it('are not there for who reads messages, the context or the moves of the stage', async () => {
    await damageEntries([3, 6], { $set: { text: 5, inStageMs: 'long' } });
    const { tenantId, store } = scenario;
    const list = ListMessages.parse({ conversationId: id, limit: 2 });
    const first = await store.messages.list(tenantId, list);
    const second = await store.messages.list(tenantId, { ...list, cursor: first.nextCursor ?? undefined });
    expect([first, second].map(({ items }) => items.map(({ seq }) => seq))).toEqual([
      [2, 4],
      [5, 7],
    ]);
    expect(second.nextCursor).toBeNull();
    const context = GetMessageContext.parse({ conversationId: id, tokenBudget: 1_000 });
    expect((await store.messages.context(tenantId, context)).messages.map(({ seq }) => seq)).toEqual([
      2, 4, 5, 7,
    ]);
    expect((await store.stages.history(tenantId, { conversationId: id, limit: 5 })).items).toEqual([]);
  });

  it('are not found by a search, and what is beside them is', async () => {
    await damageEntries([3], { $set: { visibility: 'whispered' } });
    const { tenantId, store } = scenario;
    const messages = await store.search.messages(
      tenantId,
      SearchMessages.parse({ text: 'parsnip', conversationId: id }),
    );
    expect(messages.items.map(({ message }) => message.seq).toSorted((a, b) => a - b)).toEqual([2, 4, 5]);
    const found: number[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await store.search.messages(
        tenantId,
        SearchMessages.parse({ text: 'parsnip', conversationId: id, limit: 1, cursor }),
      );
      found.push(...page.items.map(({ message }) => message.seq));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(found.toSorted((a, b) => a - b)).toEqual([2, 4, 5]);
    const conversations = await store.search.conversations(
      tenantId,
      SearchConversations.parse({ text: 'turnip' }),
    );
    expect(conversations.items.map((hit) => hit.conversation.id)).toContain(id);
  });

  it('make no figure fail', async () => {
    const wrong = { author: { kind: 'agent', agentId: 7 }, responseMs: Decimal128.fromString('1') };
    const usage = { inputTokens: 'many', outputTokens: -4.5, costMicros: Number.NaN };
    await damageEntries([2, 3], { $set: { ...wrong, usage } });
    await damageEntries([6], { $set: { inStageMs: 'long', from: null } });
    await damageEntries([1], { $set: { agentId: { of: 'nobody' } } });
    const { tenantId, store } = scenario;
    const { overview, funnel, timeInStage, responseTimes, agents, conversations } = store.metrics;
    for (const figure of [overview, funnel, timeInStage, responseTimes, agents]) await figure(tenantId, {});
    for (const row of (await agents(tenantId, {})).agents) expect(AgentId.parse(row.agentId)).toBeDefined();
    for (const figure of ['messages', 'tokens', 'cost', 'answers'] as const) {
      const { items } = await conversations(tenantId, { behind: { figure }, limit: 25 });
      for (const { amount } of items) expect(Number.isSafeInteger(amount)).toBe(true);
    }
    const { outputTokens, costMicros } = await overview(tenantId, {});
    expect([outputTokens, costMicros]).toEqual([expect.any(Number), 0]);
  });
});

describe('commands on a conversation with entries that cannot be read', () => {
  it('are decided by its document', async () => {
    await damageEntries([2, 6], { $set: { kind: 'mood' } });
    const { conversation: after } = await scenario.say(id, 'Still here', SUPERVISOR);
    expect(after).toMatchObject({ lastSeq: 8, stage: 'qualification', metrics: { messages: 6 } });
  });

  it('answer a retry as of now, where an entry before it cannot be read', async () => {
    const key = { conversationId: id, idempotencyKey: `tags-${id}` };
    const { entries } = await scenario.run('conversations.update', { ...key, tags: ['a'] });
    const { conversation: now } = await scenario.say(id, 'More');
    await damageEntries([2], { $set: { kind: 'mood' } });
    scenario.at(entries[0]?.at ?? '');
    const again = await scenario.run('conversations.update', { ...key, tags: ['a'] });
    expect(again).toEqual({ conversation: now, entries });
  });

  it('refuse a retry whose own entry cannot be read', async () => {
    const key = { conversationId: id, idempotencyKey: `tags-${id}` };
    const { entries } = await scenario.run('conversations.update', { ...key, tags: ['a'] });
    await damageEntries([8], { $set: { tags: 'a' } });
    scenario.at(entries[0]?.at ?? '');
    await expect(scenario.run('conversations.update', { ...key, tags: ['a'] })).rejects.toEqual(UNREADABLE);
  });

  it('refuse to redact what cannot be read', async () => {
    await damageEntries([2], { $set: { author: 'me' } });
    await expect(scenario.run('messages.redact', { conversationId: id, seq: 2 })).rejects.toEqual(UNREADABLE);
  });
});

describe('a conversation that cannot be read', () => {
  let other: Conversation;

  beforeEach(async () => {
    other = await scenario.create({ contactId: `beside-${id}` });
    await damage('conversations', { _id: new ObjectId(id) }, { $set: { owner: { agentId: 'supervisor' } } });
  });

  it('costs its own reads', async () => {
    const { tenantId, store } = scenario;
    const { contactId } = conversation;
    await expect(store.conversations.get(tenantId, { conversationId: id })).rejects.toEqual(UNREADABLE);
    await expect(store.conversations.findActiveByContact(tenantId, { contactId })).rejects.toEqual(
      UNREADABLE,
    );
    await expect(store.qualification.get(tenantId, { conversationId: id })).rejects.toEqual(UNREADABLE);
    expect(await store.conversations.get(tenantId, { conversationId: other.id })).toMatchObject({
      id: other.id,
    });
  });

  it('is passed over by lists, searches and the conversations behind a figure', async () => {
    const { tenantId, store } = scenario;
    const all: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await store.conversations.list(tenantId, ListConversations.parse({ limit: 1, cursor }));
      all.push(...page.items.map((one) => one.id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(all).toContain(other.id);
    expect(all).not.toContain(id);
    const found = await store.search.conversations(tenantId, SearchConversations.parse({ text: 'turnip' }));
    expect(found.items.map((hit) => hit.conversation.id)).not.toContain(id);
    for (const figure of ['begun', 'messages'] as const) {
      const { items } = await store.metrics.conversations(tenantId, { behind: { figure }, limit: 100 });
      expect(items.map((item) => item.conversation.id)).not.toContain(id);
    }
  });

  it('refuses its own commands, and none of those that are committed with them', async () => {
    // Another process: this one remembers the conversation as it was.
    await using cold = await Scenario.open(database.uri);
    cold.at(scenario.now);
    const results = await Promise.allSettled([
      cold.say(id, 'Hello?'),
      ...[1, 2, 3].map((number) => cold.say(other.id, `Hello ${number}`)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(results[0]).toMatchObject({ reason: UNREADABLE });
  });
});

describe('anything else that cannot be read', () => {
  it('is passed over by its list', async () => {
    const { tenantId, store } = scenario;
    for (const text of ['Too dear', 'Too slow'])
      await scenario.run('objections.raise', { conversationId: id, type: 'price', text, severity: 'low' });
    for (const context of ['first', 'second']) {
      const dueAt = '2026-02-01T00:00:00.000Z';
      await scenario.run('followUps.schedule', { conversationId: id, type: 'nurture', dueAt, context });
    }
    for (const field of ['budget', 'need'] as const)
      await scenario.run('qualification.record', {
        conversationId: id,
        [field]: { verdict: true },
        by: SUPERVISOR,
      });
    await damage('objections', { text: 'Too dear' }, { $set: { severity: 'grave', resolvedAt: 'never' } });
    await damage('follow_ups', { context: 'first' }, { $unset: { attempts: '' } });
    await damage('qualification_answers', { field: 'budget' }, { $set: { answer: 'yes' } });
    await damage('agents', { '_id.agentId': 'closer' }, { $set: { capacity: 'large' } });
    const of = { conversationId: id, limit: 10 };
    const objections = await store.objections.list(tenantId, ListObjections.parse(of));
    expect(objections.items.map(({ text }) => text)).toEqual(['Too slow']);
    expect((await store.objections.stats(tenantId, {})).total).toBeGreaterThan(0);
    expect((await store.followUps.list(tenantId, of)).items.map(({ context }) => context)).toEqual([
      'second',
    ]);
    const claim = { limit: 10, leaseMs: 60_000 };
    expect((await store.followUps.claim(tenantId, claim)).map(({ followUp }) => followUp.context)).toEqual([
      'second',
    ]);
    expect((await store.qualification.history(tenantId, of)).items.map(({ field }) => field)).toEqual([
      'need',
    ]);
    expect((await store.agents.list(tenantId, { limit: 100 })).items.map((agent) => agent.id)).not.toContain(
      'closer',
    );
    expect((await store.agents.workload(tenantId, {})).map(({ agent }) => agent.id)).not.toContain('closer');
    const to = { from: SUPERVISOR, to: 'closer', reason: 'Close', trigger: 'manual' } as const;
    await expect(scenario.run('handoffs.transfer', { conversationId: id, ...to })).rejects.toEqual(
      UNREADABLE,
    );
    await damage('agents', { '_id.agentId': 'closer' }, { $set: { capacity: null } });
  });

  it('costs a contact its name, and no conversation anything', async () => {
    const contact = { name: 'Ann' };
    const named = await scenario.create({ contactId: `named-${id}`, contact });
    await damage('contacts', { '_id.contactId': named.contactId }, { $set: { 'details.name': 5 } });
    const read = await scenario.store.conversations.get(scenario.tenantId, { conversationId: named.id });
    expect(read.contact?.name ?? null).toBeNull();
  });
});
