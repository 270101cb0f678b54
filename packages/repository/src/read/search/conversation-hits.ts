import type { ConversationHit, Highlight, TenantId } from '@baton/schema';
import { BSON, type Document } from 'mongodb';
import { SEARCH_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { conversationOf } from '../../schema/mapping.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { besideContacts, withContacts } from '../contact.ts';
import { messageHit } from './message-hit.ts';
import type { Found } from './page-of-hits.ts';
import type { Place, RankedConversation, Ranking } from './ranking.ts';
import { READ_AT_ONCE, readAll } from './read-all.ts';

/** Conversations that are looked at at once where a filter narrows them: ever more, as few seem to pass. */
const FIRST_LOOK = 200;
const LARGEST_LOOK = 2_000;

type Search = {
  ranking: Ranking;
  /** What a conversation has to have. */
  narrowing: Document;
  highlight: (text: string) => Highlight[];
  after: Place | null;
  limit: number;
};

/** Conversations in the order of a ranking, each with its best message. */
export async function* conversationHits(
  collections: Collections,
  tenantId: TenantId,
  { ranking, narrowing, highlight, after, limit }: Search,
): AsyncGenerator<Found<ConversationHit>> {
  if (Object.keys(narrowing).length === 0) {
    for await (const ranked of inPieces(ranking.conversations(after, limit), () => READ_AT_ONCE))
      yield* readHits(collections, tenantId, ranked, highlight);
    return;
  }
  const deadline = performance.now() + SEARCH_TIMEOUT_MS;
  let size = FIRST_LOOK / 2;
  const nextSize = () => (size = Math.min(size * 2, LARGEST_LOOK));
  for await (const ranked of inPieces(ranking.conversations(after), nextSize)) {
    const passing = await passingOf(collections, tenantId, ranked, narrowing);
    for (let from = 0; from < passing.length; from += READ_AT_ONCE)
      yield* readHits(collections, tenantId, passing.slice(from, from + READ_AT_ONCE), highlight);
    const last = ranked.at(-1);
    if (last !== undefined && performance.now() > deadline) yield { place: placeOf(last), isEnd: true };
  }
}

const placeOf = ({ rank, conversationId }: RankedConversation): Place => ({ rank, id: conversationId });

/** @param sizeOf how large the next piece is */
async function* inPieces<Item>(items: AsyncIterable<Item>, sizeOf: () => number): AsyncGenerator<Item[]> {
  let piece: Item[] = [];
  let size = sizeOf();
  for await (const item of items) {
    piece.push(item);
    if (piece.length < size) continue;
    yield piece;
    piece = [];
    size = sizeOf();
  }
  if (piece.length > 0) yield piece;
}

/** Those that pass a filter, in their order. */
async function passingOf(
  { conversations }: Collections,
  tenantId: TenantId,
  ranked: readonly RankedConversation[],
  narrowing: Document,
): Promise<RankedConversation[]> {
  const found = await conversations.collection
    .find(
      { _id: { $in: ranked.map(({ conversationId }) => conversationId) }, tenantId, ...narrowing },
      { projection: { _id: 1 }, hint: '_id_', maxTimeMS: SEARCH_TIMEOUT_MS },
    )
    .toArray();
  const passing = new Set(found.map(({ _id }) => _id.toHexString()));
  return ranked.filter(({ conversationId }) => passing.has(conversationId.toHexString()));
}

async function* readHits(
  collections: Collections,
  tenantId: TenantId,
  ranked: readonly RankedConversation[],
  highlight: (text: string) => Highlight[],
): AsyncGenerator<Found<ConversationHit>> {
  const unread = ranked.filter(({ documents }) => documents === undefined);
  const [conversations, messages] = await Promise.all([
    readAll(
      collections.conversations.collection,
      tenantId,
      unread.map(({ conversationId }) => conversationId),
    ),
    readAll(
      collections.timeline.collection,
      tenantId,
      unread.map(({ best }) => best),
    ),
  ]);
  const found = ranked.map((one) => {
    const { conversation: document, message } = one.documents ?? {
      conversation: conversations.get(one.conversationId.toHexString()),
      message: messages.get(one.best.toHexString()),
    };
    const readable = document && collections.conversations.tryDecode(document);
    if (document === undefined || message === undefined || readable == null) return { one, hit: null };
    const conversation = conversationOf(readable);
    return { one, hit: { conversation, message, bytes: BSON.calculateObjectSize(document) } };
  });
  const readable = found.flatMap(({ hit }) => hit?.conversation ?? []);
  const contacts = ranked.flatMap(({ documents }) => documents?.contact ?? []);
  const beside =
    unread.length === 0
      ? besideContacts(readable, contacts)
      : await withContacts(collections, tenantId, readable);
  const views = new Map(beside.map((view) => [view.id, view]));
  for (const { one, hit } of found) {
    const conversation = hit && views.get(hit.conversation.id);
    const best = hit && messageHit(collections, hit.message, one.score, highlight);
    if (hit === null || conversation == null || best === null) {
      yield { place: placeOf(one), item: null, bytes: 0 };
      continue;
    }
    yield {
      place: placeOf(one),
      item: { conversation, score: one.score, matches: one.matches, best: best.hit },
      bytes: hit.bytes + best.bytes,
    };
  }
}
