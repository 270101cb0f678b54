import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { keyedCommandFields } from './command-fields.ts';
import { DealPatch } from './deal.ts';
import { AgentId, ConversationId } from './id.ts';
import { Milliseconds, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const transitionStageObject = z.strictObject({
  conversationId: ConversationId,
  to: SalesStage,
  reason: text(500).optional(),
  notes: text(2_000).optional(),
  lossReason: text(500).optional(),
  deal: DealPatch.optional(),
  /** Passes the table and its guards; needs the `manage` right and a reason. */
  force: z.boolean().optional(),
  ...keyedCommandFields,
});
export interface TransitionStage extends z.infer<typeof transitionStageObject> {}
export interface TransitionStageInput extends z.input<typeof transitionStageObject> {}
export const TransitionStage: NamedSchema<TransitionStage, TransitionStageInput> =
  named(transitionStageObject);

const stageBlockerObject = z.strictObject({
  code: z.enum(['INVALID_TRANSITION', 'QUALIFICATION_INCOMPLETE', 'DEAL_INCOMPLETE', 'LOSS_REASON_REQUIRED']),
  /** What is still missing, by name: `authority`, `paymentMethod`, `lossReason` … */
  missing: z.array(z.string()),
});
export interface StageBlocker extends z.infer<typeof stageBlockerObject> {}
export const StageBlocker: NamedSchema<StageBlocker> = named(stageBlockerObject);

const listNextStagesObject = z.strictObject({ conversationId: ConversationId });
export interface ListNextStages extends z.infer<typeof listNextStagesObject> {}
export interface ListNextStagesInput extends z.input<typeof listNextStagesObject> {}
export const ListNextStages: NamedSchema<ListNextStages, ListNextStagesInput> = named(listNextStagesObject);
const nextStageObject = z.strictObject({ stage: SalesStage, blockers: z.array(StageBlocker) });
export interface NextStage extends z.infer<typeof nextStageObject> {}
export const NextStage: NamedSchema<NextStage> = named(nextStageObject);

const validateStageObject = z.strictObject({
  conversationId: ConversationId,
  to: SalesStage,
  lossReason: text(500).optional(),
  deal: DealPatch.optional(),
});
export interface ValidateStage extends z.infer<typeof validateStageObject> {}
export interface ValidateStageInput extends z.input<typeof validateStageObject> {}
export const ValidateStage: NamedSchema<ValidateStage, ValidateStageInput> = named(validateStageObject);
const stageValidationObject = z.strictObject({
  valid: z.boolean(),
  from: SalesStage,
  blockers: z.array(StageBlocker),
});
export interface StageValidation extends z.infer<typeof stageValidationObject> {}
export const StageValidation: NamedSchema<StageValidation> = named(stageValidationObject);

const listStageHistoryObject = z.strictObject({ conversationId: ConversationId, ...pageFields });
export interface ListStageHistory extends z.infer<typeof listStageHistoryObject> {}
export interface ListStageHistoryInput extends z.input<typeof listStageHistoryObject> {}
export const ListStageHistory: NamedSchema<ListStageHistory, ListStageHistoryInput> =
  named(listStageHistoryObject);

/** One stay in the history of a conversation's stages. */
const stageMoveObject = z.strictObject({
  seq: z.int(),
  at: Timestamp,
  from: SalesStage,
  to: SalesStage,
  inStageMs: Milliseconds,
  reason: z.string().nullable(),
  notes: z.string().nullable(),
  lossReason: z.string().nullable(),
  forced: z.boolean(),
  by: AgentId.nullable(),
});
export interface StageMove extends z.infer<typeof stageMoveObject> {}
export const StageMove: NamedSchema<StageMove> = named(stageMoveObject);
