import { z } from 'zod';
import { keyedCommandFields } from './command-fields.ts';
import { DealPatch } from './deal.ts';
import { AgentId, ConversationId } from './id.ts';
import { Milliseconds, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

export const TransitionStage = z.strictObject({
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
export type TransitionStage = z.infer<typeof TransitionStage>;

export const StageBlocker = z.strictObject({
  code: z.enum(['INVALID_TRANSITION', 'QUALIFICATION_INCOMPLETE', 'DEAL_INCOMPLETE', 'LOSS_REASON_REQUIRED']),
  /** What is still missing, by name: `authority`, `paymentMethod`, `lossReason` … */
  missing: z.array(z.string()),
});
export type StageBlocker = z.infer<typeof StageBlocker>;

export const ListNextStages = z.strictObject({ conversationId: ConversationId });
export const NextStage = z.strictObject({ stage: SalesStage, blockers: z.array(StageBlocker) });
export type NextStage = z.infer<typeof NextStage>;

export const ValidateStage = z.strictObject({
  conversationId: ConversationId,
  to: SalesStage,
  lossReason: text(500).optional(),
  deal: DealPatch.optional(),
});
export const StageValidation = z.strictObject({
  valid: z.boolean(),
  from: SalesStage,
  blockers: z.array(StageBlocker),
});
export type StageValidation = z.infer<typeof StageValidation>;

export const ListStageHistory = z.strictObject({ conversationId: ConversationId, ...pageFields });

/** One stay in the history of a conversation's stages. */
export const StageMove = z.strictObject({
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
export type StageMove = z.infer<typeof StageMove>;
