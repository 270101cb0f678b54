import { AgentId, type DeliveryState, type MessageView, type ReportMessageInput } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBaton } from '@baton/client';
import { openCollections, rebuild } from '@baton/repository';
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

const supervisor = { kind: 'agent', agentId: 'supervisor' } as const;

/** A conversation with a question of its customer (2) and an answer of its owner (3). */
async function answered(): Promise<string> {
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'whatsapp',
    initialMessage: { text: 'How much is a yawl?', clientMessageId: 'wamid-1' },
  });
  await api.messages.append.mutate({
    conversationId,
    clientMessageId: 'answer',
    author: supervisor,
    text: 'A yawl is $90.',
    parts: [{ type: 'text', text: 'Ketches too.' }],
    raw: { format: 'x', json: { said: '$90' } },
  });
  return conversationId;
}

async function messagesOf(conversationId: string): Promise<MessageView[]> {
  return (await api.messages.list.query({ conversationId })).items;
}

const found = async (conversationId: string, text: string) =>
  (await api.search.messages.query({ conversationId, text })).items.map(({ message: { seq } }) => seq);

describe('messages.revise', () => {
  test('changes what is read, found, previewed and given to a model; what was said stays in the timeline', async () => {
    const conversationId = await answered();
    const { conversation, entries } = await api.messages.revise.mutate({
      conversationId,
      seq: 3,
      text: 'A yawl is $95. 帆船',
      parts: [{ type: 'text', text: 'Sloops too.' }],
      reason: 'Wrong price',
    });
    expect(entries).toMatchObject([{ kind: 'revision', seq: 4, targetSeq: 3, text: 'A yawl is $95. 帆船' }]);
    expect(conversation).toMatchObject({ lastMessage: { seq: 3, preview: 'A yawl is $95. 帆船' } });
    expect(conversation.metrics.messages).toBe(2);
    const [, answer] = await messagesOf(conversationId);
    expect(answer).toMatchObject({
      text: 'A yawl is $95. 帆船',
      parts: [{ type: 'text', text: 'Sloops too.' }],
      raw: { format: 'x', json: { said: '$90' } },
      revision: { seq: 4, number: 1, reason: 'Wrong price' },
    });
    const { messages } = await api.messages.context.query({ conversationId, tokenBudget: 1_000 });
    expect(messages.at(-1)).toEqual(answer);
    expect(await found(conversationId, 'ketches')).toEqual([]);
    expect(await found(conversationId, 'sloops')).toEqual([3]);
    expect(await found(conversationId, '帆船')).toEqual([3]);
    const { items } = await api.conversations.timeline.query({ conversationId });
    expect(items[2]).toMatchObject({
      kind: 'message',
      text: 'A yawl is $90.',
      parts: [{ text: 'Ketches too.' }],
    });
    expect(items[2]).not.toHaveProperty('revision');
    expect(items[3]).toEqual(entries[0]);
    const again = await api.messages.append.mutate({
      conversationId,
      clientMessageId: 'answer',
      author: supervisor,
      text: 'A yawl is $90.',
      parts: [{ type: 'text', text: 'Ketches too.' }],
      raw: { format: 'x', json: { said: '$90' } },
    });
    expect(again.entry).toEqual(items[2]);
  });

  test('twice with the same words is one edit, by key or without; a further one counts', async () => {
    const conversationId = await answered();
    const edit = { conversationId, clientMessageId: 'wamid-1', text: 'How much is a ketch?' };
    const keyed = { ...edit, idempotencyKey: `edit-${conversationId}` };
    const first = await api.messages.revise.mutate(keyed);
    expect(await api.messages.revise.mutate(keyed)).toEqual(first);
    expect((await api.messages.revise.mutate(edit)).entries).toEqual([]);
    await api.messages.revise.mutate({ ...edit, text: 'How much is a sloop?' });
    const [asked] = await messagesOf(conversationId);
    expect(asked).toMatchObject({ text: 'How much is a sloop?', revision: { number: 2 } });
    expect((await api.conversations.get.query({ conversationId })).lastMessage?.preview).toBe(
      'A yawl is $90.',
    );
  });

  test('is for its author, for a manager of what agents said, and for an app', async () => {
    const conversationId = await answered();
    const as = async (role: 'agent' | 'manager', agentId: string) =>
      createBaton({ url: server.url, apiKey: await server.createKey(role, AgentId.parse(agentId)) }).api;
    const own = await as('agent', 'supervisor');
    const other = await as('agent', 'closer');
    const manager = await as('manager', 'closer');
    const edit = (seq: number, text: string) => ({ conversationId, seq, text });
    await own.messages.revise.mutate(edit(3, 'One'));
    await manager.messages.revise.mutate(edit(3, 'Two'));
    expect(await refusalOf(other.messages.revise.mutate(edit(3, 'x')))).toMatchObject({ code: 'FORBIDDEN' });
    for (const one of [own, manager])
      expect(await refusalOf(one.messages.revise.mutate(edit(2, 'x')))).toMatchObject({ code: 'FORBIDDEN' });
    await server.plain.api.messages.revise.mutate(edit(2, 'Three'));
    expect((await messagesOf(conversationId)).map(({ text }) => text)).toEqual(['Three', 'Two']);
    expect(
      await refusalOf(own.messages.report.mutate({ conversationId, seq: 3, state: 'sent' })),
    ).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  test('names a message, and leaves something; of a redacted one it is refused, and every version is gone', async () => {
    const conversationId = await answered();
    await api.messages.revise.mutate({ conversationId, seq: 3, text: 'Secret', reason: 'A secret reason' });
    const refused = (more: object) => refusalOf(api.messages.revise.mutate({ conversationId, ...more }));
    expect(await refused({ seq: 1, text: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused({ seq: 2, text: ' ' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await refused({ seq: 2 })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await refused({ seq: 2, clientMessageId: 'x', text: 'x' })).toMatchObject({
      code: 'INVALID_INPUT',
    });
    await api.messages.redact.mutate({ conversationId, seq: 3 });
    expect(await refused({ seq: 3, text: 'x' })).toMatchObject({ code: 'ALREADY_REDACTED' });
    const { items } = await api.conversations.timeline.query({ conversationId });
    expect(items[3]).toMatchObject({ kind: 'revision', text: '', reason: null });
    const stored = await server.db
      .collection('timeline')
      .find({ seq: { $in: [3, 4] } })
      .toArray();
    const ours = stored.filter((document) => String(document['conversationId']) === conversationId);
    expect(JSON.stringify(ours)).not.toMatch(/yawl|etches|\$90|ecret/);
  });
});

describe('messages.report', () => {
  type Report = Pick<ReportMessageInput, 'state' | 'error' | 'sentAt'>;
  const states = (...each: DeliveryState[]) => each.map((state): Report => ({ state }));
  const deliveries = async (reports: readonly Report[]) => {
    const conversationId = await answered();
    const entries = [];
    for (const report of reports) {
      const change = await api.messages.report.mutate({ conversationId, seq: 3, ...report });
      entries.push(...change.entries);
    }
    const [, answer] = await messagesOf(conversationId);
    return { entries, delivery: answer?.delivery };
  };
  const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;

  test.each<[string, Report[], object, number]>([
    ['goes on', states('queued', 'sent', 'delivered', 'read'), { state: 'read' }, 4],
    ['never goes back', states('read', 'sent', 'delivered', 'failed'), { state: 'read' }, 1],
    ['comes twice', states('sent', 'sent'), { state: 'sent' }, 1],
    [
      'fails, and may be tried again',
      [{ state: 'sent' }, { state: 'failed', error: 'No such number' }, { state: 'sent' }, { state: 'read' }],
      { state: 'read', error: null },
      4,
    ],
    [
      'comes late: what was sent before it failed is no second try',
      [
        { state: 'failed', error: 'Busy', sentAt: at(2) },
        { state: 'sent', sentAt: at(1) },
      ],
      { state: 'failed', error: 'Busy', sentAt: at(2) },
      1,
    ],
    [
      'comes late: a failure before a second try is no news',
      [
        { state: 'sent', sentAt: at(3) },
        { state: 'failed', sentAt: at(2) },
      ],
      { state: 'sent' },
      1,
    ],
  ])('%s', async (_, reports, delivery, count) => {
    const result = await deliveries(reports);
    expect(result.delivery).toMatchObject(delivery);
    expect(result.entries).toHaveLength(count);
  });

  test('is taken by the id of the message, after an edit and in a closed conversation', async () => {
    const conversationId = await answered();
    await api.messages.revise.mutate({ conversationId, seq: 3, text: 'New' });
    await api.conversations.close.mutate({ conversationId });
    await api.messages.report.mutate({ conversationId, clientMessageId: 'answer', state: 'delivered' });
    const [, answer] = await messagesOf(conversationId);
    expect(answer).toMatchObject({ text: 'New', revision: { number: 1 }, delivery: { state: 'delivered' } });
  });
});

describe('messages.rate', () => {
  test('says what somebody thinks of an answer; the latest holds', async () => {
    const conversationId = await answered();
    await api.messages.rate.mutate({ conversationId, seq: 3, verdict: 'bad', note: 'Too short' });
    await api.messages.rate.mutate({ conversationId, seq: 3, verdict: 'bad', note: 'Too short' });
    const { entries } = await api.messages.rate.mutate({ conversationId, seq: 3, verdict: 'good' });
    expect(entries).toMatchObject([{ kind: 'rating', seq: 5, targetSeq: 3, verdict: 'good', note: null }]);
    const [, answer] = await messagesOf(conversationId);
    expect(answer?.rating).toMatchObject({ verdict: 'good', seq: 5 });
  });
});

test('what messages became is what their entries make of them, also of one command batch', async () => {
  const conversationId = await answered();
  await Promise.all([
    api.messages.revise.mutate({ conversationId, seq: 3, text: 'A' }),
    api.messages.report.mutate({ conversationId, seq: 3, state: 'sent' }),
    api.messages.revise.mutate({ conversationId, seq: 2, text: '帆船はいくら' }),
    api.messages.rate.mutate({ conversationId, seq: 3, verdict: 'good' }),
    api.messages.report.mutate({ conversationId, seq: 3, state: 'read' }),
    api.messages.revise.mutate({ conversationId, seq: 3, text: 'B', parts: [{ type: 'text', text: 'C' }] }),
    api.messages.redact.mutate({ conversationId, seq: 2 }),
  ]);
  expect((await rebuild(openCollections(server.db))).differences).toEqual([]);
});
