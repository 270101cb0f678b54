import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { keyedCommand, keyedCommandFields, type Keyed, type Plain } from './command-fields.ts';
import { AgentId, ConversationId, FollowUpId } from './id.ts';
import { pageFields } from './page.ts';
import { readableText, text } from './text.ts';
import { isOnCalendar, Timestamp } from './timestamp.ts';

const followUpTypeValues = [
  're_engagement',
  'objection_follow_up',
  'close_attempt',
  'nurture',
  'onboarding_check',
] as const;
export type FollowUpType = (typeof followUpTypeValues)[number];
export interface FollowUpTypeEnum extends NamedEnum<FollowUpType> {}
export const FollowUpType: FollowUpTypeEnum = z.enum(followUpTypeValues);

const followUpPriorityValues = ['low', 'medium', 'high'] as const;
export type FollowUpPriority = (typeof followUpPriorityValues)[number];
export interface FollowUpPriorityEnum extends NamedEnum<FollowUpPriority> {}
export const FollowUpPriority: FollowUpPriorityEnum = z.enum(followUpPriorityValues);

const followUpStatusValues = ['open', 'completed', 'cancelled', 'dead'] as const;
export type FollowUpStatus = (typeof followUpStatusValues)[number];
export interface FollowUpStatusEnum extends NamedEnum<FollowUpStatus> {}
export const FollowUpStatus: FollowUpStatusEnum = z.enum(followUpStatusValues);

/** What makes an open follow-up needless: a customer's message, a move to another stage, an end of the conversation. */
const cancelOnValues = ['customer_reply', 'stage_change', 'close'] as const;
export type CancelOn = (typeof cancelOnValues)[number];
export interface CancelOnEnum extends NamedEnum<CancelOn> {}
export const CancelOn: CancelOnEnum = z.enum(cancelOnValues);

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

/** When a follow-up is due: an instant, or a wall clock's time in a time zone. */
export const DueTime = z.union([Timestamp, z.strictObject({ localTime: LocalTime, timeZone: TimeZone })]);

const repeatFields = {
  everyDays: z.int().min(1).max(366).optional(),
  weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).optional(),
  until: Timestamp.optional(),
};

/** How a follow-up repeats: the next one is scheduled when one is completed or given up. */
export interface Repeat extends NewRepeat {
  timeZone: string;
  /** The wall clock's time there, whatever the clocks change. */
  time: string;
}
export const Repeat: NamedSchema<Repeat> = named(
  z.strictObject({ ...repeatFields, timeZone: text(64), time: z.string().regex(/^\d{2}:\d{2}$/) }),
);

/** As a caller gives it. */
export interface NewRepeat {
  /** Every so many days; or on these weekdays, of which 1 is Monday. */
  everyDays?: number | undefined;
  weekdays?: number[] | undefined;
  /** None is scheduled that would be due after it. */
  until?: Timestamp | undefined;
  timeZone?: string | undefined;
}
export const NewRepeat: NamedSchema<NewRepeat, NewRepeat> = z
  .strictObject({ ...repeatFields, timeZone: TimeZone.optional() })
  .refine(({ everyDays, weekdays }) => (everyDays === undefined) !== (weekdays === undefined), {
    message: 'Give everyDays or weekdays',
  });

export const followUpObject = z.strictObject({
  id: FollowUpId,
  conversationId: ConversationId,
  type: FollowUpType,
  status: FollowUpStatus,
  /** When it may be worked on next; a snooze or a failure moves it. */
  dueAt: Timestamp,
  /** After this instant it is not tried again. One that nobody has claimed until then is still done once, however late. */
  finalAttemptAt: Timestamp,
  timeZone: text(64).nullable(),
  priority: FollowUpPriority,
  assignee: AgentId.nullable(),
  context: text(2_000, 0).nullable(),
  cancelOn: z.array(CancelOn).max(3),
  /** Claims that ended: completed, failed, or lost with the lease. */
  attempts: z.int().min(0),
  maxAttempts: z.int().min(1).max(20),
  /** Why the latest attempt failed. */
  lastError: text(1_000, 0).nullable(),
  createdAt: Timestamp,
  /** When it was completed, cancelled or given up. */
  endedAt: Timestamp.nullable(),
  /** What came of it, or why it was cancelled. */
  outcome: text(1_000, 0).nullable(),
  /** Absent where it does not repeat. */
  repeat: Repeat.optional(),
});
export interface FollowUp extends z.infer<typeof followUpObject> {}
export const FollowUp: NamedSchema<FollowUp> = named(followUpObject);

const scheduleFollowUpObject = keyedCommand({
  conversationId: ConversationId,
  type: FollowUpType,
  dueAt: DueTime,
  finalAttemptAt: Timestamp.optional(),
  priority: FollowUpPriority.default('medium'),
  assignee: AgentId.optional(),
  context: text(2_000).optional(),
  maxAttempts: z.int().min(1).max(20).default(3),
  cancelOn: z.array(CancelOn).max(3).default([]),
  /** In the zone of `dueAt`, or in one of its own. */
  repeat: NewRepeat.optional(),
});
export interface ScheduleFollowUp extends z.infer<typeof scheduleFollowUpObject> {}
export interface ScheduleFollowUpInput extends z.input<typeof scheduleFollowUpObject> {}
export const ScheduleFollowUp: NamedSchema<ScheduleFollowUp, ScheduleFollowUpInput> =
  named(scheduleFollowUpObject);

export interface SnoozeFollowUp extends Keyed {
  followUpId: FollowUpId;
  until: z.infer<typeof DueTime>;
}
export interface SnoozeFollowUpInput extends Plain<SnoozeFollowUp> {}
export const SnoozeFollowUp: NamedSchema<SnoozeFollowUp, SnoozeFollowUpInput> = named(
  keyedCommand({
    followUpId: FollowUpId,
    until: DueTime,
  }),
);

export interface CancelFollowUp extends Keyed {
  followUpId: FollowUpId;
  reason?: string | undefined;
}
export interface CancelFollowUpInput extends Plain<CancelFollowUp> {}
export const CancelFollowUp: NamedSchema<CancelFollowUp, CancelFollowUpInput> = named(
  keyedCommand({
    followUpId: FollowUpId,
    reason: readableText(500).optional(),
  }),
);

export interface ClaimFollowUps {
  limit: number;
  /** How long the lease holds without a heartbeat, in milliseconds. */
  leaseMs: number;
  assignee?: AgentId | undefined;
  /** This one alone, due or not yet: a person does what stands before them. */
  followUpId?: FollowUpId | undefined;
  idempotencyKey?: string | undefined;
}
export interface ClaimFollowUpsInput extends Plain<Omit<ClaimFollowUps, 'limit' | 'leaseMs'>> {
  limit?: number | undefined;
  leaseMs?: number | undefined;
}
export const ClaimFollowUps: NamedSchema<ClaimFollowUps, ClaimFollowUpsInput> = named(
  z.strictObject({
    limit: z.int().min(1).max(100).default(1),
    leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
    assignee: AgentId.optional(),
    followUpId: FollowUpId.optional(),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  }),
);

export const LeaseToken = text(64);

export interface ClaimedFollowUp {
  followUp: FollowUp;
  /** Which claim of the follow-up this is, from 1: with its id, a key under which a handler may do its work once. */
  attempt: number;
  leaseToken: string;
  leaseUntil: Timestamp;
}
export const ClaimedFollowUp: NamedSchema<ClaimedFollowUp> = named(
  z.strictObject({
    followUp: FollowUp,
    attempt: z.int().min(1),
    leaseToken: LeaseToken,
    leaseUntil: Timestamp,
  }),
);

export interface HeartbeatFollowUp {
  followUpId: FollowUpId;
  leaseToken: string;
  leaseMs: number;
  idempotencyKey?: string | undefined;
}
export interface HeartbeatFollowUpInput extends Plain<Omit<HeartbeatFollowUp, 'leaseMs'>> {
  leaseMs?: number | undefined;
}
export const HeartbeatFollowUp: NamedSchema<HeartbeatFollowUp, HeartbeatFollowUpInput> = named(
  z.strictObject({
    followUpId: FollowUpId,
    leaseToken: LeaseToken,
    leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  }),
);

export interface CompleteFollowUp extends Keyed {
  followUpId: FollowUpId;
  leaseToken: string;
  outcome?: string | undefined;
}
export interface CompleteFollowUpInput extends Plain<CompleteFollowUp> {}
export const CompleteFollowUp: NamedSchema<CompleteFollowUp, CompleteFollowUpInput> = named(
  keyedCommand({
    followUpId: FollowUpId,
    leaseToken: LeaseToken,
    outcome: text(1_000).optional(),
  }),
);

export interface FailFollowUp extends Keyed {
  followUpId: FollowUpId;
  leaseToken: string;
  error: string;
  /** When to try again, as a provider's own Retry-After says, at the next opening; after a backoff without it. */
  retryAt?: Timestamp | undefined;
}
export interface FailFollowUpInput extends Plain<FailFollowUp> {}
export const FailFollowUp: NamedSchema<FailFollowUp, FailFollowUpInput> = named(
  keyedCommand({
    followUpId: FollowUpId,
    leaseToken: LeaseToken,
    error: text(1_000),
    retryAt: Timestamp.optional(),
  }),
);

/** The server's own command for a claim whose worker never reported, or a retry that nobody made in time. */
export interface ExpireFollowUp {
  followUpId: FollowUpId;
  at?: Timestamp | undefined;
}
export interface ExpireFollowUpInput extends Plain<ExpireFollowUp> {}
export const ExpireFollowUp: NamedSchema<ExpireFollowUp, ExpireFollowUpInput> = named(
  z.strictObject({ followUpId: FollowUpId, at: Timestamp.optional() }),
);

const listDueFollowUpsObject = z.strictObject({
  before: Timestamp.optional(),
  assignee: AgentId.optional(),
  ...pageFields,
});
export interface ListDueFollowUps extends z.infer<typeof listDueFollowUpsObject> {}
export interface ListDueFollowUpsInput extends z.input<typeof listDueFollowUpsObject> {}
export const ListDueFollowUps: NamedSchema<ListDueFollowUps, ListDueFollowUpsInput> =
  named(listDueFollowUpsObject);

const listFollowUpsObject = z.strictObject({
  conversationId: ConversationId.optional(),
  status: FollowUpStatus.optional(),
  assignee: AgentId.optional(),
  ...pageFields,
});
export interface ListFollowUps extends z.infer<typeof listFollowUpsObject> {}
export interface ListFollowUpsInput extends z.input<typeof listFollowUpsObject> {}
export const ListFollowUps: NamedSchema<ListFollowUps, ListFollowUpsInput> = named(listFollowUpsObject);
