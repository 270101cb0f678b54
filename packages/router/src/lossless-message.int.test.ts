import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Entry, MessageEntry, NewMessageInput } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';
import {
  fromOpenAiItem,
  fromUiMessage,
  type JsonValue,
  OPENAI_ITEMS,
  UI_MESSAGES,
} from '../test/framework-messages.ts';

/** The public cases are not part of the repository. */
const DATA = process.env['BATON_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const CASES = join(DATA, '../cases/framework');

let server: TestServer;
let api: TestServer['baton']['api'];

beforeAll(async () => {
  server = await startTestServer();
  ({ api } = server.baton);
});
afterAll(() => server[Symbol.asyncDispose]());

async function conversation(): Promise<string> {
  return (await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' })).id;
}

let messages = 0;
const message = (more: object = {}) => ({
  clientMessageId: `m-${(messages += 1)}`,
  author: { kind: 'agent', agentId: 'supervisor' } as const,
  text: 'Hello',
  ...more,
});

/** With its keys in their order. */
const written = (value: unknown) => JSON.stringify(value);

async function list(conversationId: string): Promise<MessageEntry[]> {
  return (await api.messages.list.query({ conversationId, limit: 100 })).items;
}

const readCase = (name: string): JsonValue[] => JSON.parse(readFileSync(join(CASES, name), 'utf8'));

type FrameworkSet = [
  name: string,
  given: JsonValue[],
  map: (given: JsonValue) => Omit<NewMessageInput, 'clientMessageId'>,
];
const sets: FrameworkSet[] = [
  ['the AI SDK', UI_MESSAGES, fromUiMessage],
  ['OpenAI Agents', OPENAI_ITEMS, fromOpenAiItem],
];
if (existsSync(CASES)) {
  sets.push(['the cases of the AI SDK', readCase('ai-sdk-ui-messages.json'), fromUiMessage]);
  sets.push(['the cases of OpenAI Agents', readCase('openai-items.json'), fromOpenAiItem]);
}

describe.each(sets)('messages of %s', (_, given, map) => {
  test('come back equal, in order, from wherever they are read', async () => {
    const conversationId = await conversation();
    const said = given.map((one, index) => ({ clientMessageId: `f-${index}`, ...map(one) }));
    for (const [index, one] of said.entries()) {
      // Both ways in.
      const { entry } =
        index % 2 === 0
          ? await api.messages.append.mutate({ conversationId, ...one })
          : { entry: (await api.messages.appendTurn.mutate({ conversationId, messages: [one] })).entries[0] };
      expect(written(entry?.raw?.json)).toBe(written(given[index]));
    }
    const items = await list(conversationId);
    expect(items.map(({ raw }) => written(raw?.json))).toEqual(given.map(written));
    expect(items.map(({ text, parts }) => ({ text, parts }))).toEqual(
      said.map(({ text, parts }) => ({ text, parts })),
    );
    const { items: entries } = await api.conversations.timeline.query({ conversationId, kinds: ['message'] });
    expect(entries).toEqual(items);
    const { messages: context } = await api.messages.context.query({
      conversationId,
      tokenBudget: 1_000_000,
      includeInternal: true,
    });
    expect(context).toEqual(items);
    // A retry says the same.
    for (const one of said) await api.messages.append.mutate({ conversationId, ...one });
    expect(await list(conversationId)).toEqual(items);
    const archive: Entry[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await api.conversations.export.query(cursor === undefined ? {} : { cursor });
      archive.push(...page.items.filter((entry) => entry.conversationId === conversationId));
      cursor = page.nextCursor;
    }
    expect(archive.filter(({ kind }) => kind === 'message')).toEqual(items);
  });
});

describe('the JSON of a message', () => {
  const hard: unknown = JSON.parse(`{
    "z": 1, "a": 2, "$where": {"$gt": ""}, "a.b": 3, "": 4, "__proto__": {"x": 1}, "constructor": null,
    "_bsontype": "ObjectId", "numbers": [0, 1e300, -5e-324, 0.1, 12345678901234567890, 9007199254740993],
    "half": "\\uD800", "zero": "\\u0000", "deep": [[[[{"$set": []}]]]], "long": "${'x'.repeat(40_000)}"
  }`);
  const json = hard as JsonValue;

  test('keeps every key, in its order, and every number and text', async () => {
    const conversationId = await conversation();
    const parts = [
      { type: 'tool_call', callId: 'c', name: 'a', arguments: json, approval: json, providerMetadata: json },
      { type: 'tool_result', callId: 'c', result: json },
      { type: 'tool_call', callId: 'd', name: 'a', arguments: '\uD800' },
      { type: 'tool_result', callId: 'd', result: null },
      { type: 'data', name: 'd', json },
      { type: 'data', name: 'd', json: null },
    ] as const;
    const raw = { format: 'x', json };
    await api.messages.append.mutate({ conversationId, ...message({ parts, raw }) });
    const [back] = await list(conversationId);
    expect(written(back?.parts)).toBe(written(parts));
    expect(written(back?.raw)).toBe(written(raw));
  });

  test('is refused where another one stands under the same id', async () => {
    const conversationId = await conversation();
    const first = message({ raw: { format: 'x', json: { a: 1 } }, parts: [{ type: 'text', text: 'a' }] });
    await api.messages.append.mutate({ conversationId, ...first });
    for (const other of [
      { raw: { format: 'x', json: { a: 2 } } },
      { raw: undefined },
      { parts: [{ type: 'text' as const, text: 'b' }] },
      { sentAt: '2026-01-01T00:00:00.000Z' },
    ]) {
      const again = api.messages.append.mutate({ conversationId, ...first, ...other });
      expect(await refusalOf(again)).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    }
  });
});

describe('the size of a message', () => {
  test('may be 1 MB, in a part or in a raw message', async () => {
    const conversationId = await conversation();
    const result = 'é'.repeat(500_000);
    const json = { text: 'x'.repeat(1_000_000) };
    await api.messages.append.mutate({
      conversationId,
      ...message({ parts: [{ type: 'tool_result', callId: 'c', result }], raw: { format: 'x', json } }),
    });
    await api.messages.append.mutate({
      conversationId,
      ...message({ parts: [{ type: 'text', text: `${result} quokka` }] }),
    });
    const [first, second] = await list(conversationId);
    expect(first?.parts?.[0]).toEqual({ type: 'tool_result', callId: 'c', result });
    expect(first?.raw?.json).toEqual(json);
    expect(second?.parts).toEqual([{ type: 'text', text: `${result} quokka` }]);
  });

  test('is 4 MB at most: the refusal names the limit', async () => {
    const conversationId = await conversation();
    const tooMuch = api.messages.append.mutate({
      conversationId,
      ...message({ parts: [{ type: 'tool_result', callId: 'c', result: 'x'.repeat(5_000_000) }] }),
    });
    const refusal = await refusalOf(tooMuch);
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', details: { faults: [{ path: 'parts' }] } });
    expect(JSON.stringify(refusal)).toContain('at most 4194304 bytes of JSON (4 MB)');
  });
});

describe('the words of parts', () => {
  const find = async (conversationId: string, text: string) =>
    (await api.search.messages.query({ conversationId, text })).items.map(({ message: { seq } }) => seq);

  test('are found and shown, and those of a raw message are not', async () => {
    const conversationId = await conversation();
    const { conversation: after } = await api.messages.append.mutate({
      conversationId,
      ...message({
        text: '',
        parts: [
          { type: 'reasoning', text: 'They want a catamaran.' },
          { type: 'text', text: 'We have a yawl and a ketch.' },
          { type: 'text', text: '帆船を予約しました' },
        ],
        raw: { format: 'x', json: { text: 'trimaran' } },
      }),
    });
    expect(after.lastMessage?.preview).toBe('We have a yawl and a ketch.\n帆船を予約しました');
    for (const word of ['catamaran', 'yawl', '"yawl and a"', '帆船'])
      expect(await find(conversationId, word)).toEqual([2]);
    expect(await find(conversationId, 'trimaran')).toEqual([]);
    const { items } = await api.search.messages.query({ conversationId, text: 'ketch catamarans' });
    expect(items[0]?.highlights).toEqual([]);
    expect(items[0]?.partHighlights).toEqual([
      { part: 0, start: 12, end: 21 },
      { part: 1, start: 21, end: 26 },
    ]);
    expect(items[0]?.message.text).toBe('');
    await api.messages.redact.mutate({ conversationId, seq: 2 });
    for (const word of ['catamaran', 'yawl', '帆船']) expect(await find(conversationId, word)).toEqual([]);
    const [redacted] = await list(conversationId);
    expect(redacted).toMatchObject({ text: '', redactedAt: expect.any(String) });
    expect(Object.keys(redacted ?? {})).not.toEqual(expect.arrayContaining(['parts']));
    expect(redacted).not.toHaveProperty('raw');
    const stored = await server.db
      .collection('timeline')
      .findOne({ clientMessageId: redacted?.clientMessageId });
    expect(JSON.stringify(stored)).not.toMatch(/yawl|trimaran/);
  });
});

describe('a message that replaces another', () => {
  test('takes its place in the context, also once it was redacted', async () => {
    const conversationId = await conversation();
    const call = { type: 'tool_call', callId: 'c', name: 'stock', arguments: '{}' };
    const said = [
      message({ author: { kind: 'customer' }, text: 'How many?' }),
      message({ text: 'Let me look.', parts: [call] }),
      message({ text: 'Twelve', parts: [{ type: 'tool_result', callId: 'c', result: '12' }] }),
      message({ text: 'Thirteen', supersedes: 4, inReplyTo: 2, sentAt: '2020-01-01T00:00:00.000Z' }),
    ];
    for (const one of said) await api.messages.append.mutate({ conversationId, ...one });
    const context = async () =>
      (await api.messages.context.query({ conversationId, tokenBudget: 1_000 })).messages;
    const [asked, looked, corrected] = await context();
    expect([asked?.seq, looked?.seq, corrected?.seq]).toEqual([2, 3, 5]);
    // The call whose result is gone is gone with it.
    expect(looked).not.toHaveProperty('parts');
    expect(corrected).toMatchObject({ supersedes: 4, inReplyTo: 2, sentAt: '2020-01-01T00:00:00.000Z' });
    expect((await list(conversationId)).map(({ text }) => text)).toContain('Twelve');
    await api.messages.redact.mutate({ conversationId, seq: 5 });
    expect((await context()).map(({ seq }) => seq)).toEqual([2, 3]);
  });

  test('names an entry that is there', async () => {
    const conversationId = await conversation();
    for (const field of ['supersedes', 'inReplyTo']) {
      const naming = api.messages.append.mutate({ conversationId, ...message({ [field]: 2 }) });
      expect(await refusalOf(naming)).toMatchObject({
        code: 'INVALID_INPUT',
        details: { faults: [{ path: field }] },
      });
    }
  });
});
