import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { keyedCommand } from './command-fields.ts';
import { DealPatch } from './deal.ts';
import { AgentId, ConversationId } from './id.ts';
import { Milliseconds, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const transitionStageObject = keyedCommand({
  conversationId: ConversationId,
  to: SalesStage,
  reason: readableText(500).optional(),
  notes: text(2_000).optional(),
  lossReason: readableText(500).optional(),
  deal: DealPatch.optional(),
  /** Passes the table and its guards; needs the `manage` right and a reason. */
  force: z.boolean().optional(),
});
export interface TransitionStage extends z.infer<typeof transitionStageObject> {}
export interface TransitionStageInput extends z.input<typeof transitionStageObject> {}
export const TransitionStage: NamedSchema<TransitionStage, TransitionStageInput> =
  named(transitionStageObject);

export interface StageBlocker {
  code: 'INVALID_TRANSITION' | 'QUALIFICATION_INCOMPLETE' | 'DEAL_INCOMPLETE' | 'LOSS_REASON_REQUIRED';
  /** What is still missing, by name: `authority`, `paymentMethod`, `lossReason` … */
  missing: string[];
}
export const StageBlocker: NamedSchema<StageBlocker> = named(
  z.strictObject({
    code: z.enum([
      'INVALID_TRANSITION',
      'QUALIFICATION_INCOMPLETE',
      'DEAL_INCOMPLETE',
      'LOSS_REASON_REQUIRED',
    ]),
    missing: z.array(z.string()),
  }),
);

export interface ListNextStages {
  conversationId: ConversationId;
}
export interface ListNextStagesInput {
  conversationId: string;
}
export const ListNextStages: NamedSchema<ListNextStages, ListNextStagesInput> = named(
  z.strictObject({ conversationId: ConversationId }),
);
export interface NextStage {
  stage: SalesStage;
  blockers: StageBlocker[];
}
export const NextStage: NamedSchema<NextStage> = named(
  z.strictObject({ stage: SalesStage, blockers: z.array(StageBlocker) }),
);

const validateStageObject = z.strictObject({
  conversationId: ConversationId,
  to: SalesStage,
  lossReason: readableText(500).optional(),
  deal: DealPatch.optional(),
});
export interface ValidateStage extends z.infer<typeof validateStageObject> {}
export interface ValidateStageInput extends z.input<typeof validateStageObject> {}
export const ValidateStage: NamedSchema<ValidateStage, ValidateStageInput> = named(validateStageObject);
export interface StageValidation {
  valid: boolean;
  from: SalesStage;
  blockers: StageBlocker[];
}
export const StageValidation: NamedSchema<StageValidation> = named(
  z.strictObject({
    valid: z.boolean(),
    from: SalesStage,
    blockers: z.array(StageBlocker),
  }),
);

const listStageHistoryObject = z.strictObject({ conversationId: ConversationId, ...pageFields });
export interface ListStageHistory extends z.infer<typeof listStageHistoryObject> {}
export interface ListStageHistoryInput extends z.input<typeof listStageHistoryObject> {}
export const ListStageHistory: NamedSchema<ListStageHistory, ListStageHistoryInput> =
  named(listStageHistoryObject);

/** One stay in the history of a conversation's stages. */
export interface StageMove {
  seq: number;
  at: Timestamp;
  from: SalesStage;
  to: SalesStage;
  inStageMs: number;
  reason: string | null;
  notes: string | null;
  lossReason: string | null;
  forced: boolean;
  by: AgentId | null;
}
export const StageMove: NamedSchema<StageMove> = named(
  z.strictObject({
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
  }),
);
