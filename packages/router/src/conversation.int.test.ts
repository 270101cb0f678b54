import type { Conversation } from '@baton/schema';
import { AgentId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;
let api: TestServer['baton']['api'];

beforeAll(async () => {
  server = await startTestServer();
  ({ api } = server.baton);
});
afterAll(() => server[Symbol.asyncDispose]());

const create = (more: object = {}) =>
  api.conversations.create.mutate({ contactId: newContact(), channel: 'web', ...more });

const ids = (page: { items: Conversation[] }) => page.items.map(({ id }) => id);

describe('conversations.create', () => {
  test('begins as an active lead of the supervisor; its first message counts like any other', async () => {
    const contactId = newContact();
    const conversation = await create({
      contactId,
      contact: { name: 'Ann' },
      initialMessage: { text: 'Hello' },
      tags: ['vip'],
      metadata: { source: 'ad', cost: 1.5, paid: true, campaign: null },
    });
    expect(conversation).toMatchObject({
      contactId,
      channel: 'web',
      status: 'active',
      stage: 'lead',
      owner: { agentId: 'supervisor', epoch: 1, previous: null },
      isQualified: null,
      deal: null,
      metrics: { messages: 1, customerMessages: 1, interactionCount: 1, byAgent: {} },
      lastMessage: { seq: 2, author: { kind: 'customer' }, preview: 'Hello' },
      tags: ['vip'],
      metadata: { source: 'ad', cost: 1.5, paid: true, campaign: null },
      lastSeq: 2,
      version: 1,
      closedAt: null,
    });
    expect(conversation.metrics.waitingSince).toBe(conversation.createdAt);
    expect(await api.conversations.get.query({ conversationId: conversation.id })).toEqual({
      ...conversation,
      contact: { id: contactId, name: 'Ann' },
    });
    const contact = await server.store.collections.contacts.acrossTenants('test').findOne({
      '_id.contactId': contactId,
    });
    expect(contact).toMatchObject({ details: { name: 'Ann' } });
  });

  test('gives it to the agent that is named', async () => {
    expect(await create({ agentId: 'qualifier' })).toMatchObject({ owner: { agentId: 'qualifier' } });
  });

  test('refuses an owner that nobody registered', async () => {
    expect(await refusalOf(create({ agentId: 'nobody' }))).toMatchObject({
      code: 'UNKNOWN_AGENT',
      trpc: 'PRECONDITION_FAILED',
      status: 412,
      details: { agentId: 'nobody' },
    });
  });

  test('refuses a second active one of a contact on a channel, and says which there is', async () => {
    const first = await create();
    expect(await refusalOf(create({ contactId: first.contactId }))).toMatchObject({
      code: 'ALREADY_ACTIVE',
      trpc: 'CONFLICT',
      status: 409,
      details: { conversationId: first.id },
    });
    expect(await create({ contactId: first.contactId, channel: 'sms' })).toMatchObject({ channel: 'sms' });
  });
});

describe('conversations.findOrCreate', () => {
  test('creates one, then finds it', async () => {
    const contactId = newContact();
    const created = await api.conversations.findOrCreate.mutate({ contactId, channel: 'web' });
    expect(created).toMatchObject({ created: true, conversation: { contactId } });
    const found = await api.conversations.findOrCreate.mutate({ contactId, channel: 'web' });
    expect(found).toEqual({ created: false, conversation: created.conversation, entry: null });
  });

  test('says a first message to a contact that has a conversation too, once a key', async () => {
    const { id: conversationId, contactId } = await create();
    const ask = { contactId, channel: 'web', initialMessage: { text: 'Are you there?' } } as const;
    const keyed = { ...ask, idempotencyKey: `say-${contactId}` };
    const found = await api.conversations.findOrCreate.mutate(keyed);
    expect(found).toMatchObject({
      created: false,
      conversation: { id: conversationId, metrics: { messages: 1 } },
      entry: { text: 'Are you there?', author: { kind: 'customer' } },
    });
    expect(await api.conversations.findOrCreate.mutate(keyed)).toEqual(found);
  });

  test('many at once give one conversation', async () => {
    const contactId = newContact();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => api.conversations.findOrCreate.mutate({ contactId, channel: 'web' })),
    );
    expect(new Set(answers.map(({ conversation }) => conversation.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
  });

  test('a key that found one finds it again, although it was closed since', async () => {
    const { id: conversationId, contactId } = await create();
    const ask = { contactId, channel: 'web', idempotencyKey: `find-${contactId}` } as const;
    const found = await api.conversations.findOrCreate.mutate(ask);
    expect(found).toMatchObject({ created: false, conversation: { id: conversationId } });
    await api.conversations.close.mutate({ conversationId });
    expect(await api.conversations.findOrCreate.mutate(ask)).toEqual(found);
  });
});

describe('a change of status', () => {
  test('pause, resume, close, abandon and reopen each say what they made', async () => {
    const { id: conversationId, contactId } = await create();
    const status = async (change: Promise<Conversation>) => (await change).status;
    expect(await status(api.conversations.pause.mutate({ conversationId, reason: 'Holiday' }))).toBe(
      'paused',
    );
    expect(await api.conversations.findActiveByContact.query({ contactId })).toBeNull();
    expect(await status(api.conversations.resume.mutate({ conversationId }))).toBe('active');
    const closed = await api.conversations.close.mutate({ conversationId });
    expect(closed).toMatchObject({ status: 'completed', closedAt: closed.updatedAt });
    expect(await api.conversations.reopen.mutate({ conversationId })).toMatchObject({
      status: 'active',
      closedAt: null,
    });
    expect(
      await status(api.conversations.abandon.mutate({ conversationId, by: AgentId.parse('closer') })),
    ).toBe('abandoned');
    const { items } = await api.conversations.timeline.query({ conversationId, kinds: ['status'] });
    expect(items.map((entry) => entry.kind === 'status' && [entry.from, entry.to, entry.reason])).toEqual([
      ['active', 'paused', 'Holiday'],
      ['paused', 'active', null],
      ['active', 'completed', null],
      ['completed', 'active', null],
      ['active', 'abandoned', null],
    ]);
    expect(items.at(-1)).toMatchObject({ actor: { kind: 'agent', agentId: 'closer' } });
  });

  test('is refused from a status that it does not start from', async () => {
    const { id: conversationId } = await create();
    expect(await refusalOf(api.conversations.resume.mutate({ conversationId }))).toMatchObject({
      code: 'INVALID_STATUS',
      trpc: 'PRECONDITION_FAILED',
      status: 412,
      details: { status: 'active', needs: ['paused', 'scheduled'] },
    });
  });

  test('a resumed or reopened one makes way for the active one that there is', async () => {
    const paused = await create();
    await api.conversations.pause.mutate({ conversationId: paused.id });
    const active = await create({ contactId: paused.contactId });
    const details = { conversationId: active.id };
    expect(await refusalOf(api.conversations.resume.mutate({ conversationId: paused.id }))).toMatchObject({
      code: 'ALREADY_ACTIVE',
      details,
    });
    await api.conversations.close.mutate({ conversationId: paused.id });
    expect(await refusalOf(api.conversations.reopen.mutate({ conversationId: paused.id }))).toMatchObject({
      code: 'ALREADY_ACTIVE',
      details,
    });
  });
});

describe('conversations.update', () => {
  test('replaces tags, metadata or both', async () => {
    const { id: conversationId } = await create({ tags: ['a'], metadata: { a: 1 } });
    expect(await api.conversations.update.mutate({ conversationId, tags: ['b'] })).toMatchObject({
      tags: ['b'],
      metadata: { a: 1 },
    });
    expect(await api.conversations.update.mutate({ conversationId, metadata: {} })).toMatchObject({
      tags: ['b'],
      metadata: {},
    });
  });

  test('finds another version than it expects', async () => {
    const { id: conversationId } = await create();
    expect(
      await api.conversations.update.mutate({ conversationId, tags: [], expectedVersion: 1 }),
    ).toMatchObject({ version: 2 });
    expect(
      await refusalOf(api.conversations.update.mutate({ conversationId, tags: [], expectedVersion: 1 })),
    ).toMatchObject({
      code: 'VERSION_CONFLICT',
      trpc: 'CONFLICT',
      status: 409,
      details: { expected: 1, version: 2 },
    });
  });

  test('of many at once that expect the same version, one wins', async () => {
    const { id: conversationId } = await create();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        api.conversations.update.mutate({ conversationId, tags: [`${n}`], expectedVersion: 1 }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await api.conversations.get.query({ conversationId })).toMatchObject({ version: 2 });
  });

  test('many at once without an expectation all happen', async () => {
    const { id: conversationId } = await create();
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        api.conversations.update.mutate({ conversationId, tags: [`${n}`] }),
      ),
    );
    expect(await api.conversations.get.query({ conversationId })).toMatchObject({ version: 11, lastSeq: 11 });
  });
});

/** Waits until the clock shows another millisecond: what follows is newer. */
function clockPast(instant: string): Promise<unknown> {
  return vi.waitUntil(() => new Date().toISOString() > instant, { interval: 1 });
}

describe('lists', () => {
  test('find conversations by each of their marks, newest change first', async () => {
    const since = new Date().toISOString();
    await clockPast(since);
    const contactId = newContact();
    const older = await create({ contactId, tags: ['list-test'], agentId: 'closer' });
    await clockPast(older.updatedAt);
    const newer = await create({
      contactId,
      channel: 'sms',
      tags: ['list-test'],
      initialMessage: { text: 'Hi' },
    });
    await api.stages.transition.mutate({ conversationId: older.id, to: 'qualification' });
    const both = [older.id, newer.id];
    expect(ids(await api.conversations.list.query({ contactId }))).toEqual(both);
    expect(ids(await api.conversations.list.query({ tag: 'list-test' }))).toEqual(both);
    expect(
      ids(await api.conversations.list.query({ updatedAfter: since, tag: 'list-test', status: 'active' })),
    ).toEqual(both);
    expect(ids(await api.conversations.list.query({ contactId, channel: 'sms' }))).toEqual([newer.id]);
    expect(ids(await api.conversations.list.query({ contactId, stage: 'qualification' }))).toEqual([
      older.id,
    ]);
    expect(ids(await api.conversations.list.query({ agentId: 'closer' }))).toEqual([older.id]);
    expect(ids(await api.conversations.list.query({ contactId, status: 'paused' }))).toEqual([]);
    expect(ids(await api.conversations.list.query({ contactId, sort: 'waitingSince' }))).toEqual([newer.id]);
    expect(ids(await api.conversations.history.query({ contactId }))).toEqual(both);
    expect(ids(await api.conversations.listByStage.query({ stage: 'qualification' }))).toEqual([older.id]);
    expect(ids(await api.conversations.listByAgent.query({ agentId: 'closer' }))).toEqual([older.id]);
    expect(
      ids(await api.conversations.listByAgent.query({ agentId: 'closer', status: 'completed' })),
    ).toEqual([]);
    expect((await api.conversations.findActiveByContact.query({ contactId }))?.id).toBe(older.id);
    expect((await api.conversations.findActiveByContact.query({ contactId, channel: 'sms' }))?.id).toBe(
      newer.id,
    );
    expect(await api.conversations.findActiveByContact.query({ contactId, channel: 'email' })).toBeNull();
  });

  test('show another tenant nothing', async () => {
    await create();
    expect((await server.stranger.api.conversations.list.query({})).items).toEqual([]);
  });
});

describe('conversations.timeline', () => {
  test('reads forwards, backwards and by kind, and says whether there is more', async () => {
    const { id: conversationId } = await create({ initialMessage: { text: 'one' } });
    for (const tag of ['a', 'b', 'c']) await api.conversations.update.mutate({ conversationId, tags: [tag] });
    const seqs = async (input: object) => {
      const { items, more } = await api.conversations.timeline.query({ conversationId, ...input });
      return [items.map(({ seq }) => seq), more];
    };
    expect(await seqs({})).toEqual([[1, 2, 3, 4, 5], false]);
    expect(await seqs({ afterSeq: 2, limit: 2 })).toEqual([[3, 4], true]);
    expect(await seqs({ beforeSeq: 5, limit: 2 })).toEqual([[3, 4], true]);
    expect(await seqs({ afterSeq: 1, beforeSeq: 4 })).toEqual([[2, 3], false]);
    expect(await seqs({ kinds: ['message', 'created'] })).toEqual([[1, 2], false]);
  });
});

test('what nobody has is not found', async () => {
  const conversationId = 'f'.repeat(24);
  for (const refusal of await Promise.all(
    [
      api.conversations.get.query({ conversationId }),
      api.conversations.update.mutate({ conversationId, tags: [] }),
      api.conversations.timeline.query({ conversationId }),
    ].map(refusalOf),
  )) {
    expect(refusal).toMatchObject({ code: 'NOT_FOUND', trpc: 'NOT_FOUND', status: 404 });
  }
});
