import { describe, expect, it } from 'vitest';
import { MessageEntry } from './timeline.ts';
import { AppendMessage, AppendTurn, MESSAGE_TEXT_LIMIT, TURN_LIMIT } from './message.ts';
import { MessagePart } from './message-part.ts';

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

  it('has one to 32,000 characters of text', () => {
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
    ['a replacement of entry 0', { supersedes: 0 }, 'supersedes'],
    ['an instant of the provider in another form', { sentAt: '2026-01-05' }, 'sentAt'],
    ['a raw message without its format', { raw: { json: 1 } }, 'raw.format'],
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
    { type: 'text', text: 'Team: $945 a month.', providerMetadata: { p: { itemId: 'msg_1' } } },
    { type: 'reasoning', text: '', signature: 'c2ln' },
    { type: 'tool_call', callId: 'c-1', name: 'search', arguments: '{}' },
    { type: 'tool_call', callId: 'c-1', name: 'quote', arguments: { seats: 12 }, state: 'output-available' },
    {
      type: 'tool_call',
      callId: 'c-1',
      name: 'a',
      arguments: null,
      approval: { id: 'ap1' },
      errorText: 'No',
    },
    { type: 'tool_result', callId: 'c-1', result: '' },
    { type: 'tool_result', callId: 'c-1', result: { rows: [1, null, { $gt: '' }] } },
    { type: 'attachment', url: 'https://example.com/offer.pdf', bytes: 12 },
    { type: 'attachment', fileId: 'f'.repeat(24), mimeType: 'image/png' },
    { type: 'source', id: 's1', url: 'https://plans.example/team', title: 'Team' },
    { type: 'data', name: 'chart', json: [1, 2, 3] },
  ])('is %j', (part) => {
    expect(MessagePart.parse(part)).toEqual(part);
    expect(AppendMessage.parse({ conversationId, ...message, parts: [part] }).parts).toEqual([part]);
  });

  it('is nothing else', () => {
    expect(MessagePart.safeParse({ type: 'image' }).success).toBe(false);
    for (const result of [undefined, Number.NaN, Infinity, 1n, new Date(0), { at: new Date(0) }, [undefined]])
      expect(MessagePart.safeParse({ type: 'tool_result', callId: 'c-1', result }).success).toBe(false);
  });

  it('that is an attachment has one place', () => {
    for (const place of [{}, { fileId: 'f'.repeat(24), url: 'https://files.example/a' }]) {
      const parts = [{ type: 'attachment', ...place }];
      const { error } = AppendMessage.safeParse({ conversationId, ...message, parts });
      expect(error?.issues).toMatchObject([
        { path: ['parts', 0, 'url'], message: 'An attachment has either a fileId or a url' },
      ]);
    }
  });

  it('may have JSON with any keys, and is handed over as it is', () => {
    const json: unknown = JSON.parse('{"__proto__":{"a":1},"$where":1,"a.b":2,"":3,"constructor":4}');
    const part = { type: 'data', name: 'x', json };
    const parsed = AppendMessage.parse({ conversationId, ...message, parts: [part] }).parts?.[0];
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(part));
  });

  it('has JSON of 100 levels at most', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const of = (levels: number) =>
      MessagePart.safeParse({ type: 'data', name: 'x', json: nested(levels) }).success;
    expect([of(100), of(101)]).toEqual([true, false]);
  });

  it('is one of 200 at most', () => {
    const of = (count: number) => {
      const parts = Array.from({ length: count }, () => ({ type: 'text', text: 'x' }));
      return AppendMessage.safeParse({ conversationId, ...message, parts }).success;
    };
    expect([of(200), of(201)]).toEqual([true, false]);
  });
});

describe('the size of a message', () => {
  const faults = (more: object) =>
    AppendMessage.safeParse({ conversationId, ...message, ...more }).error?.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message}`,
    );
  const result = (length: number) => ({
    parts: [{ type: 'tool_result', callId: 'c', result: 'x'.repeat(length) }],
  });
  const raw = (length: number) => ({ raw: { format: 'f', json: 'x'.repeat(length) } });

  it('is 4 MB at most, and the refusal names the limit', () => {
    expect(faults(result(1_000_000))).toBeUndefined();
    expect(faults(result(4 * 1024 * 1024 - 100))).toBeUndefined();
    expect(faults(result(4 * 1024 * 1024))).toEqual([
      'parts: A message takes at most 4194304 bytes of JSON (4 MB); this one takes 4194368',
    ]);
    // In bytes: each of these takes two.
    expect(faults({ parts: [{ type: 'text', text: 'é'.repeat(2_200_000) }] })).toHaveLength(1);
  });

  it('is 1 MB of raw at most', () => {
    expect(faults(raw(1024 * 1024 - 2))).toBeUndefined();
    expect(faults(raw(1024 * 1024 - 1))).toEqual([
      'raw.json: At most 1048576 bytes of JSON (1 MB); this is 1048577',
    ]);
  });

  it('may be nothing where a framework gave an empty message', () => {
    expect(faults({ text: '', parts: [], raw: { format: 'ai-sdk', json: { parts: [] } } })).toBeUndefined();
  });
});
