import { type ConversationId, SearchConversations, SearchMessages, TenantId } from '@baton/schema';
import { faultyDatabase, type FaultyDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Scenario } from '../../../test/scenario.ts';
import { SEARCH_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { conversationHits } from './conversation-hits.ts';
import { SCANNED_MESSAGES } from './phrase-scan.ts';
import type { Ranking } from './ranking.ts';
import { SAMPLE_SIZE } from './sampled-ranking.ts';
import { searchQueries } from './search.ts';

const TURNS = 11;
const TURN = 1_000;
const COMMON = TURNS * TURN + 1;
const TIME_IS_UP = 50;

let database: FaultyDatabase;
let scenario: Scenario;
let lost: ConversationId;
let said = 0;

const messages = (input: Partial<SearchMessages> & { text: string }, tenantId = scenario.tenantId) =>
  searchQueries.messages(scenario.collections, tenantId, SearchMessages.parse(input));
const conversations = (input: Partial<SearchConversations> & { text: string }) =>
  searchQueries.conversations(scenario.collections, scenario.tenantId, SearchConversations.parse(input));

async function say(conversationId: ConversationId, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += 100) {
    const turn = texts.slice(from, from + 100).map((text) => ({
      clientMessageId: `said-${(said += 1)}`,
      author: { kind: 'customer' as const },
      text,
    }));
    await scenario.run('messages.appendTurn', { conversationId, messages: turn });
  }
}

/** Eleven conversations that say "heron" a thousand times each, and one that says it once. */
beforeAll(async () => {
  database = await faultyDatabase();
  scenario = await Scenario.open(database.uri);
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { id } = await scenario.create();
    await say(
      id,
      Array.from({ length: TURN }, (_, number) => `heron estimate ${number}`),
    );
  }
  ({ id: lost } = await scenario.create());
  await say(lost, ['heron estimate kindly']);
  await scenario.run('stages.transition', {
    conversationId: lost,
    to: 'closed_lost',
    lossReason: 'Too late',
  });
}, 120_000);

afterAll(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Every page from the first on, with something to do between two of them. */
async function pages<Hit>(
  read: (cursor: { cursor?: string }) => Promise<{ items: Hit[]; nextCursor: string | null; more: boolean }>,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ items: Hit[]; more: boolean[] }> {
  const items: Hit[] = [];
  const more: boolean[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await read(cursor === undefined || cursor === null ? {} : { cursor });
    items.push(...page.items);
    more.push(page.more);
    cursor = page.nextCursor;
    await between();
  } while (cursor !== null);
  return { items, more };
}

const keyOf = ({ message }: { message: { conversationId: string; seq: number } }) =>
  `${message.conversationId}/${message.seq}`;

describe('Where more than 10,000 messages match', () => {
  it('a filter finds the one conversation that passes it', async () => {
    const { items, more } = await conversations({ text: 'heron', stage: 'closed_lost' });
    expect(items).toMatchObject([{ conversation: { id: lost }, matches: 1 }]);
    expect(more).toBe(false);
  });

  it('the best of all messages is first', async () => {
    const { items } = await messages({ text: 'heron kindly', limit: 2 });
    expect(items[0]?.message.text).toBe('heron estimate kindly');
  });

  it('each conversation comes once, with all its matches', async () => {
    const { items } = await pages((cursor) => conversations({ text: 'heron', limit: 5, ...cursor }));
    expect(items.map(({ matches }) => matches).toSorted((a, b) => a - b)).toEqual([
      1,
      ...Array(TURNS).fill(TURN),
    ]);
    expect(new Set(items.map(({ conversation }) => conversation.id)).size).toBe(TURNS + 1);
  });

  it('the pages give each message once, also while others write', async () => {
    const { id } = await scenario.create();
    const { items, more } = await pages(
      (cursor) => messages({ text: 'heron', limit: 100, ...cursor }),
      () =>
        scenario.say(id, `${(said += 1) % 2 === 0 ? 'one more' : 'far away, beside a lake,'} heron ${said}`),
    );
    const early = items.filter(({ message }) => message.conversationId !== id);
    expect(early).toHaveLength(COMMON);
    expect(new Set(items.map(keyOf)).size).toBe(items.length);
    expect(items.map(({ score }) => score)).toEqual(
      items.map(({ score }) => score).toSorted((a, b) => b - a),
    );
    expect(new Set(more)).toEqual(new Set([false]));
  }, 120_000);
});

it('a filter that next to nothing passes ends in time, and says where to go on', async () => {
  const everyConversation: Ranking = {
    messages: () => Readable.from([]),
    conversations: async function* () {
      for (let rank = 1_000; rank > 0; rank -= 1)
        yield { rank, score: 1, conversationId: new ObjectId(), matches: 1, best: new ObjectId() };
    },
    hasMore: () => Promise.resolve(false),
  };
  let now = 0;
  using clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += SEARCH_TIMEOUT_MS));
  const found = conversationHits(scenario.collections, scenario.tenantId, {
    ranking: everyConversation,
    narrowing: { stage: 'closing' },
    highlight: () => [],
    after: null,
    limit: 10,
  });
  const first = await found.next();
  expect(clock).toHaveBeenCalled();
  expect(first.value).toEqual({ place: { rank: 801, id: expect.any(ObjectId) }, isEnd: true });
});

describe('Where ranking all messages takes too long', () => {
  const whileSlow = <Answer>(work: () => Promise<Answer>, command = 'find') =>
    database.whileFailing('timeline', { failCommands: [command], errorCode: TIME_IS_UP, times: 1 }, work);

  it('the best of some are given, each once, and the answer says that there are more', async () => {
    const first = await whileSlow(() => messages({ text: 'heron kindly', limit: 100 }));
    expect(first.more).toBe(true);
    expect(first.items[0]?.message.text).toBe('heron estimate kindly');
    const rest = await pages((cursor) =>
      messages({ text: 'heron kindly', limit: 100, cursor: first.nextCursor ?? '', ...cursor }),
    );
    const items = [...first.items, ...rest.items];
    expect(new Set(items.map(keyOf)).size).toBe(items.length);
    expect(items.length).toBeGreaterThanOrEqual(SAMPLE_SIZE / 2);
    expect(items.length).toBeLessThanOrEqual(SAMPLE_SIZE);
    expect(new Set(rest.more)).toEqual(new Set([true]));
  });

  it('the best of one word are the best of all', async () => {
    const texts = async (searching: ReturnType<typeof messages>) =>
      (await searching).items.map(({ message }) => message.text);
    const all = await texts(messages({ text: 'heron', limit: 20 }));
    expect(all).toEqual(Array(20).fill(expect.stringMatching(/^one more heron/)));
    expect(await whileSlow(() => texts(messages({ text: 'heron', limit: 20 })))).toEqual(all);
  });

  it('some messages in scripts without spaces are among them', async () => {
    const { id } = await scenario.create();
    await say(id, ['heron 合同', '合同 estimate', '合同 又 合同']);
    const search = () => messages({ text: 'heron 合同', limit: 2 });
    const first = await whileSlow(search, 'aggregate');
    expect(first).toMatchObject({ more: true, items: [{ message: { text: 'heron 合同' } }, {}] });
    const second = await messages({ text: 'heron 合同', limit: 2, cursor: first.nextCursor ?? '' });
    expect(second.more).toBe(true);
    expect(new Set([...first.items, ...second.items].map(keyOf)).size).toBe(4);
    const found = await whileSlow(() => messages({ text: '合同', conversationId: id }), 'aggregate').catch(
      String,
    );
    expect(found).toMatchObject({ items: [{}, {}, {}] });
  });

  it('conversations are found among some messages too', async () => {
    const { items, more } = await whileSlow(
      () => conversations({ text: 'heron kindly', stage: 'closed_lost' }),
      'aggregate',
    );
    expect(items).toMatchObject([{ conversation: { id: lost } }]);
    expect(more).toBe(true);
  });

  it('a later page is refused rather than begun anew', async () => {
    const { nextCursor } = await messages({ text: 'heron', limit: 10 });
    const later = () => messages({ text: 'heron', limit: 10, cursor: nextCursor ?? '' });
    await expect(whileSlow(later, 'aggregate')).rejects.toMatchObject({ code: TIME_IS_UP });
  });

  it('another fault stays a fault', async () => {
    const failure = { failCommands: ['find'], errorCode: 2, times: 1 };
    const searching = database.whileFailing('timeline', failure, () => messages({ text: 'heron' }));
    await expect(searching).rejects.toMatchObject({ code: 2 });
  });
});

it('a phrase that no index helps with is looked for in the newest messages, and the answer says that there are more', async () => {
  const tenantId = TenantId.parse('umbrella');
  const { id } = await scenario.create({}, await scenario.tenant('umbrella'));
  const first = { clientMessageId: 'first', author: { kind: 'customer' as const }, text: 'why not then' };
  await scenario.run('messages.append', { conversationId: id, ...first }, tenantId);
  const kept = await scenario.collections.timeline.collection.findOne({ tenantId, kind: 'message' });
  expect(await messages({ text: '"why not"' }, tenantId)).toMatchObject({
    items: [{ score: 1 }],
    more: false,
  });
  const later = Array.from({ length: SCANNED_MESSAGES }, (_, index) => ({
    ...kept,
    _id: new ObjectId(),
    seq: 10 + index,
    at: new Date(Date.parse('2026-02-01T00:00:00.000Z') + index),
    clientMessageId: `later-${index}`,
    text: 'nothing',
  }));
  await scenario.collections.timeline.collection.insertMany(later);
  expect(await messages({ text: '"why not"' }, tenantId)).toMatchObject({
    items: [],
    nextCursor: null,
    more: true,
  });
}, 60_000);
