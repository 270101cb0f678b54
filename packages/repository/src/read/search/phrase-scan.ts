import type { ConversationId, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { SEARCH_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { phrasePattern } from './phrase-pattern.ts';
import { afterPlaceStage, type Place, type Ranking } from './ranking.ts';
import type { TextQuery } from './text-query.ts';
import type { TenantPipeline } from '../../schema/tenant-collection.ts';

/** Most messages that are looked through, from the newest. */
export const SCANNED_MESSAGES = 20_000;

/** Whether a query can be looked for without an index: it has a phrase of more than punctuation. */
export function isScannable({ phrases }: TextQuery): boolean {
  return phrases.some((phrase) => /[\p{L}\p{N}\p{S}]/u.test(phrase));
}

/**
 * Looks through the newest messages for phrases without a word that the text index holds, such as "why not". They
 * stand in the order of their instants, one conversation's in that of its timeline.
 */
export function phraseScan(
  { timeline }: Collections,
  tenantId: TenantId,
  { phrases, excludedPhrases, excludedWords }: TextQuery,
  conversationId: ConversationId | undefined,
): Ranking {
  const order = conversationId === undefined ? 'at' : 'seq';
  const inScope = {
    tenantId,
    ...(conversationId && { conversationId: new ObjectId(conversationId) }),
    kind: 'message',
  };
  const hint = conversationId === undefined ? 'by_kind' : 'by_seq';
  const like = (phrase: string) => ({ text: { $regex: phrasePattern(phrase), $options: 'i' } });
  const without = [...excludedPhrases, ...excludedWords].map(like);
  const matching = { $and: phrases.map(like), ...(without.length > 0 && { $nor: without }) };
  const newestFirst: Record<string, -1> = order === 'at' ? { at: -1, _id: -1 } : { seq: -1 };
  const options = { maxTimeMS: SEARCH_TIMEOUT_MS, hint };
  /** What comes after a place; the first condition bounds the scan of the index. */
  const afterPlace = (after: Place | null) => {
    if (after === null) return {};
    const rank = order === 'at' ? new Date(after.rank) : after.rank;
    return { [order]: { $lte: rank }, $or: [{ [order]: { $lt: rank } }, { _id: { $lt: after.id } }] };
  };
  const scan = (after: Place | null): TenantPipeline => [
    { $match: { ...inScope, ...afterPlace(after) } },
    { $sort: newestFirst },
    { $limit: SCANNED_MESSAGES },
    { $match: matching },
  ];
  return {
    async *messages(narrowing, after, limit) {
      const found = timeline.collection.aggregate(
        [...scan(after), { $match: narrowing }, { $limit: limit }],
        options,
      );
      for await (const document of found) yield { rank: Number(document[order]), score: 1, document };
    },
    async *conversations(after, limit) {
      const latest = { $max: { at: '$at', id: '$_id' } };
      const groups = timeline.collection.aggregate(
        [
          ...scan(null),
          { $group: { _id: '$conversationId', matches: { $sum: 1 }, best: latest } },
          { $set: { rank: { $toLong: '$best.at' } } },
          ...afterPlaceStage('rank', '_id', after),
          { $sort: { rank: -1, _id: -1 } },
          ...(limit === undefined ? [] : [{ $limit: limit }]),
        ],
        options,
      );
      for await (const { _id, matches, best, rank } of groups)
        yield { rank: Number(rank), score: 1, conversationId: _id, matches, best: best.id };
    },
    async hasMore(after) {
      const beyond = await timeline.collection
        .find({ ...inScope, ...afterPlace(after) }, { ...options, projection: { _id: 1 } })
        .sort({ ...newestFirst })
        .skip(SCANNED_MESSAGES)
        .limit(1)
        .toArray();
      return beyond.length > 0;
    },
  };
}
