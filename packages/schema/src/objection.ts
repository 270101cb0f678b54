import { z } from 'zod';
import { Channel } from './channel.ts';
import { keyedCommandFields } from './command-fields.ts';
import { AgentId, ConversationId, FollowUpId, ObjectionId } from './id.ts';
import { Confidence, Milliseconds, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

export const ObjectionType = z.enum(['price', 'timing', 'trust', 'feature', 'competitor', 'authority']);
export type ObjectionType = z.infer<typeof ObjectionType>;

export const ObjectionSeverity = z.enum(['low', 'medium', 'high']);
export type ObjectionSeverity = z.infer<typeof ObjectionSeverity>;

export const ObjectionStatus = z.enum(['active', 'resolved', 'deferred']);
export type ObjectionStatus = z.infer<typeof ObjectionStatus>;

export const Objection = z.strictObject({
  id: ObjectionId,
  conversationId: ConversationId,
  type: ObjectionType,
  text: text(2_000, 0),
  severity: ObjectionSeverity,
  status: ObjectionStatus,
  raisedBy: AgentId.nullable(),
  raisedAt: Timestamp,
  /** How it was answered. */
  method: text(500).nullable(),
  notes: text(2_000).nullable(),
  handledBy: AgentId.nullable(),
  confidence: Confidence.nullable(),
  resolvedAt: Timestamp.nullable(),
  deferReason: text(500).nullable(),
  deferredAt: Timestamp.nullable(),
  followUpId: FollowUpId.nullable(),
});
export type Objection = z.infer<typeof Objection>;

export const RaiseObjection = z.strictObject({
  conversationId: ConversationId,
  type: ObjectionType,
  text: text(2_000),
  severity: ObjectionSeverity,
  ...keyedCommandFields,
});
export type RaiseObjection = z.infer<typeof RaiseObjection>;

export const ResolveObjection = z.strictObject({
  objectionId: ObjectionId,
  method: text(500),
  notes: text(2_000).optional(),
  handledBy: AgentId,
  confidence: Confidence,
  /** Moves to this stage in the same command. */
  advanceTo: SalesStage.optional(),
  expectedVersion: keyedCommandFields.expectedVersion,
  at: keyedCommandFields.at,
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export type ResolveObjection = z.infer<typeof ResolveObjection>;

export const DeferObjection = z.strictObject({
  objectionId: ObjectionId,
  reason: text(500),
  /** Schedules an `objection_follow_up` for then, in the same command. */
  followUpAt: Timestamp.optional(),
  ...keyedCommandFields,
});
export type DeferObjection = z.infer<typeof DeferObjection>;

export const ListObjections = z.strictObject({
  conversationId: ConversationId.optional(),
  status: ObjectionStatus.optional(),
  type: ObjectionType.optional(),
  channel: Channel.optional(),
  /** Raised at this instant or later. */
  from: Timestamp.optional(),
  /** Raised before this instant. */
  to: Timestamp.optional(),
  ...pageFields,
});
export type ListObjections = z.infer<typeof ListObjections>;

export const ObjectionStats = z.strictObject({
  total: z.int(),
  byType: z.array(
    z.strictObject({
      type: ObjectionType,
      total: z.int(),
      active: z.int(),
      resolved: z.int(),
      deferred: z.int(),
      /** Resolved ÷ total, 0 to 1; null where there is none. */
      resolutionRate: z.number().min(0).max(1).nullable(),
      meanTimeToResolveMs: z.number().min(0).nullable(),
    }),
  ),
  active: z.int(),
  resolved: z.int(),
  deferred: z.int(),
  resolutionRate: z.number().min(0).max(1).nullable(),
  meanTimeToResolveMs: Milliseconds.or(z.number().min(0)).nullable(),
});
export type ObjectionStats = z.infer<typeof ObjectionStats>;
