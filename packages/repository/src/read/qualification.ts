import { checkQualification } from '@baton/domain';
import {
  type GetQualification,
  type Page,
  type Qualification,
  type QualificationCheck,
  QualificationField,
  type ListQualificationHistory,
  type RecordedAnswer,
  type TenantId,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { z } from 'zod';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { conversationQueries, pageOfConversation } from './conversation.ts';
import { readPage } from './page.ts';

type OfConversation = z.infer<typeof GetQualification>;

/** @throws Refusal NOT_FOUND */
async function get(
  collections: Collections,
  tenantId: TenantId,
  input: OfConversation,
): Promise<Qualification> {
  return (await conversationQueries.get(collections, tenantId, input)).qualification;
}

/** @throws Refusal NOT_FOUND */
async function check(
  collections: Collections,
  tenantId: TenantId,
  input: OfConversation,
): Promise<QualificationCheck> {
  return checkQualification(await conversationQueries.get(collections, tenantId, input));
}

const AnswerPosition = z.tuple([z.int(), QualificationField]);
type AnswerPosition = z.infer<typeof AnswerPosition>;

function answerOf({
  conversationId,
  seq,
  field,
  answer,
}: WireDocument<'qualification_answers'>): RecordedAnswer {
  return { conversationId, seq, field, answer };
}

/**
 * Every answer as it was recorded, the newest first.
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function history(
  collections: Collections,
  tenantId: TenantId,
  input: ListQualificationHistory,
): Promise<Page<RecordedAnswer>> {
  const { conversationId, field } = input;
  const page = readPage<RecordedAnswer, AnswerPosition>(
    { tenantId, procedure: 'qualification.history', input },
    {
      position: AnswerPosition,
      positionOf: (answer) => [answer.seq, answer.field],
      read: async (after, limit) => {
        const documents = await collections.qualification_answers.collection
          .find(
            {
              tenantId,
              conversationId: new ObjectId(conversationId),
              ...(field && { field }),
              ...(after && {
                seq: { $lte: after[0] },
                $or: [{ seq: { $lt: after[0] } }, { field: { $gt: after[1] } }],
              }),
            },
            { maxTimeMS: READ_TIMEOUT_MS },
          )
          .sort({ seq: -1, field: 1 })
          .hint('by_seq')
          .limit(limit)
          .toArray();
        const answers = documents.map((document) => collections.qualification_answers.tryDecode(document));
        return answers.map((answer) => answer && answerOf(answer));
      },
    },
  );
  return pageOfConversation(collections, tenantId, conversationId, page);
}

export const qualificationQueries = { get, check, history };
