import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { Force, keyedCommand, keyedCommandFields, type Keyed, type Plain } from './command-fields.ts';
import { AgentId, ConversationId, HandoffId } from './id.ts';
import { Confidence, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const handoffTriggerValues = [
  'stage_complete',
  'user_intent',
  'objection',
  'low_confidence',
  'timeout',
  'policy',
  'manual',
] as const;
export type HandoffTrigger = (typeof handoffTriggerValues)[number];
export interface HandoffTriggerEnum extends NamedEnum<HandoffTrigger> {}
export const HandoffTrigger: HandoffTriggerEnum = z.enum(handoffTriggerValues);

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

const handoffKindValues = ['transfer', 'request', 'takeover', 'release'] as const;
export type HandoffKind = (typeof handoffKindValues)[number];
export interface HandoffKindEnum extends NamedEnum<HandoffKind> {}
export const HandoffKind: HandoffKindEnum = z.enum(handoffKindValues);

const handoffStatusValues = ['pending', 'accepted', 'rejected', 'cancelled', 'expired'] as const;
export type HandoffStatus = (typeof handoffStatusValues)[number];
export interface HandoffStatusEnum extends NamedEnum<HandoffStatus> {}
export const HandoffStatus: HandoffStatusEnum = z.enum(handoffStatusValues);

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

export interface AcceptHandoff extends Keyed {
  handoffId: HandoffId;
  force?: boolean | undefined;
  by: AgentId;
}
export interface AcceptHandoffInput extends Plain<AcceptHandoff> {}
export const AcceptHandoff: NamedSchema<AcceptHandoff, AcceptHandoffInput> = named(
  keyedCommand({
    handoffId: HandoffId,
    force: Force.optional(),
    by: AgentId,
  }),
);

export interface RejectHandoff extends Keyed {
  handoffId: HandoffId;
  reason?: string | undefined;
  by: AgentId;
}
export interface RejectHandoffInput extends Plain<RejectHandoff> {}
export const RejectHandoff: NamedSchema<RejectHandoff, RejectHandoffInput> = named(
  keyedCommand({
    handoffId: HandoffId,
    reason: readableText(500).optional(),
    by: AgentId,
  }),
);

export interface CancelHandoff extends Keyed {
  handoffId: HandoffId;
  reason?: string | undefined;
}
export interface CancelHandoffInput extends Plain<CancelHandoff> {}
export const CancelHandoff: NamedSchema<CancelHandoff, CancelHandoffInput> = named(
  keyedCommand({
    handoffId: HandoffId,
    reason: readableText(500).optional(),
  }),
);

/** The server's own command when a pending handoff has run out. */
export interface ExpireHandoff {
  handoffId: HandoffId;
  at?: Timestamp | undefined;
}
export interface ExpireHandoffInput extends Plain<ExpireHandoff> {}
export const ExpireHandoff: NamedSchema<ExpireHandoff, ExpireHandoffInput> = named(
  z.strictObject({ handoffId: HandoffId, at: Timestamp.optional() }),
);

/** The reason of a takeover that gives none. From a person nobody takes over without a reason of their own. */
export const NO_TAKEOVER_REASON = 'Taken over by a person';

export interface TakeOver extends Keyed {
  conversationId: ConversationId;
  reason: string;
  force?: boolean | undefined;
  by: AgentId;
}
export interface TakeOverInput extends Plain<Omit<TakeOver, 'reason'>> {
  reason?: string | undefined;
}
export const TakeOver: NamedSchema<TakeOver, TakeOverInput> = named(
  keyedCommand({
    conversationId: ConversationId,
    reason: readableText(500).default(NO_TAKEOVER_REASON),
    force: Force.optional(),
    by: AgentId,
  }),
);

export interface ReleaseConversation extends Keyed {
  conversationId: ConversationId;
  /** Who gets it; without one, the owner before. */
  to?: AgentId | undefined;
  reason: string;
  force?: boolean | undefined;
  by: AgentId;
}
export interface ReleaseConversationInput extends Plain<Omit<ReleaseConversation, 'reason'>> {
  reason?: string | undefined;
}
export const ReleaseConversation: NamedSchema<ReleaseConversation, ReleaseConversationInput> = named(
  keyedCommand({
    conversationId: ConversationId,
    to: AgentId.optional(),
    reason: readableText(500).default('Given back'),
    force: Force.optional(),
    by: AgentId,
  }),
);

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
