import { ConversationId, ListMessages, GetMessageContext } from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { estimateTokens, messageQueries } from './message.ts';

const UNKNOWN = ConversationId.parse('f'.repeat(24));

let database: TestDatabase;
let scenario: Scenario;
let conversationId: ConversationId;

beforeAll(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
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

afterAll(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

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

describe('The estimate of tokens', () => {
  it('counts a quarter of the characters, rounded up, and four for the frame', () => {
    expect(estimateTokens({ text: '12345' })).toBe(6);
    expect(estimateTokens({ text: '' })).toBe(4);
  });

  it('counts what tools were asked, what they answered, and what was attached', () => {
    const text = '1234';
    expect(
      estimateTokens({ text, parts: [{ type: 'tool_call', callId: 'c', name: 'find', arguments: '{}{}' }] }),
    ).toBe(7);
    expect(estimateTokens({ text, parts: [{ type: 'tool_result', callId: 'c', result: '1234' }] })).toBe(6);
    expect(
      estimateTokens({ text, parts: [{ type: 'tool_result', callId: 'c', name: 'find', result: '1234' }] }),
    ).toBe(7);
    expect(estimateTokens({ text, parts: [{ type: 'attachment', url: 'http://a' }] })).toBe(7);
    expect(estimateTokens({ text, parts: [{ type: 'attachment', url: 'http://a', name: 'plan' }] })).toBe(8);
  });
});
