import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { type Keyed, type KeyedInput, keyedCommandFields, commandFields } from './command-fields.ts';
import { AgentId, ConversationId } from './id.ts';
import { Cents, Confidence, pageFields } from './page.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

// Words of the timeline that prove an answer: a whole message, or `start` to `end` of its text.
const evidenceObject = z.strictObject({
  seq: z.int().min(1),
  start: z.int().min(0).optional(),
  end: z.int().min(0).optional(),
});
export interface Evidence extends z.infer<typeof evidenceObject> {}
export interface EvidenceInput extends z.input<typeof evidenceObject> {}
export const Evidence: NamedSchema<Evidence, EvidenceInput> = named(evidenceObject);

const certaintyValues = ['fact', 'hypothesis'] as const;
export type Certainty = (typeof certaintyValues)[number];
export interface CertaintyEnum extends NamedEnum<Certainty> {}
export const Certainty: CertaintyEnum = z.enum(certaintyValues);

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

interface AnswerObject<Fields extends z.core.$ZodShape> extends z.ZodObject<
  typeof answerFields & Fields,
  z.core.$strict
> {}

function answerObject<Fields extends z.core.$ZodShape>(fields: Fields): AnswerObject<Fields> {
  return z.strictObject({ ...answerFields, ...fields });
}

const budgetAnswerObject = answerObject(budgetFields);
export interface BudgetAnswer extends z.infer<typeof budgetAnswerObject> {}
export const BudgetAnswer: NamedSchema<BudgetAnswer> = named(budgetAnswerObject);
const authorityAnswerObject = answerObject(authorityFields);
export interface AuthorityAnswer extends z.infer<typeof authorityAnswerObject> {}
export const AuthorityAnswer: NamedSchema<AuthorityAnswer> = named(authorityAnswerObject);
const needAnswerObject = answerObject(needFields);
export interface NeedAnswer extends z.infer<typeof needAnswerObject> {}
export const NeedAnswer: NamedSchema<NeedAnswer> = named(needAnswerObject);
const timelineAnswerObject = answerObject(timelineFields);
export interface TimelineAnswer extends z.infer<typeof timelineAnswerObject> {}
export const TimelineAnswer: NamedSchema<TimelineAnswer> = named(timelineAnswerObject);

const qualificationFieldValues = ['budget', 'authority', 'need', 'timeline'] as const;
export type QualificationField = (typeof qualificationFieldValues)[number];
export interface QualificationFieldEnum extends NamedEnum<QualificationField> {}
export const QualificationField: QualificationFieldEnum = z.enum(qualificationFieldValues);

/** The answers that one recording gave or changed, whole. */
const answersObject = z.strictObject({
  budget: BudgetAnswer.optional(),
  authority: AuthorityAnswer.optional(),
  need: NeedAnswer.optional(),
  timeline: TimelineAnswer.optional(),
});
export interface Answers extends z.infer<typeof answersObject> {}
export const Answers: NamedSchema<Answers> = named(answersObject);

const qualificationObject = z.strictObject({
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
export interface Qualification extends z.infer<typeof qualificationObject> {}
export const Qualification: NamedSchema<Qualification> = named(qualificationObject);

const givenAnswerFields = {
  verdict: z.boolean(),
  confidence: Confidence.default(0.9),
  certainty: Certainty.default('fact'),
  evidence: z.array(Evidence).max(20).optional(),
};

const givenAnswer = <Fields extends z.core.$ZodShape>(fields: Fields) =>
  z.strictObject({ ...givenAnswerFields, ...fields }).optional();

interface Given {
  verdict: boolean;
  confidence: number;
  certainty: Certainty;
  evidence?: Evidence[] | undefined;
}
interface GivenInput extends Partial<Given> {
  verdict: boolean;
}
/** Of each answer its detail beside what all have. */
interface Recorded<Of> {
  budget?: (Of & Pick<BudgetAnswer, 'value' | 'minimumCents'>) | undefined;
  authority?: (Of & Pick<AuthorityAnswer, 'role' | 'needsApproval'>) | undefined;
  need?: (Of & Pick<NeedAnswer, 'painPoints' | 'useCase'>) | undefined;
  timeline?: (Of & Pick<TimelineAnswer, 'timeframe' | 'deadline' | 'urgency'>) | undefined;
  /** Moves to `qualified` in the same command when the four are complete and met. */
  advance?: boolean | undefined;
}
export interface RecordQualification extends Recorded<Given>, Keyed {
  conversationId: ConversationId;
  by: AgentId;
}
export interface RecordQualificationInput extends Recorded<GivenInput>, KeyedInput {
  conversationId: string;
  by: string;
}
export const RecordQualification: NamedSchema<RecordQualification, RecordQualificationInput> = named(
  z
    .strictObject({
      conversationId: ConversationId,
      budget: givenAnswer(budgetFields),
      authority: givenAnswer(authorityFields),
      need: givenAnswer(needFields),
      timeline: givenAnswer(timelineFields),
      by: AgentId,
      advance: z.boolean().optional(),
      idempotencyKey: keyedCommandFields.idempotencyKey,
      ...commandFields,
    })
    .refine((input) => input.budget ?? input.authority ?? input.need ?? input.timeline, {
      message: 'Give at least one of budget, authority, need, timeline',
    }),
);

export interface GetQualification {
  conversationId: ConversationId;
}
export interface GetQualificationInput {
  conversationId: string;
}
export const GetQualification: NamedSchema<GetQualification, GetQualificationInput> = named(
  z.strictObject({ conversationId: ConversationId }),
);

export interface QualificationCheck {
  complete: boolean;
  met: boolean;
  score: number | null;
  /** The fields that are not complete yet. */
  missing: QualificationField[];
  answered: { budget: boolean; authority: boolean; need: boolean; timeline: boolean };
}
export const QualificationCheck: NamedSchema<QualificationCheck> = named(
  z.strictObject({
    complete: z.boolean(),
    met: z.boolean(),
    score: z.number().min(0).max(100).nullable(),
    missing: z.array(QualificationField),
    answered: z.strictObject({
      budget: z.boolean(),
      authority: z.boolean(),
      need: z.boolean(),
      timeline: z.boolean(),
    }),
  }),
);

const listQualificationHistoryObject = z.strictObject({
  conversationId: ConversationId,
  field: QualificationField.optional(),
  ...pageFields,
});
export interface ListQualificationHistory extends z.infer<typeof listQualificationHistoryObject> {}
export interface ListQualificationHistoryInput extends z.input<typeof listQualificationHistoryObject> {}
export const ListQualificationHistory: NamedSchema<ListQualificationHistory, ListQualificationHistoryInput> =
  named(listQualificationHistoryObject);

/** An answer as it was recorded once; later ones do not change it. */
export const recordedAnswerObject = z.strictObject({
  conversationId: ConversationId,
  seq: z.int().min(1),
  field: QualificationField,
  answer: z.union([BudgetAnswer, AuthorityAnswer, NeedAnswer, TimelineAnswer]),
});
export interface RecordedAnswer extends z.infer<typeof recordedAnswerObject> {}
export const RecordedAnswer: NamedSchema<RecordedAnswer> = named(recordedAnswerObject);
