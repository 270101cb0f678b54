import { z } from 'zod';
import { keyedCommandFields } from './command-fields.ts';
import { ConversationId } from './id.ts';
import { Cents } from './page.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

export const PaymentMethod = z.enum(['credit_card', 'ach', 'wire', 'check']);
export type PaymentMethod = z.infer<typeof PaymentMethod>;

/** What is being sold and how it ended. A part nobody has agreed on yet is null. */
export const Deal = z.strictObject({
  monthlyValueCents: Cents.nullable(),
  setupFeeCents: Cents.nullable(),
  /** Whole months. */
  contractLength: z.int().min(1).max(600).nullable(),
  paymentMethod: PaymentMethod.nullable(),
  discountPercent: z.number().min(0).max(100).nullable(),
  startAt: Timestamp.nullable(),
  closedAt: Timestamp.nullable(),
  closeReason: text(500).nullable(),
});
export type Deal = z.infer<typeof Deal>;

/** The parts of a deal to change; null takes a part back. */
export const DealPatch = Deal.omit({ closedAt: true }).partial();
export type DealPatch = z.infer<typeof DealPatch>;

export const UpdateDeal = z.strictObject({
  conversationId: ConversationId,
  deal: DealPatch.refine((deal) => Object.values(deal).some((part) => part !== undefined), {
    message: 'Give at least one part of the deal',
  }),
  ...keyedCommandFields,
});
export type UpdateDeal = z.infer<typeof UpdateDeal>;

export const DealOutcome = z.enum(['won', 'lost']);
export type DealOutcome = z.infer<typeof DealOutcome>;

export const CloseDeal = z.strictObject({
  conversationId: ConversationId,
  outcome: DealOutcome,
  deal: DealPatch.optional(),
  lossReason: text(500).optional(),
  ...keyedCommandFields,
});
export type CloseDeal = z.infer<typeof CloseDeal>;
