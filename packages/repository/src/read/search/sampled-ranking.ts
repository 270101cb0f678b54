import type { TenantId } from '@baton/schema';
import type { Document, ObjectId } from 'mongodb';
import { SAMPLE_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { messageScorer } from './message-score.ts';
import { type Place, type RankedConversation, type Ranking, textMatch } from './ranking.ts';
import { READ_AT_ONCE, readAll } from './read-all.ts';
import type { TextQuery } from './text-query.ts';
import type { TextSearch } from './text-search.ts';
import { Turns } from './turns.ts';
import { spacedMatch } from './union-ranking.ts';
import { unspacedMatch, unspacedScore } from './unspaced-search.ts';
import type { OfTenant } from '../../schema/tenant-collection.ts';

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
 * @param isUnion whether messages in scripts without spaces are looked for apart
 */
export function sampledRanking(
  collections: Collections,
  tenantId: TenantId,
  query: TextQuery,
  text: TextSearch,
  isUnion: boolean,
): Ranking {
  const { timeline, search_terms: terms } = collections;
  const scoreOf = messageScorer(query);
  const words = text.alternatives.length === 0 ? [''] : text.alternatives.slice(0, SAMPLED_WORDS);
  const matches = words
    .map((word) => ({ ...text, alternatives: [word] }))
    .map((one) => (isUnion ? spacedMatch(tenantId, query, one) : textMatch(tenantId, one)))
    .filter((match) => match !== null);

  async function* spacedCandidates(match: OfTenant): AsyncGenerator<Candidate> {
    let bytes = 0;
    const messages = timeline.collection
      .find(match, {
        projection: { conversationId: 1, text: 1 },
        maxTimeMS: SAMPLE_TIMEOUT_MS,
        batchSize: 100,
      })
      .limit(Math.ceil(SAMPLE_SIZE / matches.length));
    for await (const { _id, conversationId, text: said } of messages) {
      yield { _id, conversationId, rank: scoreOf(said) };
      bytes += said.length;
      if (bytes > SAMPLE_BYTES / matches.length) return;
    }
  }

  async function* unspacedCandidates(narrowing: Document): AsyncGenerator<Candidate> {
    const match = unspacedMatch(tenantId, query);
    if (!isUnion || match === null) return;
    const found = terms.collection.aggregate(
      [
        { $match: { ...match, ...narrowing } },
        { $limit: SAMPLE_SIZE },
        { $project: { conversationId: 1, rank: unspacedScore(query) } },
      ],
      { maxTimeMS: SAMPLE_TIMEOUT_MS },
    );
    for await (const { _id, conversationId, rank } of found) yield { _id, conversationId, rank };
  }

  async function candidates(narrowing: Document): Promise<Candidate[]> {
    const turns = new Turns();
    const found = new Map<string, Candidate>();
    const sources = matches.map((match) => spacedCandidates({ ...match, ...narrowing }));
    for (const source of [...sources, unspacedCandidates(narrowing)]) {
      for await (const candidate of source) {
        found.set(candidate._id.toHexString(), candidate);
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
      for (let from = 0; from < wanted.length; from += READ_AT_ONCE) {
        const piece = wanted.slice(from, from + READ_AT_ONCE);
        const documents = await readAll(
          timeline.collection,
          tenantId,
          piece.map(({ _id }) => _id),
        );
        for (const { _id, rank } of piece) {
          const document = documents.get(_id.toHexString());
          if (document !== undefined) yield { rank, score: rank, document };
        }
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
