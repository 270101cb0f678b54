import type { TenantId } from '@baton/schema';
import type { Document, ObjectId } from 'mongodb';
import { SAMPLE_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { messageScorer } from './message-score.ts';
import { Turns } from './page-of-hits.ts';
import type { Place, RankedConversation, Ranking } from './ranking.ts';
import type { TextQuery } from './text-query.ts';
import type { TextSearch } from './text-search.ts';

/** Most messages that are ranked where so many match that ranking all takes too long. */
export const SAMPLE_SIZE = 1_000;
/** Most bytes of text that are read for it. */
const SAMPLE_BYTES = 8_000_000;
/** The words whose best messages are in it. */
const SAMPLED_WORDS = 8;

type Candidate = { _id: ObjectId; conversationId: ObjectId; rank: number };

const comesAfter = (after: Place | null, rank: number, id: ObjectId) =>
  after === null || rank < after.rank || (rank === after.rank && id.toHexString() < after.id.toHexString());

const bestFirst = <Item>(items: Item[], placeOf: (item: Item) => Place): Item[] =>
  items.toSorted((one, other) => {
    const [a, b] = [placeOf(one), placeOf(other)];
    return b.rank - a.rank || (a.id.toHexString() < b.id.toHexString() ? 1 : -1);
  });

/**
 * Ranks the best messages of each word: mongod reads those of a word in the order of their weight, and stops after
 * as many as are asked, because it need not know the score of any.
 */
export function sampledRanking(
  collections: Collections,
  tenantId: TenantId,
  query: TextQuery,
  { alternatives, conditions, filter }: TextSearch,
): Ranking {
  const { timeline } = collections;
  const scoreOf = messageScorer(query);
  const searches = (alternatives.length === 0 ? [''] : alternatives.slice(0, SAMPLED_WORDS)).map((words) =>
    [words, ...conditions].join(' '),
  );

  async function candidates(narrowing: Document): Promise<Candidate[]> {
    const turns = new Turns();
    const found = new Map<string, Candidate>();
    let bytes = 0;
    for (const search of searches) {
      const messages = timeline.collection
        .find(
          { tenantId, $text: { $search: search }, ...filter, ...narrowing },
          { projection: { conversationId: 1, text: 1 }, maxTimeMS: SAMPLE_TIMEOUT_MS, batchSize: 100 },
        )
        .limit(Math.ceil(SAMPLE_SIZE / searches.length));
      for await (const { _id, conversationId, text } of messages) {
        found.set(_id.toHexString(), { _id, conversationId, rank: scoreOf(text) });
        bytes += text.length;
        if (bytes > SAMPLE_BYTES) break;
        await turns.pause();
      }
    }
    return bestFirst([...found.values()], ({ rank, _id }) => ({ rank, id: _id }));
  }

  return {
    async *messages(narrowing, after, limit) {
      const wanted = (await candidates(narrowing))
        .filter(({ rank, _id }) => comesAfter(after, rank, _id))
        .slice(0, limit);
      const documents = await timeline.collection
        .find({ tenantId, _id: { $in: wanted.map(({ _id }) => _id) } }, { maxTimeMS: SAMPLE_TIMEOUT_MS })
        .toArray();
      const byId = new Map(documents.map((document) => [document._id.toHexString(), document]));
      for (const { _id, rank } of wanted) {
        const document = byId.get(_id.toHexString());
        if (document !== undefined) yield { rank, score: rank, document };
      }
    },
    async *conversations(after, limit) {
      const groups = new Map<string, RankedConversation>();
      for (const { _id, conversationId, rank } of await candidates({})) {
        const known = groups.get(conversationId.toHexString());
        if (known === undefined)
          groups.set(conversationId.toHexString(), {
            rank,
            score: rank,
            conversationId,
            matches: 1,
            best: _id,
          });
        else known.matches += 1;
      }
      const ranked = bestFirst([...groups.values()], ({ rank, conversationId }) => ({
        rank,
        id: conversationId,
      }));
      yield* ranked
        .filter(({ rank, conversationId }) => comesAfter(after, rank, conversationId))
        .slice(0, limit);
    },
    hasMore: () => Promise.resolve(true),
  };
}
