import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { Channel } from './channel.ts';
import { keyedCommand, keyedCommandFields } from './command-fields.ts';
import { AgentId, ConversationId, FollowUpId, ObjectionId } from './id.ts';
import { Confidence, pageFields } from './page.ts';
import { SalesStage } from './sales-stage.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const objectionTypeValues = ['price', 'timing', 'trust', 'feature', 'competitor', 'authority'] as const;
export type ObjectionType = (typeof objectionTypeValues)[number];
export interface ObjectionTypeEnum extends NamedEnum<ObjectionType> {}
export const ObjectionType: ObjectionTypeEnum = z.enum(objectionTypeValues);

const objectionSeverityValues = ['low', 'medium', 'high'] as const;
export type ObjectionSeverity = (typeof objectionSeverityValues)[number];
export interface ObjectionSeverityEnum extends NamedEnum<ObjectionSeverity> {}
export const ObjectionSeverity: ObjectionSeverityEnum = z.enum(objectionSeverityValues);

const objectionStatusValues = ['active', 'resolved', 'deferred'] as const;
export type ObjectionStatus = (typeof objectionStatusValues)[number];
export interface ObjectionStatusEnum extends NamedEnum<ObjectionStatus> {}
export const ObjectionStatus: ObjectionStatusEnum = z.enum(objectionStatusValues);

export const objectionObject = z.strictObject({
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
export interface Objection extends z.infer<typeof objectionObject> {}
export const Objection: NamedSchema<Objection> = named(objectionObject);

const raiseObjectionObject = keyedCommand({
  conversationId: ConversationId,
  type: ObjectionType,
  text: readableText(2_000),
  severity: ObjectionSeverity,
});
export interface RaiseObjection extends z.infer<typeof raiseObjectionObject> {}
export interface RaiseObjectionInput extends z.input<typeof raiseObjectionObject> {}
export const RaiseObjection: NamedSchema<RaiseObjection, RaiseObjectionInput> = named(raiseObjectionObject);

const resolveObjectionObject = z.strictObject({
  objectionId: ObjectionId,
  method: readableText(500),
  notes: text(2_000).optional(),
  handledBy: AgentId,
  confidence: Confidence,
  /** Moves to this stage in the same command. */
  advanceTo: SalesStage.optional(),
  expectedVersion: keyedCommandFields.expectedVersion,
  at: keyedCommandFields.at,
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export interface ResolveObjection extends z.infer<typeof resolveObjectionObject> {}
export interface ResolveObjectionInput extends z.input<typeof resolveObjectionObject> {}
export const ResolveObjection: NamedSchema<ResolveObjection, ResolveObjectionInput> =
  named(resolveObjectionObject);

const deferObjectionObject = keyedCommand({
  objectionId: ObjectionId,
  reason: readableText(500),
  /** Schedules an `objection_follow_up` for then, in the same command. */
  followUpAt: Timestamp.optional(),
});
export interface DeferObjection extends z.infer<typeof deferObjectionObject> {}
export interface DeferObjectionInput extends z.input<typeof deferObjectionObject> {}
export const DeferObjection: NamedSchema<DeferObjection, DeferObjectionInput> = named(deferObjectionObject);

const listObjectionsObject = z.strictObject({
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
export interface ListObjections extends z.infer<typeof listObjectionsObject> {}
export interface ListObjectionsInput extends z.input<typeof listObjectionsObject> {}
export const ListObjections: NamedSchema<ListObjections, ListObjectionsInput> = named(listObjectionsObject);

interface ObjectionCounts {
  total: number;
  active: number;
  resolved: number;
  deferred: number;
  /** Resolved ÷ total, 0 to 1; null where there is none. */
  resolutionRate: number | null;
  meanTimeToResolveMs: number | null;
}
interface ObjectionTypeCounts extends ObjectionCounts {
  type: ObjectionType;
}
export interface ObjectionStats extends ObjectionCounts {
  byType: ObjectionTypeCounts[];
}
const objectionCounts = {
  total: z.int(),
  active: z.int(),
  resolved: z.int(),
  deferred: z.int(),
  resolutionRate: z.number().min(0).max(1).nullable(),
  meanTimeToResolveMs: z.number().min(0).nullable(),
};
export const ObjectionStats: NamedSchema<ObjectionStats> = named(
  z.strictObject({
    ...objectionCounts,
    byType: z.array(z.strictObject({ type: ObjectionType, ...objectionCounts })),
  }),
);
