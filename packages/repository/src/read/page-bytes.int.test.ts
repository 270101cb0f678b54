import { GetMessageContext, ListConversations, ListMessages, ReadTimeline } from '@baton/schema';
import type { ConversationId } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Scenario } from '../../test/scenario.ts';

const MESSAGES = 12;
const PARTS = 20;
const MOST_BYTES = 4_000_000;

let scenario: Scenario;
let conversationId: ConversationId;

/** Twelve messages of 650 kB each: the characters are three bytes in UTF-8. */
beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  conversationId = (await scenario.create()).id;
  for (let number = 1; number <= MESSAGES; number += 1) {
    await scenario.run('messages.append', {
      conversationId,
      clientMessageId: `${number}`,
      author: { kind: 'customer' },
      text: 'look',
      parts: Array.from({ length: PARTS }, (_, part) => ({
        type: 'tool_result' as const,
        callId: `${part}`,
        result: '€'.repeat(10_800),
      })),
    });
  }
});
afterAll(() => scenario[Symbol.asyncDispose]());

const bytesOf = (items: unknown) => Buffer.byteLength(JSON.stringify(items));
const seqs = Array.from({ length: MESSAGES }, (_, index) => index + 2);

describe('a page of long messages ends before it passes 4 MB, and the next goes on there', () => {
  test.each(['oldest', 'newest'] as const)('of messages, the %s first', async (order) => {
    const seen: number[] = [];
    let pages = 0;
    for (let cursor: string | undefined; ;) {
      const input = ListMessages.parse({ conversationId, order, limit: 100, cursor });
      const { items, nextCursor } = await scenario.store.messages.list(scenario.tenantId, input);
      pages += 1;
      expect(items.length).toBeGreaterThan(0);
      expect(bytesOf(items)).toBeLessThanOrEqual(MOST_BYTES);
      seen.push(...items.map(({ seq }) => seq));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(seen).toEqual(order === 'oldest' ? seqs : seqs.toReversed());
    expect(pages).toBe(2);
  });

  test('of a timeline, forward and backward', async () => {
    const read = async (input: object) => {
      const parsed = ReadTimeline.parse({ conversationId, limit: 100, ...input });
      const page = await scenario.store.timeline.read(scenario.tenantId, parsed);
      expect(bytesOf(page.items)).toBeLessThanOrEqual(MOST_BYTES);
      return { seqs: page.items.map(({ seq }) => seq), more: page.more };
    };
    const first = await read({});
    expect(first.more).toBe(true);
    const second = await read({ afterSeq: first.seqs.at(-1) });
    expect([...first.seqs, ...second.seqs]).toEqual([1, ...seqs]);
    expect(second.more).toBe(false);
    const latest = await read({ beforeSeq: 100 });
    expect(latest).toEqual({ seqs: seqs.slice(-latest.seqs.length), more: true });
  });

  test('of a context, which says that it was cut', async () => {
    const input = GetMessageContext.parse({ conversationId, tokenBudget: 1_000_000 });
    const { messages, truncated } = await scenario.store.messages.context(scenario.tenantId, input);
    expect(bytesOf(messages)).toBeLessThanOrEqual(MOST_BYTES);
    expect(messages.map(({ seq }) => seq)).toEqual(seqs.slice(-messages.length));
    expect(messages.length).toBeGreaterThan(1);
    expect(truncated).toBe(true);
  });

  test('a page of ordinary size is whole', async () => {
    const input = ListConversations.parse({ limit: 100 });
    const page = await scenario.store.conversations.list(scenario.tenantId, input);
    expect(page.items).toHaveLength(1);
    expect(page.nextCursor).toBeNull();
  });
});
