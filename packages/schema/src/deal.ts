import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { keyedCommand } from './command-fields.ts';
import { ConversationId } from './id.ts';
import { Cents } from './page.ts';
import { storedName } from './storage.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const paymentMethodValues = ['credit_card', 'ach', 'wire', 'check'] as const;
export type PaymentMethod = (typeof paymentMethodValues)[number];
export interface PaymentMethodEnum extends NamedEnum<PaymentMethod> {}
export const PaymentMethod: PaymentMethodEnum = z.enum(paymentMethodValues);

// What is being sold and how it ended. A part nobody has agreed on yet is null.
const dealObject = z.strictObject({
  monthlyValueCents: Cents.nullable(),
  setupFeeCents: Cents.nullable(),
  contractMonths: z.int().min(1).max(600).nullable().register(storedName, { name: 'contractLength' }),
  paymentMethod: PaymentMethod.nullable(),
  discountPercent: z.number().min(0).max(100).nullable(),
  startAt: Timestamp.nullable(),
  closedAt: Timestamp.nullable(),
  closeReason: text(500).nullable(),
});
export interface Deal extends z.infer<typeof dealObject> {}
export const Deal: NamedSchema<Deal> = named(dealObject);

// The parts of a deal to change; null takes a part back.
const dealPatchObject = dealObject.omit({ closedAt: true }).partial();
export interface DealPatch extends z.infer<typeof dealPatchObject> {}
export interface DealPatchInput extends z.input<typeof dealPatchObject> {}
export const DealPatch: NamedSchema<DealPatch, DealPatchInput> = named(dealPatchObject);

const updateDealObject = keyedCommand({
  conversationId: ConversationId,
  deal: DealPatch.refine((deal) => Object.values(deal).some((part) => part !== undefined), {
    message: 'Give at least one part of the deal',
  }),
});
export interface UpdateDeal extends z.infer<typeof updateDealObject> {}
export interface UpdateDealInput extends z.input<typeof updateDealObject> {}
export const UpdateDeal: NamedSchema<UpdateDeal, UpdateDealInput> = named(updateDealObject);

export const DealOutcome = z.enum(['won', 'lost']);
export type DealOutcome = z.infer<typeof DealOutcome>;

const closeDealObject = keyedCommand({
  conversationId: ConversationId,
  outcome: DealOutcome,
  deal: DealPatch.optional(),
  lossReason: readableText(500).optional(),
});
export interface CloseDeal extends z.infer<typeof closeDealObject> {}
export interface CloseDealInput extends z.input<typeof closeDealObject> {}
export const CloseDeal: NamedSchema<CloseDeal, CloseDealInput> = named(closeDealObject);
