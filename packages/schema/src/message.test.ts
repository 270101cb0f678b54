import { describe, expect, it } from 'vitest';
import { MessageEntry } from './timeline.ts';
import { AppendMessage, AppendTurn, MESSAGE_TEXT_LIMIT, MessagePart, TURN_LIMIT } from './message.ts';

const conversationId = 'a'.repeat(24);
const message = { clientMessageId: 'm-1', author: { kind: 'customer' }, text: 'Hello' };

function turnOf(count: number) {
  const messages = Array.from({ length: count }, (_, n) => ({ ...message, clientMessageId: `m-${n}` }));
  return { conversationId, messages };
}

describe('a message', () => {
  it('is public unless it says otherwise', () => {
    expect(AppendMessage.parse({ conversationId, ...message }).visibility).toBe('public');
  });

  it('has one to 32,000 characters', () => {
    const of = (text: string) => AppendMessage.safeParse({ conversationId, ...message, text }).success;
    expect(of('x'.repeat(MESSAGE_TEXT_LIMIT))).toBe(true);
    expect(of('x'.repeat(MESSAGE_TEXT_LIMIT + 1))).toBe(false);
    expect(of('')).toBe(false);
    expect(MESSAGE_TEXT_LIMIT).toBe(32_000);
  });

  it.each([
    ['half a surrogate pair', { text: 'ok \uD83E' }, 'text'],
    ['an agent without a name', { author: { kind: 'agent' } }, 'author.agentId'],
    ['no id of its own', { clientMessageId: '' }, 'clientMessageId'],
    ['a visibility that does not exist', { visibility: 'secret' }, 'visibility'],
    ['an answer to entry 0', { inReplyTo: 0 }, 'inReplyTo'],
    ['a negative epoch', { ownerEpoch: -1 }, 'ownerEpoch'],
    [
      'tokens by halves',
      { usage: { model: 'm', inputTokens: 1.5, outputTokens: 0, costMicros: 0 } },
      'usage.inputTokens',
    ],
    [
      'a negative cost',
      { usage: { model: 'm', inputTokens: 1, outputTokens: 0, costMicros: -1 } },
      'usage.costMicros',
    ],
    ['an instant of six digits', { at: '2026-01-05T09:00:00.000000Z' }, 'at'],
    ['an operator for a text', { text: { $regex: '.*' } }, 'text'],
  ])('is refused with %s', (_, more, path) => {
    const { error } = AppendMessage.safeParse({ conversationId, ...message, ...more });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

describe('a turn', () => {
  it('has one to 100 messages', () => {
    expect(AppendTurn.safeParse(turnOf(1)).success).toBe(true);
    expect(AppendTurn.safeParse(turnOf(TURN_LIMIT)).success).toBe(true);
    expect(AppendTurn.safeParse(turnOf(0)).success).toBe(false);
    expect(AppendTurn.safeParse(turnOf(TURN_LIMIT + 1)).success).toBe(false);
    expect(TURN_LIMIT).toBe(100);
  });

  it('has no two messages of one id', () => {
    const { error } = AppendTurn.safeParse({ conversationId, messages: [message, message] });
    expect(error?.issues[0]?.message).toBe('Two messages of a turn have the same clientMessageId');
  });

  it('names the message that is at fault', () => {
    const messages = [message, { ...message, clientMessageId: 'm-2', text: '' }];
    const { error } = AppendTurn.safeParse({ conversationId, messages });
    expect(error?.issues[0]?.path).toEqual(['messages', 1, 'text']);
  });
});

describe('a message in which nothing is said', () => {
  const call = { type: 'tool_call', callId: 'c-1', name: 'search', arguments: '{}' };

  it.each([' ', '  \n \t', '\u00A0\u3000', '\uFEFF', '\u200B', '\u2028', '\u0000', '\u2800'])(
    'is refused: %j',
    (text) => {
      const issue = { path: ['text'], message: 'Text is blank, and there is no part: nothing was said' };
      for (const parts of [undefined, []]) {
        const input = { ...message, text, parts };
        expect(AppendMessage.safeParse({ conversationId, ...input }).error?.issues).toMatchObject([issue]);
        expect(AppendTurn.safeParse({ conversationId, messages: [input] }).error?.issues).toMatchObject([
          { ...issue, path: ['messages', 0, 'text'] },
        ]);
      }
    },
  );

  it('is taken with a part, and as it was stored once', () => {
    const input = { conversationId, ...message, text: ' ', parts: [call] };
    expect(AppendMessage.parse(input)).toMatchObject({ text: ' ', parts: [call] });
    const stored = { seq: 2, version: 2, at: '2026-01-05T09:00:00.000Z', actor: message.author };
    const entry = { conversationId, kind: 'message', ...message, visibility: 'public', redactedAt: null };
    for (const text of [' ', '']) expect(MessageEntry.parse({ ...entry, ...stored, text }).text).toBe(text);
  });
});

describe('the ids of a message', () => {
  it.each([' ', ' m-1', 'm-1\n', 'm\u0007', 'm\u202E1'])('are refused: %j', (id) => {
    const parts = [
      { type: 'tool_call', callId: id, name: 'search', arguments: '{}' },
      { type: 'tool_result', callId: id, result: 'none' },
    ];
    const { error } = AppendMessage.safeParse({ conversationId, ...message, clientMessageId: id, parts });
    expect(new Set(error?.issues.map(({ path }) => path.join('.')))).toEqual(
      new Set(['clientMessageId', 'parts.0.callId', 'parts.1.callId']),
    );
    expect(parts.map((part) => MessagePart.parse(part))).toEqual(parts);
  });
});

describe('a part of a message', () => {
  it.each([
    { type: 'tool_call', callId: 'c-1', name: 'search', arguments: '{}' },
    { type: 'tool_result', callId: 'c-1', result: '' },
    { type: 'attachment', url: 'https://example.com/offer.pdf' },
  ])('is %j', (part) => {
    expect(MessagePart.parse(part)).toEqual(part);
  });

  it('is nothing else', () => {
    expect(MessagePart.safeParse({ type: 'image' }).success).toBe(false);
    expect(MessagePart.safeParse({ type: 'tool_result', callId: 'c-1', result: { rows: 1 } }).success).toBe(
      false,
    );
  });
});
