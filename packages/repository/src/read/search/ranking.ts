import type { TenantId } from '@baton/schema';
import type { Document, ObjectId } from 'mongodb';
import { z } from 'zod';
import { RANKING_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { Collections } from '../../schema/open-collections.ts';
import type { TextSearch } from './text-search.ts';
import type { OfTenant, TenantCollection, TenantPipeline } from '../../schema/tenant-collection.ts';

/** How a search goes on: with messages in scripts without spaces, among some of the messages that match, or both. */
export const SearchMode = z.enum(['union', 'some', 'someOfUnion']);
export type SearchMode = z.infer<typeof SearchMode>;

/** A place among hits: by rank, the greatest first, then by id, the newest first. */
export const RankPosition = z.tuple([z.number(), z.string().regex(/^[0-9a-f]{24}$/), SearchMode.optional()]);

/** A place as mongod compares it. */
export type Place = { rank: number; id: ObjectId };

export type RankedMessage = { rank: number; score: number; document: Document };

export type RankedConversation = {
  rank: number;
  score: number;
  conversationId: ObjectId;
  /** How many of its messages match. */
  matches: number;
  best: ObjectId;
  /** The conversation, its best message and its contact, where they were read on the way. */
  documents?: Partial<Record<'conversation' | 'message' | 'contact', Document>>;
};

/** A way to find the messages that match a query, best first. */
export type Ranking = {
  /** @param limit most that are wanted; the first comes after the place */
  messages(filter: Document, after: Place | null, limit: number): AsyncIterable<RankedMessage>;
  /** Each conversation that has a message that matches, by its best one; without a limit, all of them. */
  conversations(after: Place | null, limit?: number): AsyncIterable<RankedConversation>;
  /** Whether more messages match than were ranked. */
  hasMore(after: Place | null): Promise<boolean>;
};

export const SCORE = { $meta: 'textScore' } as const;
/** Read at a time where all conversations are walked through. */
const CONVERSATIONS_AT_ONCE = 1_000;

/** The stage that leaves out what does not come after a place. */
export function afterPlaceStage(rank: string, id: string, after: Place | null): Document[] {
  if (after === null) return [];
  const tied = { [rank]: after.rank, [id]: { $lt: after.id } };
  return [{ $match: { $or: [{ [rank]: { $lt: after.rank } }, tied] } }];
}

export const lookUp = ({ collectionName: from }: TenantCollection, localField: string, as: string) => ({
  $lookup: { from, localField, foreignField: '_id', as },
});

/** Messages that match a query: where their pipeline begins, its stages, and an expression for their score. */
export type Matches = { collection: TenantCollection; stages: TenantPipeline; score: unknown };

/** The conversations of messages that match. */
export async function* rankConversations(
  { timeline, conversations, contacts }: Collections,
  tenantId: TenantId,
  { collection, stages, score }: Matches,
  after: Place | null,
  limit: number | undefined,
): AsyncGenerator<RankedConversation> {
  const groups = collection.aggregate(
    [
      ...stages,
      { $group: { _id: '$conversationId', matches: { $sum: 1 }, best: { $max: { score, id: '$_id' } } } },
      ...afterPlaceStage('best.score', '_id', after),
      { $sort: { 'best.score': -1, _id: -1 } },
      // The documents come along, as a search for a rare word is little more than its way to mongod and back.
      ...(limit === undefined
        ? []
        : [
            { $limit: limit },
            lookUp(conversations.collection, '_id', 'conversation'),
            lookUp(timeline.collection, 'best.id', 'message'),
            // Its `_id` is compared as bytes, so the tenant comes first.
            { $set: { contactKey: { tenantId, contactId: { $first: '$conversation.contactId' } } } },
            lookUp(contacts.collection, 'contactKey', 'contact'),
          ]),
    ],
    { maxTimeMS: RANKING_TIMEOUT_MS, batchSize: CONVERSATIONS_AT_ONCE },
  );
  for await (const { _id, matches, best, conversation, message, contact } of groups) {
    const ranked = { rank: best.score, score: best.score, conversationId: _id, matches, best: best.id };
    if (limit === undefined) yield ranked;
    else
      yield {
        ...ranked,
        documents: { conversation: conversation[0], message: message[0], contact: contact[0] },
      };
  }
}

/** The messages that `$text` finds. */
export function textMatch(tenantId: TenantId, { alternatives, conditions, filter }: TextSearch): OfTenant {
  return { tenantId, $text: { $search: [...alternatives, ...conditions].join(' ') }, ...filter };
}

/** Ranks every message that MongoDB's `$text` finds, by its score. */
export function textRanking(collections: Collections, tenantId: TenantId, text: TextSearch): Ranking {
  const { collection } = collections.timeline;
  const match = textMatch(tenantId, text);
  return {
    async *messages(narrowing, after, limit) {
      const wanted = { ...match, ...narrowing };
      const options = { maxTimeMS: RANKING_TIMEOUT_MS, batchSize: limit + 1 };
      // Only a pipeline can compare scores; where all are wanted a find is quicker.
      const found =
        after === null
          ? collection
              .find(wanted, { ...options, projection: { score: SCORE } })
              .sort({ score: SCORE, _id: -1 })
              .limit(limit)
          : collection.aggregate(
              [
                { $match: wanted },
                { $addFields: { score: SCORE } },
                ...afterPlaceStage('score', '_id', after),
                { $sort: { score: -1, _id: -1 } },
                { $limit: limit },
              ],
              options,
            );
      for await (const { score, ...document } of found) yield { rank: score, score, document };
    },
    conversations: (after, limit) =>
      rankConversations(
        collections,
        tenantId,
        { collection, stages: [{ $match: match }], score: SCORE },
        after,
        limit,
      ),
    hasMore: () => Promise.resolve(false),
  };
}
