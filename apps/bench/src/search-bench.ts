import { type Caller, connect, migrate, openStore, type Store } from '@baton/repository';
import { type ConversationId, SearchConversations, SearchMessages, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { median } from './statistics.ts';

const TENANT = TenantId.parse('bench');
const CALLER: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: false };
const TURN = 100;

export type SearchBenchOptions = {
  rounds: number;
  /** How many conversations there are, and how many messages with the common word each has. */
  conversations: number;
  messages: number;
};

/** A search beside the bare driver's `$text` find of the same words, by score, with the same limit. */
export type SearchRow = {
  search: string;
  bareMs: number;
  batonMs: number;
  /** The median of the rounds' ratios. */
  ratio: number;
};

/**
 * Measures searches one at a time, each round the bare driver and Baton in turn, on a database of its own that this
 * call may fill.
 * @param mongodbUri with that database in its path
 */
export async function benchSearch(mongodbUri: string, options: SearchBenchOptions): Promise<SearchRow[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  await migrate(connection.db);
  const store = openStore(connection);
  await store.agents.ensureDefaults(TENANT, {});
  await fill(store, options);

  const timeline = connection.db.collection('timeline');
  const score = { $meta: 'textScore' } as const;
  const bare = (text: string, limit: number) => (): Promise<Document[]> =>
    timeline
      .find({ tenantId: TENANT, $text: { $search: text } }, { projection: { score } })
      .sort({ score })
      .limit(limit)
      .toArray();
  const messages = (text: string, limit: number, cursor?: string | null) => () =>
    store.search.messages(TENANT, SearchMessages.parse({ text, limit, ...(cursor && { cursor }) }));
  const conversations = (text: string, limit: number) => () =>
    store.search.conversations(TENANT, SearchConversations.parse({ text, limit }));
  const second = (await messages('estimate', 100)()).nextCursor;
  const secondOfPhrase = (await messages('"the estimate"', 25)()).nextCursor;

  const searches: [name: string, bare: () => Promise<unknown>, baton: () => Promise<unknown>][] = [
    ['a common word, 25 messages', bare('heron', 25), messages('heron', 25)],
    ['a common word, 100 messages', bare('heron', 100), messages('heron', 100)],
    ['a common word with elisions, 100 messages', bare('estimate', 100), messages('estimate', 100)],
    ['the page after it', bare('estimate', 100), messages('estimate', 100, second)],
    ['a common phrase, 25 messages', bare('"the estimate"', 25), messages('"the estimate"', 25)],
    ['the page after it', bare('"the estimate"', 25), messages('"the estimate"', 25, secondOfPhrase)],
    ['two common words, 25 messages', bare('heron estimate', 25), messages('heron estimate', 25)],
    ['a common word, 25 conversations', bare('heron', 25), conversations('heron', 25)],
    ['a rare word, messages', bare('kindly', 25), messages('kindly', 25)],
    ['a rare word with elisions, messages', bare('ostrich', 25), messages('ostrich', 25)],
    ['a rare word, conversations', bare('kindly', 25), conversations('kindly', 25)],
  ];
  const rows: SearchRow[] = [];
  for (const [name, ...contenders] of searches) rows.push(await compare(name, contenders, options.rounds));
  return rows;
}

/** Each conversation says one common sentence again and again; the last one says two rare words too. */
async function fill(store: Store, { conversations, messages }: SearchBenchOptions): Promise<void> {
  for (let index = 0; index < conversations; index += 1) {
    const texts = Array.from({ length: messages }, (_, number) => `heron wrote the estimate ${number}`);
    if (index === conversations - 1) texts.push('please kindly', 'an ostrich');
    await say(store, await converse(store, index), texts);
  }
}

async function converse(store: Store, index: number): Promise<ConversationId> {
  const input = { contactId: `contact-${index}`, channel: 'web' as const, tags: [], metadata: {} };
  return (await store.execute(CALLER, 'conversations.create', input)).conversation.id;
}

async function say(store: Store, conversationId: ConversationId, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += TURN) {
    const messages = texts.slice(from, from + TURN).map((text, index) => ({
      clientMessageId: `said-${from + index}`,
      author: { kind: 'customer' as const },
      text,
      visibility: 'public' as const,
    }));
    await store.execute(CALLER, 'messages.appendTurn', { conversationId, messages });
  }
}

const ROUND_MS = 30;
const MOST_CALLS = 30;

/** Milliseconds of one call: the median of as many as fit into a round. */
async function msOf(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const until = performance.now() + ROUND_MS;
  do {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  } while (performance.now() < until && times.length < MOST_CALLS);
  return median(times);
}

async function compare(
  search: string,
  [bare, baton]: [bare: () => Promise<unknown>, baton: () => Promise<unknown>],
  rounds: number,
): Promise<SearchRow> {
  const times: { bareMs: number; batonMs: number }[] = [];
  await bare();
  await baton();
  for (let round = 0; round < rounds; round += 1)
    times.push({ bareMs: await msOf(bare), batonMs: await msOf(baton) });
  return {
    search,
    bareMs: median(times.map(({ bareMs }) => bareMs)),
    batonMs: median(times.map(({ batonMs }) => batonMs)),
    ratio: median(times.map(({ bareMs, batonMs }) => batonMs / bareMs)),
  };
}
