import { z } from 'zod';
import { keyedCommandFields } from './command-fields.ts';
import { AgentId, ConversationId, HandoffId } from './id.ts';
import { Confidence, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

export const HandoffTrigger = z.enum([
  'stage_complete',
  'user_intent',
  'objection',
  'low_confidence',
  'timeout',
  'policy',
  'manual',
]);
export type HandoffTrigger = z.infer<typeof HandoffTrigger>;

/** What the next owner must know; each fact points at the entries that prove it. */
export const Brief = z.strictObject({
  goal: text(500),
  done: z.array(text(500)).max(20),
  open: z.array(text(500)).max(20),
  facts: z.array(z.strictObject({ text: text(500), seqs: z.array(z.int().min(1)).max(20) })).max(20),
  nextStep: text(500),
});
export type Brief = z.infer<typeof Brief>;

export const HandoffKind = z.enum(['transfer', 'request', 'takeover', 'release']);
export type HandoffKind = z.infer<typeof HandoffKind>;

export const HandoffStatus = z.enum(['pending', 'accepted', 'rejected', 'cancelled', 'expired']);
export type HandoffStatus = z.infer<typeof HandoffStatus>;

export const Handoff = z.strictObject({
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
export type Handoff = z.infer<typeof Handoff>;

const transferFields = {
  conversationId: ConversationId,
  from: AgentId,
  to: AgentId,
  reason: text(500),
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

export const TransferHandoff = z.strictObject(transferFields);
export type TransferHandoff = z.infer<typeof TransferHandoff>;

export const RequestHandoff = z.strictObject({ ...transferFields, expiresAt: Timestamp.optional() });
export type RequestHandoff = z.infer<typeof RequestHandoff>;

export const AcceptHandoff = z.strictObject({ handoffId: HandoffId, ...keyedCommandFields, by: AgentId });
export type AcceptHandoff = z.infer<typeof AcceptHandoff>;

export const RejectHandoff = z.strictObject({
  handoffId: HandoffId,
  reason: text(500).optional(),
  ...keyedCommandFields,
  by: AgentId,
});
export type RejectHandoff = z.infer<typeof RejectHandoff>;

export const CancelHandoff = z.strictObject({
  handoffId: HandoffId,
  reason: text(500).optional(),
  ...keyedCommandFields,
});
export type CancelHandoff = z.infer<typeof CancelHandoff>;

/** The server's own command when a pending handoff has run out. */
export const ExpireHandoff = z.strictObject({ handoffId: HandoffId, at: Timestamp.optional() });
export type ExpireHandoff = z.infer<typeof ExpireHandoff>;

export const TakeOver = z.strictObject({
  conversationId: ConversationId,
  reason: text(500).default('Taken over by a person'),
  ...keyedCommandFields,
  by: AgentId,
});
export type TakeOver = z.infer<typeof TakeOver>;

export const ReleaseConversation = z.strictObject({
  conversationId: ConversationId,
  /** Who gets it; without one, the owner before. */
  to: AgentId.optional(),
  reason: text(500).default('Given back'),
  ...keyedCommandFields,
  by: AgentId,
});
export type ReleaseConversation = z.infer<typeof ReleaseConversation>;

export const ListHandoffs = z.strictObject({
  conversationId: ConversationId.optional(),
  status: HandoffStatus.optional(),
  ...pageFields,
});
export type ListHandoffs = z.infer<typeof ListHandoffs>;

/** With an agent: what waits for it, its queues' handoffs included. */
export const ListPendingHandoffs = z.strictObject({ agentId: AgentId.optional(), ...pageFields });
export type ListPendingHandoffs = z.infer<typeof ListPendingHandoffs>;
