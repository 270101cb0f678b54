import type {
  ConversationHit,
  ConversationId,
  Highlight,
  MessageHit,
  SearchConversations,
  SearchMessages,
  SearchPage,
  TenantId,
} from '@baton/schema';
import { type Document, MongoServerError, ObjectId } from 'mongodb';
import { SEARCH_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { requireConversation } from '../conversation.ts';
import { decodeCursor, encodeCursor, type Listing } from '../page.ts';
import { conversationHits } from './conversation-hits.ts';
import { boundedHighlighterOf } from './highlight.ts';
import { messageHit } from './message-hit.ts';
import { type Found, takePage } from './page-of-hits.ts';
import { isScannable, phraseScan } from './phrase-scan.ts';
import { type Place, type Ranking, RankPosition, type SearchMode, textRanking } from './ranking.ts';
import { sampledRanking } from './sampled-ranking.ts';
import { asksForUnspaced, parseTextQuery, type TextQuery } from './text-query.ts';
import { textSearchOf } from './text-search.ts';
import { unionRanking } from './union-ranking.ts';
import { joinedMatch } from './unspaced-search.ts';

/** Looks for items in the order of a ranking, from a place on; the first `limit` are wanted. */
type Look<Item> = (
  ranking: Ranking,
  highlight: (text: string) => Highlight[],
  after: Place | null,
  limit: number,
) => AsyncIterable<Found<Item>>;

const TIME_IS_UP = 50;

function tookTooLong(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === TIME_IS_UP;
}

/**
 * One page of what a query finds, best first. Where so many messages match that ranking them takes too long, some
 * are ranked, and the answer says that there are more.
 * @throws Refusal INVALID_CURSOR
 */
async function search<Item>(
  collections: Collections,
  listing: Listing & { input: SearchMessages | SearchConversations },
  look: Look<Item>,
  conversationId?: ConversationId,
): Promise<SearchPage<Item>> {
  const { tenantId, input } = listing;
  const query = parseTextQuery(input.text);
  const text = textSearchOf(query);
  const { ignored } = text;
  const position = decodeCursor(listing, RankPosition);
  const after = position && { rank: position[0], id: new ObjectId(position[1]) };

  async function pageOf(ranking: Ranking, mode?: SearchMode): Promise<SearchPage<Item>> {
    const highlight = boundedHighlighterOf(query);
    const { items, cutAt } = await takePage(look(ranking, highlight, after, input.limit + 1), input.limit);
    const place = cutAt && [cutAt.rank, cutAt.id.toHexString(), ...(mode === undefined ? [] : [mode])];
    const nextCursor = place && encodeCursor(listing, place);
    return { items, nextCursor, ignored, more: await ranking.hasMore(after) };
  }

  async function ranked(isUnion: boolean): Promise<SearchPage<Item>> {
    try {
      return await (isUnion
        ? pageOf(unionRanking(collections, tenantId, query, text), 'union')
        : pageOf(textRanking(collections, tenantId, text)));
    } catch (error) {
      // Later pages go on from scores that only ranking all of them gives.
      if (after !== null || !tookTooLong(error)) throw error;
      return some(isUnion);
    }
  }

  const some = (isUnion: boolean) =>
    pageOf(sampledRanking(collections, tenantId, query, text, isUnion), isUnion ? 'someOfUnion' : 'some');

  const mode = position?.[2];
  if (mode === 'some' || mode === 'someOfUnion') return some(mode === 'someOfUnion');
  if (mode === 'union' || asksForUnspaced(query)) return ranked(true);
  if (text.isIndexed && after !== null) return ranked(false);
  if (text.isIndexed) {
    // Few tenants have such messages, so nobody waits for the answer to this.
    const [isJoined, page] = await Promise.all([hasJoined(collections, tenantId, query), ranked(false)]);
    return isJoined ? ranked(true) : page;
  }
  if (!isScannable(query)) return { items: [], nextCursor: null, ignored, more: false };
  return pageOf(phraseScan(collections, tenantId, query, conversationId));
}

/** Whether a word of the query stands joined to another script somewhere: the text index does not have it there. */
async function hasJoined(
  { search_terms: terms }: Collections,
  tenantId: TenantId,
  query: TextQuery,
): Promise<boolean> {
  const found = await terms.collection.findOne(joinedMatch(tenantId, query), {
    projection: { _id: 1 },
    maxTimeMS: SEARCH_TIMEOUT_MS,
  });
  return found !== null;
}

/**
 * The messages that match, best first.
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function messages(
  collections: Collections,
  tenantId: TenantId,
  input: SearchMessages,
): Promise<SearchPage<MessageHit>> {
  const { conversationId, author } = input;
  const narrowing: Document = {
    ...(conversationId && { conversationId: new ObjectId(conversationId) }),
    ...(author && { 'author.kind': author }),
  };
  const page = await search<MessageHit>(
    collections,
    { tenantId, procedure: 'search.messages', input },
    async function* (ranking, highlight, after, limit) {
      for await (const { rank, score, document } of ranking.messages(narrowing, after, limit)) {
        const found = messageHit(collections, document, score, highlight);
        yield { place: { rank, id: document['_id'] }, item: found?.hit ?? null, bytes: found?.bytes ?? 0 };
      }
    },
    conversationId,
  );
  if (page.items.length === 0 && conversationId !== undefined)
    await requireConversation(collections, tenantId, conversationId);
  return page;
}

/**
 * The conversations of the messages that match, each by its best message.
 * @throws Refusal INVALID_CURSOR
 */
async function conversations(
  collections: Collections,
  tenantId: TenantId,
  input: SearchConversations,
): Promise<SearchPage<ConversationHit>> {
  const { stage, status, agentId } = input;
  const narrowing: Document = {
    ...(stage && { stage }),
    ...(status && { status }),
    ...(agentId && { 'owner.agentId': agentId }),
  };
  return search<ConversationHit>(
    collections,
    { tenantId, procedure: 'search.conversations', input },
    (ranking, highlight, after, limit) =>
      conversationHits(collections, tenantId, { ranking, narrowing, highlight, after, limit }),
  );
}

export const searchQueries = { messages, conversations };
