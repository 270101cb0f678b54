import { z } from 'zod';
import { named, type NamedSchema, type TypeOf } from './named.ts';
import { Force, keyedCommand, keyedCommandFields } from './command-fields.ts';
import { AgentId, ConversationId, HandoffId } from './id.ts';
import { Confidence, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const handoffTriggerEnum = z.enum([
  'stage_complete',
  'user_intent',
  'objection',
  'low_confidence',
  'timeout',
  'policy',
  'manual',
]);
export type HandoffTrigger = z.infer<typeof handoffTriggerEnum>;
export interface HandoffTriggerEnum extends TypeOf<typeof handoffTriggerEnum> {}
export const HandoffTrigger: HandoffTriggerEnum = handoffTriggerEnum;

// What the next owner must know; each fact points at the entries that prove it.
const briefObject = z.strictObject({
  goal: text(500),
  done: z.array(text(500)).max(20),
  open: z.array(text(500)).max(20),
  facts: z.array(z.strictObject({ text: text(500), seqs: z.array(z.int().min(1)).max(20) })).max(20),
  nextStep: text(500),
});
export interface Brief extends z.infer<typeof briefObject> {}
export interface BriefInput extends z.input<typeof briefObject> {}
export const Brief: NamedSchema<Brief, BriefInput> = named(briefObject);

const handoffKindEnum = z.enum(['transfer', 'request', 'takeover', 'release']);
export type HandoffKind = z.infer<typeof handoffKindEnum>;
export interface HandoffKindEnum extends TypeOf<typeof handoffKindEnum> {}
export const HandoffKind: HandoffKindEnum = handoffKindEnum;

const handoffStatusEnum = z.enum(['pending', 'accepted', 'rejected', 'cancelled', 'expired']);
export type HandoffStatus = z.infer<typeof handoffStatusEnum>;
export interface HandoffStatusEnum extends TypeOf<typeof handoffStatusEnum> {}
export const HandoffStatus: HandoffStatusEnum = handoffStatusEnum;

export const handoffObject = z.strictObject({
  id: HandoffId,
  conversationId: ConversationId,
  kind: HandoffKind,
  status: HandoffStatus,
  from: AgentId,
  /** The agent or the queue that was asked. */
  to: AgentId,
  /** Who took it; differs from `to` where a member of a queue did. */
  acceptedBy: AgentId.nullable(),
  reason: text(500),
  trigger: HandoffTrigger,
  confidence: Confidence,
  brief: Brief.nullable(),
  /** The stage that it moves to when it takes effect. */
  stage: SalesStage.nullable(),
  requestedAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  resolvedAt: Timestamp.nullable(),
  resolution: text(500).nullable(),
});
export interface Handoff extends z.infer<typeof handoffObject> {}
export const Handoff: NamedSchema<Handoff> = named(handoffObject);

const transferFields = {
  conversationId: ConversationId,
  from: AgentId,
  to: AgentId,
  reason: readableText(500),
  trigger: HandoffTrigger,
  confidence: Confidence.default(0.9),
  brief: Brief.optional(),
  stage: SalesStage.optional(),
  /** The epoch under which `from` decided; with another by now it is refused. */
  ownerEpoch: z.int().min(1).optional(),
  expectedVersion: keyedCommandFields.expectedVersion,
  at: keyedCommandFields.at,
  idempotencyKey: keyedCommandFields.idempotencyKey,
};

/** Gives an agent's open conversations to another, step by step. */
export interface ReassignConversations {
  from: AgentId;
  to: AgentId;
  /** Most conversations that one call moves, 50 by default. */
  limit: number;
  reason: string;
  force?: boolean | undefined;
  idempotencyKey?: string | undefined;
}
export interface ReassignConversationsInput extends Partial<Omit<ReassignConversations, 'from' | 'to'>> {
  from: string;
  to: string;
}
export const ReassignConversations: NamedSchema<ReassignConversations, ReassignConversationsInput> = named(
  z.strictObject({
    from: AgentId,
    to: AgentId,
    limit: z.int().min(1).max(100).default(50),
    reason: readableText(500).default('The desk was reassigned'),
    force: Force.optional(),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  }),
);

export interface Reassigned {
  /** Those that were moved. */
  conversationIds: ConversationId[];
  /** Those that could not be, with the code of the refusal. */
  skipped: { conversationId: ConversationId; code: string }[];
  /** Why the step ended early, as AGENT_FULL; null where it did not. */
  stopped: string | null;
  /** Whether the agent may have more open conversations. */
  more: boolean;
}
export const Reassigned: NamedSchema<Reassigned> = named(
  z.strictObject({
    conversationIds: z.array(ConversationId),
    skipped: z.array(z.strictObject({ conversationId: ConversationId, code: z.string() })),
    stopped: z.string().nullable(),
    more: z.boolean(),
  }),
);

const transferHandoffObject = z.strictObject({ ...transferFields, force: Force.optional() });
export interface TransferHandoff extends z.infer<typeof transferHandoffObject> {}
export interface TransferHandoffInput extends z.input<typeof transferHandoffObject> {}
export const TransferHandoff: NamedSchema<TransferHandoff, TransferHandoffInput> =
  named(transferHandoffObject);

const requestHandoffObject = z.strictObject({ ...transferFields, expiresAt: Timestamp.optional() });
export interface RequestHandoff extends z.infer<typeof requestHandoffObject> {}
export interface RequestHandoffInput extends z.input<typeof requestHandoffObject> {}
export const RequestHandoff: NamedSchema<RequestHandoff, RequestHandoffInput> = named(requestHandoffObject);

const acceptHandoffObject = keyedCommand({
  handoffId: HandoffId,
  force: Force.optional(),
  by: AgentId,
});
export interface AcceptHandoff extends z.infer<typeof acceptHandoffObject> {}
export interface AcceptHandoffInput extends z.input<typeof acceptHandoffObject> {}
export const AcceptHandoff: NamedSchema<AcceptHandoff, AcceptHandoffInput> = named(acceptHandoffObject);

const rejectHandoffObject = keyedCommand({
  handoffId: HandoffId,
  reason: readableText(500).optional(),
  by: AgentId,
});
export interface RejectHandoff extends z.infer<typeof rejectHandoffObject> {}
export interface RejectHandoffInput extends z.input<typeof rejectHandoffObject> {}
export const RejectHandoff: NamedSchema<RejectHandoff, RejectHandoffInput> = named(rejectHandoffObject);

const cancelHandoffObject = keyedCommand({
  handoffId: HandoffId,
  reason: readableText(500).optional(),
});
export interface CancelHandoff extends z.infer<typeof cancelHandoffObject> {}
export interface CancelHandoffInput extends z.input<typeof cancelHandoffObject> {}
export const CancelHandoff: NamedSchema<CancelHandoff, CancelHandoffInput> = named(cancelHandoffObject);

/** The server's own command when a pending handoff has run out. */
const expireHandoffObject = z.strictObject({ handoffId: HandoffId, at: Timestamp.optional() });
export interface ExpireHandoff extends z.infer<typeof expireHandoffObject> {}
export interface ExpireHandoffInput extends z.input<typeof expireHandoffObject> {}
export const ExpireHandoff: NamedSchema<ExpireHandoff, ExpireHandoffInput> = named(expireHandoffObject);

/** The reason of a takeover that gives none. From a person nobody takes over without a reason of their own. */
export const NO_TAKEOVER_REASON = 'Taken over by a person';

const takeOverObject = keyedCommand({
  conversationId: ConversationId,
  reason: readableText(500).default(NO_TAKEOVER_REASON),
  force: Force.optional(),
  by: AgentId,
});
export interface TakeOver extends z.infer<typeof takeOverObject> {}
export interface TakeOverInput extends z.input<typeof takeOverObject> {}
export const TakeOver: NamedSchema<TakeOver, TakeOverInput> = named(takeOverObject);

const releaseConversationObject = keyedCommand({
  conversationId: ConversationId,
  /** Who gets it; without one, the owner before. */
  to: AgentId.optional(),
  reason: readableText(500).default('Given back'),
  force: Force.optional(),
  by: AgentId,
});
export interface ReleaseConversation extends z.infer<typeof releaseConversationObject> {}
export interface ReleaseConversationInput extends z.input<typeof releaseConversationObject> {}
export const ReleaseConversation: NamedSchema<ReleaseConversation, ReleaseConversationInput> =
  named(releaseConversationObject);

const listHandoffsObject = z.strictObject({
  conversationId: ConversationId.optional(),
  status: HandoffStatus.optional(),
  ...pageFields,
});
export interface ListHandoffs extends z.infer<typeof listHandoffsObject> {}
export interface ListHandoffsInput extends z.input<typeof listHandoffsObject> {}
export const ListHandoffs: NamedSchema<ListHandoffs, ListHandoffsInput> = named(listHandoffsObject);

/** With an agent: what waits for it, its queues' handoffs included. */
const listPendingHandoffsObject = z.strictObject({ agentId: AgentId.optional(), ...pageFields });
export interface ListPendingHandoffs extends z.infer<typeof listPendingHandoffsObject> {}
export interface ListPendingHandoffsInput extends z.input<typeof listPendingHandoffsObject> {}
export const ListPendingHandoffs: NamedSchema<ListPendingHandoffs, ListPendingHandoffsInput> =
  named(listPendingHandoffsObject);
