import { connect, type Store } from '@baton/repository';
import { type ConversationId, SearchConversations, SearchMessages } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
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
  const conversationId = await fill(store, options);
  const ofConversation = { conversationId: new ObjectId(conversationId) };

  const timeline = connection.db.collection('timeline');
  const score = { $meta: 'textScore' } as const;
  const bare =
    (text: string, limit: number, narrowing: Document = {}) =>
    (): Promise<Document[]> =>
      timeline
        .find({ tenantId: TENANT, $text: { $search: text }, ...narrowing }, { projection: { score } })
        .sort({ score })
        .limit(limit)
        .toArray();
  const messages =
    (text: string, limit: number, cursor?: string | null, filters: Partial<SearchMessages> = {}) =>
    () =>
      store.search.messages(
        TENANT,
        SearchMessages.parse({ text, limit, ...(cursor && { cursor }), ...filters }),
      );
  const conversations =
    (text: string, limit: number, filters: Partial<SearchConversations> = {}) =>
    () =>
      store.search.conversations(TENANT, SearchConversations.parse({ text, limit, ...filters }));
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
    [
      'a common word of customers, 25 messages',
      bare('heron', 25, { 'author.kind': 'customer' }),
      messages('heron', 25, null, { author: 'customer' }),
    ],
    [
      'a common phrase of customers in a conversation',
      bare('"the estimate"', 25, { 'author.kind': 'customer', ...ofConversation }),
      messages('"the estimate"', 25, null, { author: 'customer', conversationId }),
    ],
    [
      'a common phrase, 25 active leads',
      bare('"the estimate"', 25),
      conversations('"the estimate"', 25, { stage: 'lead', status: 'active' }),
    ],
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

/** Each conversation says one common sentence again and again; the last one, which it returns, says two rare words too. */
async function fill(
  store: Store,
  { conversations, messages }: SearchBenchOptions,
): Promise<ConversationId | undefined> {
  let last: ConversationId | undefined;
  for (let index = 0; index < conversations; index += 1) {
    const texts = Array.from({ length: messages }, (_, number) => `heron wrote the estimate ${number}`);
    if (index === conversations - 1) texts.push('please kindly', 'an ostrich');
    last = await converse(store, index);
    await say(store, last, texts);
  }
  return last;
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
