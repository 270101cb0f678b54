import { ConversationId, ListMessages, GetMessageContext } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { messageQueries } from './message.ts';

const UNKNOWN = ConversationId.parse('f'.repeat(24));

let scenario: Scenario;
let conversationId: ConversationId;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ id: conversationId } = await scenario.create());
  await scenario.say(conversationId, 'one');
  await scenario.say(conversationId, 'two', SUPERVISOR);
  await scenario.run('messages.append', {
    conversationId,
    clientMessageId: 'a note',
    author: { kind: 'agent', agentId: SUPERVISOR },
    text: 'three, for us',
    visibility: 'internal',
  });
  await scenario.run('conversations.update', { conversationId, tags: ['a'] });
  await scenario.say(conversationId, 'four');
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('The messages of a conversation', () => {
  const list = (input: Partial<ListMessages>) =>
    messageQueries.list(
      scenario.collections,
      scenario.tenantId,
      ListMessages.parse({ conversationId, ...input }),
    );
  const texts = async (input: Partial<ListMessages>) => (await list(input)).items.map(({ text }) => text);

  it('are listed from the oldest, or from the newest', async () => {
    expect(await texts({})).toEqual(['one', 'two', 'three, for us', 'four']);
    expect(await texts({ order: 'newest' })).toEqual(['four', 'three, for us', 'two', 'one']);
  });

  it('are listed by visibility', async () => {
    expect(await texts({ visibility: 'internal' })).toEqual(['three, for us']);
  });

  it.each(['oldest', 'newest'] as const)('are listed page by page from the %s', async (order) => {
    const whole = await texts({ order });
    const first = await list({ order, limit: 3 });
    const second = await list({ order, limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ text }) => text)).toEqual(whole);
    expect(second.nextCursor).toBeNull();
  });

  it('are none in a conversation where nobody has spoken, and not found in one that does not exist', async () => {
    const { id } = await scenario.create();
    expect(await texts({ conversationId: id })).toEqual([]);
    await expect(list({ conversationId: UNKNOWN })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are found by the id that their sender gave them', async () => {
    const find = (clientMessageId: string) =>
      messageQueries.findByClientMessageId(scenario.collections, scenario.tenantId, {
        conversationId,
        clientMessageId,
      });
    expect(await find('a note')).toMatchObject({ text: 'three, for us', seq: 4 });
    expect(await find('never said')).toBeNull();
  });
});

describe("A model's context", () => {
  const context = async (tokenBudget: number, more: Partial<GetMessageContext> = {}) => {
    const input = GetMessageContext.parse({ conversationId, tokenBudget, ...more });
    const { messages, ...rest } = await messageQueries.context(
      scenario.collections,
      scenario.tenantId,
      input,
    );
    return { texts: messages.map(({ text }) => text), ...rest };
  };

  it('is the newest public messages that fit, oldest first', async () => {
    // Each takes one token for its text and four for its frame.
    expect(await context(15)).toEqual({ texts: ['one', 'two', 'four'], tokens: 15, truncated: false });
    expect(await context(14)).toEqual({ texts: ['two', 'four'], tokens: 10, truncated: true });
    expect(await context(4)).toEqual({ texts: [], tokens: 0, truncated: true });
  });

  it('has internal notes where they are asked for', async () => {
    expect(await context(100, { includeInternal: true })).toMatchObject({
      texts: ['one', 'two', 'three, for us', 'four'],
    });
  });

  it('leaves out what was redacted', async () => {
    const { id } = await scenario.create();
    await scenario.say(id, 'secret');
    await scenario.say(id, 'open');
    await scenario.run('messages.redact', { conversationId: id, seq: 2 });
    expect(await context(100, { conversationId: id })).toMatchObject({ texts: ['open'], truncated: false });
  });

  it('has a call of a tool and its result together, or neither', async () => {
    const { id } = await scenario.create();
    const agent = { kind: 'agent', agentId: 'supervisor' } as const;
    const tool = { kind: 'tool' } as const;
    const call = (callId: string) => ({ type: 'tool_call', callId, name: 'stock', arguments: '{}' }) as const;
    const result = (callId: string) => ({ type: 'tool_result', callId, result: 'x'.repeat(40) }) as const;
    const internal = { visibility: 'internal' } as const;
    const messages = [
      { author: { kind: 'customer' } as const, text: 'Two chairs?' },
      { author: agent, text: 'One moment.', parts: [call('s1')] },
      { author: tool, text: 'stock', parts: [result('s1')], ...internal },
      { author: agent, text: 'and', parts: [call('s2')], ...internal },
      { author: tool, text: 'stock', parts: [result('s2')], ...internal },
      { author: agent, text: 'We have two.' },
    ].map((message, index) => ({ clientMessageId: `m${index}`, ...message }));
    await scenario.run('messages.appendTurn', { conversationId: id, messages });
    expect(await context(1_000, { conversationId: id })).toEqual({
      texts: ['Two chairs?', 'One moment.', 'We have two.'],
      tokens: 3 * 4 + 9,
      truncated: false,
    });
    const all = { conversationId: id, includeInternal: true };
    expect((await context(1_000, all)).texts).toHaveLength(6);
    // The last answer takes seven tokens, the second result 16, its call seven.
    expect((await context(7 + 16 + 6, all)).texts).toEqual(['We have two.']);
    expect((await context(7 + 16 + 7, all)).texts).toEqual(['and', 'stock', 'We have two.']);
    // The call that nobody sees takes no room: seven tokens for each of the words.
    expect((await context(14, { conversationId: id })).texts).toEqual(['One moment.', 'We have two.']);
  });

  it('of a long conversation reads beyond its first chunk', async () => {
    const { id } = await scenario.create();
    await scenario.run('messages.appendTurn', {
      conversationId: id,
      messages: Array.from({ length: 100 }, (_, index) => ({
        clientMessageId: `m${index}`,
        author: { kind: 'customer' },
        text: String(index),
      })),
    });
    const { texts, truncated } = await context(5 * 80, { conversationId: id });
    expect(texts).toEqual(Array.from({ length: 80 }, (_, index) => String(index + 20)));
    expect(truncated).toBe(true);
  });

  it('is empty where nobody has spoken, and not found where there is no conversation', async () => {
    const { id } = await scenario.create();
    expect(await context(100, { conversationId: id })).toEqual({ texts: [], tokens: 0, truncated: false });
    await expect(context(100, { conversationId: UNKNOWN })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
