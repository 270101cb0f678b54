import { type ConversationId, SearchConversations, SearchMessages } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSER, Scenario } from '../../../test/scenario.ts';
import { searchQueries } from './search.ts';

let scenario: Scenario;
let asia: ConversationId;
let korea: ConversationId;

const SAID = [
  '请问这款笔记本电脑多少钱',
  '我们需要发票和合同',
  '料金プランの解約方法を教えてください',
  'ﾌﾟﾗﾝを変更したい。Notionと連携できますか',
  '견적서를 보내 주세요',
  '이 견적은 너무 비싸요',
  'ราคาสินค้าเท่าไหร่',
  'តម្លៃប៉ុន្មាន',
  'our contract in English, and a quote for laptops',
  '合同 contract and price',
  'Notion and a laptop, please',
  'バス停の近く',
  'プラスのランチ',
  'パスポート',
];

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
  ({ id: asia } = await scenario.create());
  ({ id: korea } = await scenario.create({ agentId: CLOSER }));
  for (const text of SAID) await scenario.say(/\p{Script=Hangul}/u.test(text) ? korea : asia, text);
});

afterAll(() => scenario[Symbol.asyncDispose]());

async function search(text: string, more: Partial<SearchMessages> = {}) {
  const input = SearchMessages.parse({ text, ...more });
  const page = await searchQueries.messages(scenario.collections, scenario.tenantId, input);
  const marked = page.items.flatMap(({ message, highlights }) =>
    highlights.map(({ start, end }) => message.text.slice(start, end)),
  );
  return { ...page, said: page.items.map(({ message }) => message.text), marked };
}

const found = async (text: string, more: Partial<SearchMessages> = {}) =>
  (await search(text, more)).said.toSorted((a, b) => SAID.indexOf(a) - SAID.indexOf(b));
const sayings = (...numbers: number[]) => numbers.map((number) => SAID[number] ?? '');

describe('A word in a script without spaces', () => {
  it.each([
    ['电脑', [0], ['电脑']],
    ['发票', [1], ['发票']],
    ['料金', [2], ['料金']],
    ['解約', [2], ['解約']],
    ['プラン', [2, 3], ['プラン', 'ﾌﾟﾗﾝ']],
    ['ﾌﾟﾗﾝ', [2, 3], ['プラン', 'ﾌﾟﾗﾝ']],
    ['견적', [4, 5], ['견적', '견적']],
    ['견적'.normalize('NFD'), [4, 5], ['견적', '견적']],
    ['비싸', [5], ['비싸']],
    ['ราคา', [6], ['ราคา']],
    ['តម្លៃ', [7], ['តម្លៃ']],
    ['钱', [0], ['钱']],
    ['发', [1], ['发']],
  ])('%s is found wherever it stands, and marked', async (text, numbers, marks) => {
    expect(await found(text)).toEqual(sayings(...numbers));
    expect((await search(text)).marked.toSorted()).toEqual(marks.toSorted());
  });

  it('is told apart by its marks', async () => {
    expect(await found('バス')).toEqual(sayings(11));
    expect(await found('パス')).toEqual(sayings(13));
  });

  it('is found whole, and not where its pairs of letters stand apart', async () => {
    expect(await found('プラン')).not.toContain(SAID[12]);
  });

  it('is one of several that a sentence is cut into; letters by themselves are not looked for', async () => {
    const { said, ignored } = await search('买发票和合同');
    expect(said[0]).toBe(SAID[1]);
    expect(said.toSorted()).toEqual([...sayings(1, 9)].toSorted());
    expect(ignored).toEqual(['买', '和']);
  });

  it('is found in its conversation, by its author, and with its conversation', async () => {
    expect(await found('견적', { conversationId: asia })).toEqual([]);
    expect(await found('견적', { conversationId: korea, author: 'customer' })).toEqual(sayings(4, 5));
    expect(await found('견적', { author: 'agent' })).toEqual([]);
    const conversations = async (input: Partial<SearchConversations> & { text: string }) =>
      searchQueries.conversations(scenario.collections, scenario.tenantId, SearchConversations.parse(input));
    expect(await conversations({ text: '견적' })).toMatchObject({
      items: [{ conversation: { id: korea }, matches: 2, best: { message: { text: SAID[5] } } }],
      more: false,
    });
    expect((await conversations({ text: '견적 发票', agentId: CLOSER })).items).toHaveLength(1);
    expect((await conversations({ text: '견적 发票 contract' })).items).toHaveLength(2);
  });
});

describe('Words of several scripts', () => {
  it('are looked for together', async () => {
    expect(await found('合同 laptop')).toEqual(sayings(1, 8, 9, 10));
    expect((await search('合同 contract')).said[0]).toBe(SAID[9]);
    expect(await found('contracts 合同')).toEqual(sayings(1, 8, 9));
  });

  it('are found where they are joined', async () => {
    expect(await found('Notion')).toEqual(sayings(3, 10));
    expect((await search('notion')).marked).toEqual(['Notion', 'Notion']);
    expect(await found('notion 連携')).toEqual(sayings(3, 10));
    expect(await found('notion連携')).toEqual(sayings(3, 10));
  });

  it('are left out behind a dash', async () => {
    expect(await found('合同 -发票')).toEqual(sayings(9));
    expect(await found('contract -合同')).toEqual(sayings(8));
    expect(await found('合同 -prices')).toEqual(sayings(1));
    expect(await found('合同 -"票和合"')).toEqual(sayings(9));
    expect(await found('-合同')).toEqual([]);
  });

  it('stand together in a phrase', async () => {
    expect(await found('"发票和合同"')).toEqual(sayings(1));
    expect(await found('「解約方法」')).toEqual(sayings(2));
    expect(await found('"합"')).toEqual([]);
    expect(await found('"钱"')).toEqual(sayings(0));
    expect(await found('"合同 contract"')).toEqual(sayings(9));
    expect(await found('"contract and" 合同')).toEqual(sayings(9));
    expect(await found('"견적서를 보내"')).toEqual(sayings(4));
    expect((await search('"发票和合同"')).marked).toEqual(['发票和合同']);
    expect(await found('"and price" 合同')).toEqual(sayings(9));
  });

  it('give each hit once, page by page', async () => {
    const said: string[] = [];
    const scores: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await search('合同 laptop contract 发票', {
        limit: 1,
        ...(cursor !== undefined && { cursor }),
      });
      said.push(...page.said);
      scores.push(...page.items.map(({ score }) => score));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(said.toSorted()).toEqual([...sayings(1, 8, 9, 10)].toSorted());
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const first = await search('notion', { limit: 1 });
    const second = await search('notion', { limit: 1, cursor: first.nextCursor ?? '' });
    expect([...first.said, ...second.said].toSorted()).toEqual([...sayings(3, 10)].toSorted());
    expect(second.nextCursor).toBeNull();
  });
});

describe('What was redacted', () => {
  it('is gone from all that search keeps', async () => {
    const { id } = await scenario.create();
    const { conversation } = await scenario.say(id, '我的密码是秘密');
    expect(await found('密码')).toHaveLength(1);
    await scenario.run('messages.redact', { conversationId: id, seq: conversation.lastSeq });
    expect(await found('密码')).toEqual([]);
    const { search_terms: terms } = scenario.collections;
    expect(await terms.acrossTenants('test').countDocuments({ terms: '密码' })).toBe(0);
  });
});
