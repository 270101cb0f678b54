import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ANA,
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

const customer = { kind: 'customer' } as const;
const supervisor = { kind: 'agent', agentId: 'supervisor' } as const;
const qualifier = { kind: 'agent', agentId: 'qualifier' } as const;

let messages = 0;
const message = (more: object = {}) => ({
  clientMessageId: `m-${(messages += 1)}`,
  author: customer,
  text: 'Hello',
  ...more,
});

async function conversation(): Promise<string> {
  return (await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' })).id;
}

describe('messages.append', () => {
  test('answers with the entry and with the conversation that it made', async () => {
    const conversationId = await conversation();
    const asked = await api.messages.append.mutate({ conversationId, ...message({ text: 'Price?' }) });
    expect(asked.entry).toMatchObject({
      kind: 'message',
      seq: 2,
      author: customer,
      text: 'Price?',
      visibility: 'public',
      redactedAt: null,
    });
    expect(asked.conversation.metrics).toMatchObject({ customerMessages: 1, waitingSince: asked.entry.at });
    const answered = await api.messages.append.mutate({
      conversationId,
      ...message({
        author: supervisor,
        text: '$99',
        inReplyTo: 2,
        usage: { model: 'm1', inputTokens: 10, outputTokens: 5, costMicros: 7 },
        parts: [{ type: 'tool_call', callId: 'c', name: 'price', arguments: '{}' }],
      }),
      ownerEpoch: 1,
    });
    expect(answered.entry).toMatchObject({
      inReplyTo: 2,
      responseMs: expect.any(Number),
      parts: [{ name: 'price' }],
    });
    expect(answered.conversation.metrics).toMatchObject({
      messages: 2,
      waitingSince: null,
      firstResponseMs: answered.entry.responseMs,
      byAgent: { supervisor: { messages: 1, inputTokens: 10, outputTokens: 5, costMicros: 7 } },
    });
    expect(await api.conversations.get.query({ conversationId })).toMatchObject(answered.conversation);
  });

  test('lets the tools of an agent speak in public for the owner alone, and those of an app at any time', async () => {
    const conversationId = await conversation();
    const says = (more: object) => ({
      conversationId,
      ...message({ author: { kind: 'tool', agentId: ANA }, ...more }),
    });
    for (const role of ['agent', 'manager'] as const) {
      const { api: ana } = server.connect({ apiKey: await server.createKey(role, ANA) });
      expect(await refusalOf(ana.messages.append.mutate(says({})))).toMatchObject({ code: 'NOT_OWNER' });
      const { conversationId: _id, ...turn } = says({});
      expect(
        await refusalOf(ana.messages.appendTurn.mutate({ conversationId, messages: [turn] })),
      ).toMatchObject({ code: 'NOT_OWNER' });
      await ana.messages.append.mutate(says({ visibility: 'internal' }));
    }
    await server.plain.api.messages.append.mutate(says({}));
    await api.handoffs.takeover.mutate({ conversationId, by: ANA, reason: 'Mine' });
    const { api: ana } = server.connect({ apiKey: await server.createKey('agent', ANA) });
    await ana.messages.append.mutate(says({}));
  });

  test('lets only the owner speak in public; anybody may leave a note', async () => {
    const conversationId = await conversation();
    expect(
      await refusalOf(api.messages.append.mutate({ conversationId, ...message({ author: qualifier }) })),
    ).toMatchObject({
      code: 'NOT_OWNER',
      trpc: 'CONFLICT',
      status: 409,
      details: { owner: { agentId: 'supervisor', epoch: 1 } },
    });
    const note = await api.messages.append.mutate({
      conversationId,
      ...message({ author: qualifier, visibility: 'internal' }),
    });
    expect(note.entry.visibility).toBe('internal');
  });

  test('refuses the words of an agent that is not registered, public or not', async () => {
    const conversationId = await conversation();
    const author = { kind: 'agent', agentId: 'stranger' } as const;
    for (const visibility of ['public', 'internal'] as const) {
      const refused = api.messages.append.mutate({ conversationId, ...message({ author, visibility }) });
      expect(await refusalOf(refused)).toMatchObject({
        code: 'UNKNOWN_AGENT',
        trpc: 'PRECONDITION_FAILED',
        status: 412,
        details: { agentId: 'stranger' },
      });
    }
  });

  test('refuses what was written under an ownership that has passed', async () => {
    const conversationId = await conversation();
    await api.handoffs.transfer.mutate({
      conversationId,
      from: 'supervisor',
      to: 'qualifier',
      reason: 'Ready',
      trigger: 'manual',
    });
    await api.handoffs.transfer.mutate({
      conversationId,
      from: 'qualifier',
      to: 'supervisor',
      reason: 'Back',
      trigger: 'manual',
    });
    expect(
      await refusalOf(
        api.messages.append.mutate({ conversationId, ...message({ author: supervisor }), ownerEpoch: 1 }),
      ),
    ).toMatchObject({
      code: 'STALE_OWNER',
      trpc: 'CONFLICT',
      status: 409,
      details: { ownerEpoch: 1, owner: { epoch: 3 } },
    });
  });

  test('says nothing in a closed conversation', async () => {
    const conversationId = await conversation();
    await api.conversations.close.mutate({ conversationId });
    expect(await refusalOf(api.messages.append.mutate({ conversationId, ...message() }))).toMatchObject({
      code: 'CONVERSATION_CLOSED',
      trpc: 'PRECONDITION_FAILED',
      status: 412,
      details: { status: 'completed' },
    });
  });

  test('replies to nothing that is not there', async () => {
    const conversationId = await conversation();
    expect(
      await refusalOf(api.messages.append.mutate({ conversationId, ...message({ inReplyTo: 9 }) })),
    ).toMatchObject({ code: 'INVALID_INPUT', status: 400 });
  });

  test('with the same id and words is said once; with other words it is refused', async () => {
    const conversationId = await conversation();
    const said = { conversationId, ...message() };
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => api.messages.append.mutate(said)),
    );
    for (const other of others) expect(other).toEqual(first);
    expect(await refusalOf(api.messages.append.mutate({ ...said, text: 'Other' }))).toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
      status: 409,
      details: { clientMessageIds: [said.clientMessageId] },
    });
    expect((await api.messages.list.query({ conversationId })).items).toHaveLength(1);
  });

  test('a retry is answered as the first time, although the conversation was closed since', async () => {
    const conversationId = await conversation();
    const said = { conversationId, ...message() };
    const first = await api.messages.append.mutate(said);
    await api.conversations.close.mutate({ conversationId });
    expect(await api.messages.append.mutate(said)).toEqual(first);
  });
});

describe('messages.appendTurn', () => {
  test('says all messages of a turn in one command', async () => {
    const conversationId = await conversation();
    const turn = [message({ text: 'Hi' }), message({ author: supervisor, text: 'Hello!' })];
    const { entries, conversation: after } = await api.messages.appendTurn.mutate({
      conversationId,
      messages: turn,
    });
    expect(entries.map(({ seq, version, text }) => [seq, version, text])).toEqual([
      [2, 2, 'Hi'],
      [3, 2, 'Hello!'],
    ]);
    expect(after).toMatchObject({ version: 2, lastSeq: 3, metrics: { messages: 2 } });
    expect(await api.messages.appendTurn.mutate({ conversationId, messages: turn })).toEqual({
      entries,
      conversation: after,
    });
  });

  test('says none where one may not be said', async () => {
    const conversationId = await conversation();
    const turn = [message(), message({ author: qualifier })];
    expect(await refusalOf(api.messages.appendTurn.mutate({ conversationId, messages: turn }))).toMatchObject(
      { code: 'NOT_OWNER' },
    );
    expect((await api.messages.list.query({ conversationId })).items).toEqual([]);
  });

  test('with a part of the same ids is another turn, and refused', async () => {
    const conversationId = await conversation();
    const turn = [message(), message()];
    await api.messages.appendTurn.mutate({ conversationId, messages: turn });
    const longer = { conversationId, messages: [...turn, message()] };
    expect(await refusalOf(api.messages.appendTurn.mutate(longer))).toMatchObject({
      code: 'IDEMPOTENCY_MISMATCH',
      status: 409,
    });
  });

  test('takes 100 messages of the longest text', async () => {
    const conversationId = await conversation();
    const turn = Array.from({ length: 100 }, () => message({ text: 'ä'.repeat(32_000) }));
    const { entries } = await api.messages.appendTurn.mutate({ conversationId, messages: turn });
    expect(entries).toHaveLength(100);
  });
});

describe('messages.redact', () => {
  test('blanks a message for good, and keeps that it was said', async () => {
    const conversationId = await conversation();
    await api.messages.append.mutate({
      conversationId,
      ...message({ text: 'My card is 4111', parts: [{ type: 'attachment', url: 'https://a.example' }] }),
    });
    const { conversation: after, entries } = await api.messages.redact.mutate({
      conversationId,
      seq: 2,
      reason: 'Card number',
    });
    expect(entries).toMatchObject([{ kind: 'redaction', seq: 3, targetSeq: 2, reason: 'Card number' }]);
    expect(after.lastMessage).toMatchObject({ seq: 2, preview: '' });
    const { items } = await api.messages.list.query({ conversationId });
    expect(items).toMatchObject([{ seq: 2, text: '', redactedAt: entries[0]?.at }]);
    expect(items[0]).not.toHaveProperty('parts');
    expect((await api.search.messages.query({ text: '4111' })).items).toEqual([]);
    expect(after.metrics.messages).toBe(1);
  });

  test('of what is no message is not found, and of one that was redacted is refused', async () => {
    const conversationId = await conversation();
    for (const seq of [1, 99]) {
      expect(await refusalOf(api.messages.redact.mutate({ conversationId, seq }))).toMatchObject({
        code: 'NOT_FOUND',
        status: 404,
      });
    }
    await api.messages.append.mutate({ conversationId, ...message() });
    await api.messages.redact.mutate({ conversationId, seq: 2 });
    expect(await refusalOf(api.messages.redact.mutate({ conversationId, seq: 2 }))).toMatchObject({
      code: 'ALREADY_REDACTED',
      trpc: 'CONFLICT',
      status: 409,
    });
  });
});

describe('reading', () => {
  test('messages.list pages through them in both orders, by visibility where it is asked', async () => {
    const conversationId = await conversation();
    for (const text of ['a', 'b', 'c'])
      await api.messages.append.mutate({ conversationId, ...message({ text }) });
    await api.messages.append.mutate({
      conversationId,
      ...message({ text: 'note', author: qualifier, visibility: 'internal' }),
    });
    const texts = async (input: object) =>
      (await api.messages.list.query({ conversationId, ...input })).items.map(({ text }) => text);
    expect(await texts({})).toEqual(['a', 'b', 'c', 'note']);
    expect(await texts({ order: 'newest', limit: 2 })).toEqual(['note', 'c']);
    expect(await texts({ visibility: 'public' })).toEqual(['a', 'b', 'c']);
    const first = await api.messages.list.query({ conversationId, limit: 3 });
    expect(await texts({ limit: 3, cursor: first.nextCursor ?? '' })).toEqual(['note']);
  });

  test('messages.context gives the newest that fit, oldest first', async () => {
    const conversationId = await conversation();
    for (const text of ['a'.repeat(400), 'short', 'last'])
      await api.messages.append.mutate({ conversationId, ...message({ text }) });
    await api.messages.append.mutate({
      conversationId,
      ...message({ text: 'note', author: qualifier, visibility: 'internal' }),
    });
    const little = await api.messages.context.query({ conversationId, tokenBudget: 20 });
    expect(little.messages.map(({ text }) => text)).toEqual(['short', 'last']);
    expect(little).toMatchObject({ truncated: true });
    expect(little.tokens).toBeLessThanOrEqual(20);
    const all = await api.messages.context.query({
      conversationId,
      tokenBudget: 10_000,
      includeInternal: true,
    });
    expect(all).toMatchObject({ truncated: false });
    expect(all.messages.at(-1)?.text).toBe('note');
  });
});
