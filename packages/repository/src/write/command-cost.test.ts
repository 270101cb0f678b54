import { type Command, ConversationId } from '@baton/schema';
import { expect, test } from 'vitest';
import { batchPlaces, commandCost } from './command-cost.ts';

const conversationId = ConversationId.parse('65f0c0ffee0123456789abcd');
const message = { clientMessageId: '1', author: { kind: 'customer' }, visibility: 'public' } as const;

const costOf = (...messages: Extract<Command, { type: 'messages.appendTurn' }>['input']['messages']) =>
  commandCost({ type: 'messages.appendTurn', input: { conversationId, messages } });

test('a command costs one, and one more for each 4,096 characters that it says', () => {
  expect(commandCost({ type: 'conversations.pause', input: { conversationId } })).toBe(1);
  expect(
    commandCost({ type: 'messages.append', input: { conversationId, ...message, text: 'x'.repeat(4_095) } }),
  ).toBe(1);
  expect(costOf({ ...message, text: 'x'.repeat(4_096) })).toBe(2);
  expect(costOf({ ...message, text: 'x'.repeat(4_000) }, { ...message, text: 'x'.repeat(4_192) })).toBe(3);
});

test('what tools were told and said counts too', () => {
  const long = 'x'.repeat(4_096);
  const cost = costOf({
    ...message,
    text: 'x',
    parts: [
      { type: 'tool_call', callId: '1', name: 'look', arguments: long },
      { type: 'tool_result', callId: '1', result: long },
      { type: 'attachment', url: 'https://example.com/a' },
    ],
  });
  expect(cost).toBe(3);
});

test('what is restored costs one for each entry, and more for what is said; four count as a command of a batch', () => {
  const place = {
    conversationId,
    version: 1,
    at: '2026-01-05T09:00:00.000Z',
    actor: { kind: 'system' },
  } as const;
  const entry = (seq: number, text: string) =>
    ({
      ...place,
      seq,
      kind: 'message',
      ...message,
      clientMessageId: `${seq}`,
      text,
      redactedAt: null,
    }) as const;
  const entries = [entry(1, 'x'), entry(2, 'x'.repeat(4_096)), entry(3, 'x'), entry(4, 'x'), entry(5, 'x')];
  const command = { type: 'conversations.restore', input: { conversationId, entries, more: false } } as const;
  expect([commandCost(command), batchPlaces(command)]).toEqual([6, 2]);
  expect(batchPlaces({ type: 'conversations.pause', input: { conversationId } })).toBe(1);
});
