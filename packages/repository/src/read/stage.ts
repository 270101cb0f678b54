import { nextStages, stageBlockers } from '@baton/domain';
import type {
  ListNextStages,
  NextStage,
  Page,
  ListStageHistory,
  StageMove,
  StageValidation,
  TenantId,
  ValidateStage,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import type { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readEntry } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { conversationQueries, pageOfConversation } from './conversation.ts';
import { readPage, SeqPosition } from './page.ts';

/**
 * Each stage that may come next, with what still blocks it.
 * @throws Refusal NOT_FOUND
 */
async function listNext(
  collections: Collections,
  tenantId: TenantId,
  input: z.infer<typeof ListNextStages>,
): Promise<NextStage[]> {
  return nextStages(await conversationQueries.get(collections, tenantId, input));
}

/**
 * Whether a move would be accepted now, and if not, why.
 * @throws Refusal NOT_FOUND
 */
async function validate(
  collections: Collections,
  tenantId: TenantId,
  { conversationId, ...move }: z.infer<typeof ValidateStage>,
): Promise<StageValidation> {
  const conversation = await conversationQueries.get(collections, tenantId, { conversationId });
  const blockers = stageBlockers(conversation, move);
  return { valid: blockers.length === 0, from: conversation.stage, blockers };
}

function readMove(collections: Collections, document: Document): StageMove | null {
  const entry = readEntry(collections, document);
  if (entry?.kind !== 'stage') return null;
  const { seq, at, from, to, inStageMs, reason, notes, lossReason, forced, actor } = entry;
  return { seq, at, from, to, inStageMs, reason, notes, lossReason, forced, by: actor.agentId ?? null };
}

/**
 * The conversation's moves, the newest first.
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function history(
  collections: Collections,
  tenantId: TenantId,
  input: z.infer<typeof ListStageHistory>,
): Promise<Page<StageMove>> {
  const { conversationId } = input;
  const page = readPage<StageMove, [number]>(
    { tenantId, procedure: 'stages.history', input },
    {
      position: SeqPosition,
      positionOf: ({ seq }) => [seq],
      read: async (after, limit) => {
        const documents = await collections.timeline.collection
          .find(
            {
              tenantId,
              conversationId: new ObjectId(conversationId),
              kind: 'stage',
              ...(after && { seq: { $lt: after[0] } }),
            },
            { maxTimeMS: READ_TIMEOUT_MS },
          )
          .sort({ seq: -1 })
          .hint('by_conversation_kind')
          .limit(limit)
          .toArray();
        return documents.map((document) => readMove(collections, document));
      },
    },
  );
  return pageOfConversation(collections, tenantId, conversationId, page);
}

export const stageQueries = { listNext, validate, history };
