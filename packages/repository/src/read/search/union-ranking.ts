import type { TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { RANKING_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { Collections } from '../../schema/open-collections.ts';
import {
  afterPlaceStage,
  lookUp,
  type Matches,
  rankConversations,
  type Ranking,
  SCORE,
  textMatch,
} from './ranking.ts';
import type { TextQuery } from './text-query.ts';
import type { TextSearch } from './text-search.ts';
import { isUnspaced, UNSPACED_PATTERN } from './unspaced.ts';
import { unspacedMatch, unspacedScore } from './unspaced-search.ts';
import type { OfTenant, TenantFilter, TenantPipeline } from '../../schema/tenant-collection.ts';

/** What MongoDB's text index alone can find of a query: nothing where a phrase is in a script without spaces. */
export function spacedMatch(tenantId: TenantId, query: TextQuery, text: TextSearch): OfTenant | null {
  if (!text.isIndexed || query.phrases.some(isUnspaced)) return null;
  return { ...textMatch(tenantId, text), text: { $not: { $regex: UNSPACED_PATTERN } } };
}

/**
 * Ranks the messages in scripts without spaces by what `search_terms` has of them, all others by MongoDB's `$text`. No
 * message is among both.
 */
export function unionRanking(
  collections: Collections,
  tenantId: TenantId,
  query: TextQuery,
  text: TextSearch,
): Ranking {
  const { timeline, search_terms: terms } = collections;
  const spaced = spacedMatch(tenantId, query, text);
  const unspaced = unspacedMatch(tenantId, query);

  function matches(narrowing: Document): Matches {
    const scored = (match: TenantFilter, score: Document): TenantPipeline => [
      { $match: { ...match, ...narrowing } },
      { $project: { conversationId: 1, score } },
    ];
    const score = '$score';
    const ofTerms = unspaced === null ? null : scored(unspaced, unspacedScore(query));
    if (spaced === null)
      return { collection: terms.collection, stages: ofTerms ?? nothingOf(tenantId), score };
    const { collection } = timeline;
    const stages = scored(spaced, SCORE);
    if (ofTerms === null) return { collection, stages, score };
    const union = { $unionWith: { coll: terms.collection.collectionName, pipeline: ofTerms } };
    return { collection, stages: [...stages, union], score };
  }

  return {
    async *messages(narrowing, after, limit) {
      const { collection, stages } = matches(narrowing);
      const found = collection.aggregate(
        [
          ...stages,
          ...afterPlaceStage('score', '_id', after),
          { $sort: { score: -1, _id: -1 } },
          { $limit: limit },
          lookUp(timeline.collection, '_id', 'message'),
          { $unwind: '$message' },
        ],
        { maxTimeMS: RANKING_TIMEOUT_MS, batchSize: limit + 1 },
      );
      for await (const { score, message } of found) yield { rank: score, score, document: message };
    },
    conversations: (after, limit) => rankConversations(collections, tenantId, matches({}), after, limit),
    hasMore: () => Promise.resolve(false),
  };
}

const nothingOf = (tenantId: TenantId): TenantPipeline => [{ $match: { tenantId, _id: { $in: [] } } }];
