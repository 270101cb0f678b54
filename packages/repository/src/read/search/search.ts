import type {
  Conversation,
  ConversationHit,
  MessageEntry,
  MessageHit,
  Page,
  SearchConversations,
  SearchMessages,
  TenantId,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { z } from 'zod';
import { SEARCH_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { conversationOf } from '../../schema/mapping.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { requireConversation } from '../conversation.ts';
import { messageOf } from '../message.ts';
import { readPage } from '../page.ts';
import { highlighterOf } from './highlight.ts';

/** Most messages that one search ranks: a query of everyday words is cut off here. */
const RANKED_MESSAGES = 10_000;

/** A place among hits: best first, then newest. */
const ScorePosition = z.tuple([z.number(), z.string().regex(/^[0-9a-f]{24}$/)]);
type ScorePosition = z.infer<typeof ScorePosition>;

const BEST_FIRST = { score: -1, _id: -1 } as const;

function afterScore(after: ScorePosition | null): Document[] {
  if (after === null) return [];
  const [score, id] = after;
  return [{ $match: { $or: [{ score: { $lt: score } }, { score, _id: { $lt: new ObjectId(id) } }] } }];
}

/** The matching messages with their scores; mongod reads the tenant's part of the text index only. */
function ranked(tenantId: TenantId, text: string, filter: Document): Document[] {
  return [
    { $match: { tenantId, $text: { $search: text }, ...filter } },
    { $limit: RANKED_MESSAGES },
    { $project: { conversationId: 1, score: { $meta: 'textScore' } } },
  ];
}

async function readMessages(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
): Promise<Map<string, MessageEntry>> {
  const documents = await collections.timeline.collection
    .find({ _id: { $in: ids }, tenantId }, { maxTimeMS: SEARCH_TIMEOUT_MS })
    .toArray();
  return new Map(documents.map((document) => [document._id.toHexString(), messageOf(collections, document)]));
}

type Found = { _id: ObjectId; score: number };
type FoundMessage = { id: string; hit: MessageHit };

/**
 * The messages that match, best first.
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function messages(
  collections: Collections,
  tenantId: TenantId,
  input: SearchMessages,
): Promise<Page<MessageHit>> {
  const { text, conversationId, author } = input;
  const highlight = highlighterOf(text);
  const filter = {
    ...(conversationId && { conversationId: new ObjectId(conversationId) }),
    ...(author && { 'author.kind': author }),
  };
  const { items, nextCursor } = await readPage<FoundMessage, ScorePosition>(
    { tenantId, procedure: 'search.messages', input },
    {
      position: ScorePosition,
      positionOf: ({ id, hit }) => [hit.score, id],
      read: async (after, limit) => {
        const found = await collections.timeline.collection
          .aggregate<Found>(
            [
              ...ranked(tenantId, text, filter),
              ...afterScore(after),
              { $sort: BEST_FIRST },
              { $limit: limit },
            ],
            { maxTimeMS: SEARCH_TIMEOUT_MS },
          )
          .toArray();
        const entries = await readMessages(
          collections,
          tenantId,
          found.map(({ _id }) => _id),
        );
        return found.flatMap(({ _id, score }) => {
          const message = entries.get(_id.toHexString());
          if (message === undefined) return [];
          return [{ id: _id.toHexString(), hit: { message, score, highlights: highlight(message.text) } }];
        });
      },
    },
  );
  if (items.length === 0 && conversationId !== undefined)
    await requireConversation(collections, tenantId, conversationId);
  return { items: items.map(({ hit }) => hit), nextCursor };
}

type FoundConversation = {
  _id: ObjectId;
  score: number;
  best: ObjectId;
  matches: number;
  conversation: Document;
};

/**
 * The conversations of the messages that match, each by its best message.
 * @throws Refusal INVALID_CURSOR
 */
async function conversations(
  collections: Collections,
  tenantId: TenantId,
  input: SearchConversations,
): Promise<Page<ConversationHit>> {
  const { text, stage, status, agentId } = input;
  const highlight = highlighterOf(text);
  const wanted = {
    tenantId,
    ...(stage && { stage }),
    ...(status && { status }),
    ...(agentId && { 'owner.agentId': agentId }),
  };
  return readPage<ConversationHit, ScorePosition>(
    { tenantId, procedure: 'search.conversations', input },
    {
      position: ScorePosition,
      positionOf: ({ score, conversation }) => [score, conversation.id],
      read: async (after, limit) => {
        const found = await collections.timeline.collection
          .aggregate<FoundConversation>(
            [
              ...ranked(tenantId, text, {}),
              {
                $group: {
                  _id: '$conversationId',
                  matches: { $sum: 1 },
                  top: { $top: { sortBy: BEST_FIRST, output: { score: '$score', id: '$_id' } } },
                },
              },
              { $project: { matches: 1, score: '$top.score', best: '$top.id' } },
              ...afterScore(after),
              { $sort: BEST_FIRST },
              {
                $lookup: {
                  from: collections.conversations.collection.collectionName,
                  localField: '_id',
                  foreignField: '_id',
                  pipeline: [{ $match: wanted }],
                  as: 'conversation',
                },
              },
              { $unwind: '$conversation' },
              { $limit: limit },
            ],
            { maxTimeMS: SEARCH_TIMEOUT_MS },
          )
          .toArray();
        const entries = await readMessages(
          collections,
          tenantId,
          found.map(({ best }) => best),
        );
        return found.flatMap(({ score, matches, best, conversation }) => {
          const message = entries.get(best.toHexString());
          if (message === undefined) return [];
          const hit: MessageHit = { message, score, highlights: highlight(message.text) };
          return [{ conversation: decoded(collections, conversation), score, matches, best: hit }];
        });
      },
    },
  );
}

function decoded(collections: Collections, document: Document): Conversation {
  return conversationOf(collections.conversations.decode(document));
}

export const searchQueries = { messages, conversations };
