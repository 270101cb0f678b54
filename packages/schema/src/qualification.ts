import { z } from 'zod';
import { commandFields, IdempotencyKey } from './command-fields.ts';
import { AgentId, ConversationId } from './id.ts';
import { Cents, Confidence, pageFields } from './page.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** Words of the timeline that prove an answer: a whole message, or `start` to `end` of its text. */
export const Evidence = z.strictObject({
  seq: z.int().min(1),
  start: z.int().min(0).optional(),
  end: z.int().min(0).optional(),
});
export type Evidence = z.infer<typeof Evidence>;

export const Certainty = z.enum(['fact', 'hypothesis']);
export type Certainty = z.infer<typeof Certainty>;

const budgetFields = { value: text(500).optional(), minimumCents: Cents.optional() };
const authorityFields = { role: text(200).optional(), needsApproval: z.boolean().optional() };
const needFields = { painPoints: z.array(text(500)).max(20).optional(), useCase: text(500).optional() };
const timelineFields = {
  timeframe: text(200).optional(),
  deadline: Timestamp.optional(),
  urgency: z.enum(['low', 'medium', 'high']).optional(),
};

const answerFields = {
  verdict: z.boolean(),
  confidence: Confidence,
  certainty: Certainty,
  evidence: z.array(Evidence).max(20),
  by: AgentId,
  at: Timestamp,
};

export const BudgetAnswer = z.strictObject({ ...answerFields, ...budgetFields });
export const AuthorityAnswer = z.strictObject({ ...answerFields, ...authorityFields });
export const NeedAnswer = z.strictObject({ ...answerFields, ...needFields });
export const TimelineAnswer = z.strictObject({ ...answerFields, ...timelineFields });

export const QualificationField = z.enum(['budget', 'authority', 'need', 'timeline']);
export type QualificationField = z.infer<typeof QualificationField>;

/** The answers that one recording gave or changed, whole. */
export const Answers = z.strictObject({
  budget: BudgetAnswer.optional(),
  authority: AuthorityAnswer.optional(),
  need: NeedAnswer.optional(),
  timeline: TimelineAnswer.optional(),
});
export type Answers = z.infer<typeof Answers>;

export const Qualification = z.strictObject({
  budget: BudgetAnswer.nullable(),
  authority: AuthorityAnswer.nullable(),
  need: NeedAnswer.nullable(),
  timeline: TimelineAnswer.nullable(),
  score: z.number().min(0).max(100).nullable(),
  complete: z.boolean(),
  met: z.boolean(),
  qualifiedAt: Timestamp.nullable(),
  qualifiedBy: AgentId.nullable(),
});
export type Qualification = z.infer<typeof Qualification>;

const givenAnswerFields = {
  verdict: z.boolean(),
  confidence: Confidence.default(0.9),
  certainty: Certainty.default('fact'),
  evidence: z.array(Evidence).max(20).optional(),
};

export const RecordQualification = z
  .strictObject({
    conversationId: ConversationId,
    budget: z.strictObject({ ...givenAnswerFields, ...budgetFields }).optional(),
    authority: z.strictObject({ ...givenAnswerFields, ...authorityFields }).optional(),
    need: z.strictObject({ ...givenAnswerFields, ...needFields }).optional(),
    timeline: z.strictObject({ ...givenAnswerFields, ...timelineFields }).optional(),
    by: AgentId,
    /** Moves to `qualified` in the same command when the four are complete and met. */
    advance: z.boolean().optional(),
    idempotencyKey: IdempotencyKey.optional(),
    ...commandFields,
  })
  .refine((input) => input.budget ?? input.authority ?? input.need ?? input.timeline, {
    message: 'Give at least one of budget, authority, need, timeline',
  });
export type RecordQualification = z.infer<typeof RecordQualification>;

export const GetQualification = z.strictObject({ conversationId: ConversationId });

export const QualificationCheck = z.strictObject({
  complete: z.boolean(),
  met: z.boolean(),
  score: z.number().min(0).max(100).nullable(),
  /** The fields that are not complete yet. */
  missing: z.array(QualificationField),
  answered: z.strictObject({
    budget: z.boolean(),
    authority: z.boolean(),
    need: z.boolean(),
    timeline: z.boolean(),
  }),
});
export type QualificationCheck = z.infer<typeof QualificationCheck>;

export const ListQualificationHistory = z.strictObject({
  conversationId: ConversationId,
  field: QualificationField.optional(),
  ...pageFields,
});
export type ListQualificationHistory = z.infer<typeof ListQualificationHistory>;

/** An answer as it was recorded once; later ones do not change it. */
export const RecordedAnswer = z.strictObject({
  conversationId: ConversationId,
  seq: z.int().min(1),
  field: QualificationField,
  answer: z.union([BudgetAnswer, AuthorityAnswer, NeedAnswer, TimelineAnswer]),
});
export type RecordedAnswer = z.infer<typeof RecordedAnswer>;
