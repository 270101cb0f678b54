import {
  type ConversationId,
  type Highlight,
  SearchConversations,
  SearchMessages,
  TenantId,
} from '@baton/schema';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSER, Scenario, SUPERVISOR } from '../../../test/scenario.ts';
import { searchQueries } from './search.ts';

let scenario: Scenario;
let ann: ConversationId;
let bob: ConversationId;
let cleo: ConversationId;

const messages = (input: Partial<SearchMessages> & { text: string }, tenantId = scenario.tenantId) =>
  searchQueries.messages(scenario.collections, tenantId, SearchMessages.parse(input));
const conversations = (input: Partial<SearchConversations> & { text: string }) =>
  searchQueries.conversations(scenario.collections, scenario.tenantId, SearchConversations.parse(input));

const lit = (text: string, highlights: readonly Highlight[]) =>
  highlights.map(({ start, end }) => text.slice(start, end));

async function texts(text: string, more: Partial<SearchMessages> = {}): Promise<string[]> {
  return (await messages({ text, ...more })).items.map(({ message }) => message.text).toSorted();
}

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ id: ann } = await scenario.create({ metadata: { note: 'zebra' }, tags: ['zebra'] }));
  await scenario.say(ann, 'Can you automate my invoices?');
  await scenario.say(ann, 'We automate everything: automated invoices, automatic reports.', SUPERVISOR);
  await scenario.say(ann, 'What is the price?');
  ({ id: bob } = await scenario.create({ agentId: CLOSER }));
  await scenario.say(bob, 'The price is high. A high price is no good price.');
  await scenario.say(bob, 'We have a cheap plan, the price of which is low.', CLOSER);
  ({ id: cleo } = await scenario.create());
  await scenario.say(cleo, 'Our CAFÉ needs automation!');
  await scenario.run('objections.raise', {
    conversationId: cleo,
    type: 'price',
    text: 'zebra',
    severity: 'low',
  });
  await scenario.run('conversations.close', { conversationId: cleo, reason: 'zebra' });
  const { id } = await scenario.create({}, await scenario.tenant('umbrella'));
  await scenario.run(
    'messages.append',
    { conversationId: id, clientMessageId: 'a', author: { kind: 'customer' }, text: 'Price of automation' },
    TenantId.parse('umbrella'),
  );
});

afterAll(() => scenario[Symbol.asyncDispose]());

describe('A search of messages', () => {
  it('finds stems: "automation" finds "automate"', async () => {
    const { items } = await messages({ text: 'automation' });
    expect(items.map(({ message, highlights }) => lit(message.text, highlights))).toEqual(
      expect.arrayContaining([['automate'], ['automate', 'automated'], ['automation']]),
    );
    expect(items).toHaveLength(3);
  });

  it('gives the best first', async () => {
    const { items } = await messages({ text: 'price' });
    expect(items[0]?.score).toBeGreaterThan(items.at(-1)?.score ?? 0);
    expect(items.map(({ score }) => score)).toEqual(
      items.map(({ score }) => score).toSorted((a, b) => b - a),
    );
  });

  it('finds phrases in quotes, and lights up only these', async () => {
    const { items } = await messages({ text: '"high price"' });
    expect(items.map(({ message, highlights }) => lit(message.text, highlights))).toEqual([
      ['high', 'price'],
    ]);
  });

  it('leaves out what is excluded', async () => {
    expect(await texts('price -cheap')).toEqual([
      'The price is high. A high price is no good price.',
      'What is the price?',
    ]);
    expect(await texts('price -"high price"')).toHaveLength(2);
  });

  it('sees through case and diacritics', async () => {
    const { items } = await messages({ text: 'cafe' });
    expect(items.map(({ message, highlights }) => lit(message.text, highlights))).toEqual([['CAFÉ']]);
  });

  it('is narrowed to a conversation or a kind of author', async () => {
    expect(await texts('price', { conversationId: ann })).toEqual(['What is the price?']);
    expect(await texts('price', { author: 'agent' })).toEqual([
      'We have a cheap plan, the price of which is low.',
    ]);
  });

  it('finds what was said, not what else is kept', async () => {
    expect(await texts('zebra')).toEqual([]);
  });

  it('finds nothing of another tenant', async () => {
    const { items } = await messages({ text: 'price automation' }, TenantId.parse('umbrella'));
    expect(items.map(({ message }) => message.text)).toEqual(['Price of automation']);
  });

  it.each([
    '-price',
    'the',
    'the of and',
    '""',
    '"',
    '-',
    '  .  ',
    '\u0000',
    '$where',
    '-"high price"',
    '😀',
  ])('for %j, where nothing can match, is an empty page', async (text) => {
    const nothing = { items: [], nextCursor: null, more: false };
    expect(await messages({ text })).toMatchObject(nothing);
    expect(await conversations({ text })).toMatchObject(nothing);
  });

  it('for any text whatever is a page', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        await expect(messages({ text: any })).resolves.toHaveProperty('items');
      }),
    );
  });

  it('does not find what was redacted', async () => {
    const { id } = await scenario.create();
    const { conversation } = await scenario.say(id, 'My password is swordfish');
    expect(await texts('swordfish')).toHaveLength(1);
    await scenario.run('messages.redact', { conversationId: id, seq: conversation.lastSeq });
    expect(await texts('swordfish')).toEqual([]);
  });

  it('gives every hit once, page by page, where many score the same', async () => {
    const { id } = await scenario.create();
    await scenario.run('messages.appendTurn', {
      conversationId: id,
      messages: Array.from({ length: 30 }, (_, index) => ({
        clientMessageId: `m${index}`,
        author: { kind: 'customer' },
        text: index % 3 === 0 ? 'giraffe giraffe' : 'a giraffe and some more words',
      })),
    });
    const seqs: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await messages({ text: 'giraffe', limit: 7, ...(cursor !== undefined && { cursor }) });
      seqs.push(...page.items.map(({ message }) => message.seq));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seqs).toHaveLength(30);
    expect(new Set(seqs).size).toBe(30);
  });
});

describe('A search of conversations', () => {
  it('finds each by its best message, and tells how many matched', async () => {
    const { items } = await conversations({ text: 'automation price' });
    const hits = new Map(items.map((hit) => [hit.conversation.id, hit]));
    expect([...hits.keys()].toSorted()).toEqual([ann, bob, cleo].toSorted());
    expect(hits.get(ann)).toMatchObject({ matches: 3, conversation: { id: ann } });
    const best = hits.get(bob)?.best;
    expect(best?.message.text).toBe('The price is high. A high price is no good price.');
    expect(hits.get(bob)?.score).toBe(best?.score);
    expect(lit(best?.message.text ?? '', best?.highlights ?? [])).toEqual(['price', 'price', 'price']);
    expect(items.map(({ score }) => score)).toEqual(
      items.map(({ score }) => score).toSorted((a, b) => b - a),
    );
  });

  it('finds each with the name of its contact', async () => {
    const { id } = await scenario.create({ contact: { name: 'Wren Okafor' } });
    await scenario.say(id, 'A penguin');
    const named = { conversation: { id, contact: { name: 'Wren Okafor' } } };
    expect((await conversations({ text: 'penguin' })).items).toMatchObject([named]);
    expect((await conversations({ text: 'penguin', status: 'active' })).items).toMatchObject([named]);
  });

  it('is narrowed by stage, status and owner', async () => {
    const found = async (input: Partial<SearchConversations>) =>
      (await conversations({ text: 'automation price', ...input })).items.map(
        ({ conversation }) => conversation.id,
      );
    expect(await found({ status: 'completed' })).toEqual([cleo]);
    expect(await found({ agentId: CLOSER })).toEqual([bob]);
    expect((await found({ stage: 'lead' })).toSorted()).toEqual([ann, bob, cleo].toSorted());
    expect(await found({ stage: 'closing' })).toEqual([]);
  });

  it('gives every conversation once, page by page', async () => {
    const first = await conversations({ text: 'automation price', limit: 2 });
    const second = await conversations({
      text: 'automation price',
      limit: 2,
      cursor: first.nextCursor ?? '',
    });
    expect([...first.items, ...second.items].map(({ conversation }) => conversation.id).toSorted()).toEqual(
      [ann, bob, cleo].toSorted(),
    );
    expect(second.nextCursor).toBeNull();
  });

  it("refuses another query's cursor", async () => {
    const { nextCursor } = await conversations({ text: 'automation price', limit: 1 });
    const other = conversations({ text: 'price', limit: 1, cursor: nextCursor ?? '' });
    await expect(other).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });
});
