import { z } from 'zod';
import { keyedCommandFields } from './command-fields.ts';
import { AgentId, ConversationId, FollowUpId } from './id.ts';
import { pageFields } from './page.ts';
import { text } from './text.ts';
import { isOnCalendar, Timestamp } from './timestamp.ts';

export const FollowUpType = z.enum([
  're_engagement',
  'objection_follow_up',
  'close_attempt',
  'nurture',
  'onboarding_check',
]);
export type FollowUpType = z.infer<typeof FollowUpType>;

export const FollowUpPriority = z.enum(['low', 'medium', 'high']);
export type FollowUpPriority = z.infer<typeof FollowUpPriority>;

export const FollowUpStatus = z.enum(['open', 'completed', 'cancelled', 'dead']);
export type FollowUpStatus = z.infer<typeof FollowUpStatus>;

/** What makes an open follow-up needless: a customer's message, a move to another stage, an end of the conversation. */
export const CancelOn = z.enum(['customer_reply', 'stage_change', 'close']);
export type CancelOn = z.infer<typeof CancelOn>;

/** A wall clock's time, to be read in a time zone. */
export const LocalTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, {
    error: 'Expected a local time like 2026-03-29T09:30, without a zone',
    abort: true,
  })
  .refine((value) => isOnCalendar(`${value}:00.000Z`), 'No such day or time exists');

/** An IANA time zone, as the runtime knows them. */
export const TimeZone = z
  .string()
  .max(64)
  .refine((value) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
    } catch {
      return false;
    }
  }, 'Expected an IANA time zone like Europe/Berlin');

export const FollowUp = z.strictObject({
  id: FollowUpId,
  conversationId: ConversationId,
  type: FollowUpType,
  status: FollowUpStatus,
  /** When it may be worked on next; a snooze or a failure moves it. */
  dueAt: Timestamp,
  /** No retry falls after this instant. One that nobody has claimed until then is still done once, however late. */
  finalAttemptAt: Timestamp,
  timeZone: text(64).nullable(),
  priority: FollowUpPriority,
  assignee: AgentId.nullable(),
  context: text(2_000, 0).nullable(),
  cancelOn: z.array(CancelOn).max(3),
  attempts: z.int().min(0),
  maxAttempts: z.int().min(1).max(20),
  /** Why the latest attempt failed. */
  lastError: text(1_000, 0).nullable(),
  createdAt: Timestamp,
  /** When it was completed, cancelled or given up. */
  endedAt: Timestamp.nullable(),
  /** What came of it, or why it was cancelled. */
  outcome: text(1_000, 0).nullable(),
});
export type FollowUp = z.infer<typeof FollowUp>;

export const ScheduleFollowUp = z.strictObject({
  conversationId: ConversationId,
  type: FollowUpType,
  dueAt: z.union([Timestamp, z.strictObject({ localTime: LocalTime, timeZone: TimeZone })]),
  finalAttemptAt: Timestamp.optional(),
  priority: FollowUpPriority.default('medium'),
  assignee: AgentId.optional(),
  context: text(2_000).optional(),
  maxAttempts: z.int().min(1).max(20).default(3),
  cancelOn: z.array(CancelOn).max(3).default([]),
  ...keyedCommandFields,
});
export type ScheduleFollowUp = z.infer<typeof ScheduleFollowUp>;

export const SnoozeFollowUp = z.strictObject({
  followUpId: FollowUpId,
  until: z.union([Timestamp, z.strictObject({ localTime: LocalTime, timeZone: TimeZone })]),
  ...keyedCommandFields,
});
export type SnoozeFollowUp = z.infer<typeof SnoozeFollowUp>;

export const CancelFollowUp = z.strictObject({
  followUpId: FollowUpId,
  reason: text(500).optional(),
  ...keyedCommandFields,
});
export type CancelFollowUp = z.infer<typeof CancelFollowUp>;

export const ClaimFollowUps = z.strictObject({
  limit: z.int().min(1).max(100).default(1),
  /** How long the lease holds without a heartbeat, in milliseconds. */
  leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
  assignee: AgentId.optional(),
  /** This one alone, due or not yet: a person does what stands before them. */
  followUpId: FollowUpId.optional(),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export type ClaimFollowUps = z.infer<typeof ClaimFollowUps>;

export const LeaseToken = text(64);

export const ClaimedFollowUp = z.strictObject({
  followUp: FollowUp,
  leaseToken: LeaseToken,
  leaseUntil: Timestamp,
});
export type ClaimedFollowUp = z.infer<typeof ClaimedFollowUp>;

export const HeartbeatFollowUp = z.strictObject({
  followUpId: FollowUpId,
  leaseToken: LeaseToken,
  leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export type HeartbeatFollowUp = z.infer<typeof HeartbeatFollowUp>;

export const CompleteFollowUp = z.strictObject({
  followUpId: FollowUpId,
  leaseToken: LeaseToken,
  outcome: text(1_000).optional(),
  ...keyedCommandFields,
});
export type CompleteFollowUp = z.infer<typeof CompleteFollowUp>;

export const FailFollowUp = z.strictObject({
  followUpId: FollowUpId,
  leaseToken: LeaseToken,
  error: text(1_000),
  /** When to try again, as a provider's own Retry-After says, at the next opening; after a backoff without it. */
  retryAt: Timestamp.optional(),
  ...keyedCommandFields,
});
export type FailFollowUp = z.infer<typeof FailFollowUp>;

export const ListDueFollowUps = z.strictObject({
  before: Timestamp.optional(),
  assignee: AgentId.optional(),
  ...pageFields,
});
export type ListDueFollowUps = z.infer<typeof ListDueFollowUps>;

export const ListFollowUps = z.strictObject({
  conversationId: ConversationId.optional(),
  status: FollowUpStatus.optional(),
  assignee: AgentId.optional(),
  ...pageFields,
});
export type ListFollowUps = z.infer<typeof ListFollowUps>;
