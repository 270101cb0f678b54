import { connect, type Store } from '@baton/repository';
import { type ConversationId, SearchConversations, SearchMessages } from '@baton/schema';
import type { Document } from 'mongodb';
import { CALLER, openBenchStore, TENANT } from './bench-tenant.ts';
import { type Call, compareCalls } from './compare-calls.ts';

const TURN = 100;
const ROUND_MS = 30;

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
  const store = await openBenchStore(connection);
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

  const searches: [search: string, bare: Call, baton: Call][] = [
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
  const measured = { rounds: options.rounds, roundMs: ROUND_MS };
  for (const [search, baseline, other] of searches) {
    const { baselineMs, otherMs, ratio } = await compareCalls({ baseline, other }, measured);
    rows.push({ search, bareMs: baselineMs, batonMs: otherMs, ratio });
  }
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
