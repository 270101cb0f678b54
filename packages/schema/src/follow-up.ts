import { z } from 'zod';
import { named, type NamedSchema, type TypeOf } from './named.ts';
import { keyedCommand, keyedCommandFields } from './command-fields.ts';
import { AgentId, ConversationId, FollowUpId } from './id.ts';
import { pageFields } from './page.ts';
import { readableText, text } from './text.ts';
import { isOnCalendar, Timestamp } from './timestamp.ts';

const followUpTypeEnum = z.enum([
  're_engagement',
  'objection_follow_up',
  'close_attempt',
  'nurture',
  'onboarding_check',
]);
export type FollowUpType = z.infer<typeof followUpTypeEnum>;
export interface FollowUpTypeEnum extends TypeOf<typeof followUpTypeEnum> {}
export const FollowUpType: FollowUpTypeEnum = followUpTypeEnum;

const followUpPriorityEnum = z.enum(['low', 'medium', 'high']);
export type FollowUpPriority = z.infer<typeof followUpPriorityEnum>;
export interface FollowUpPriorityEnum extends TypeOf<typeof followUpPriorityEnum> {}
export const FollowUpPriority: FollowUpPriorityEnum = followUpPriorityEnum;

const followUpStatusEnum = z.enum(['open', 'completed', 'cancelled', 'dead']);
export type FollowUpStatus = z.infer<typeof followUpStatusEnum>;
export interface FollowUpStatusEnum extends TypeOf<typeof followUpStatusEnum> {}
export const FollowUpStatus: FollowUpStatusEnum = followUpStatusEnum;

/** What makes an open follow-up needless: a customer's message, a move to another stage, an end of the conversation. */
const cancelOnEnum = z.enum(['customer_reply', 'stage_change', 'close']);
export type CancelOn = z.infer<typeof cancelOnEnum>;
export interface CancelOnEnum extends TypeOf<typeof cancelOnEnum> {}
export const CancelOn: CancelOnEnum = cancelOnEnum;

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

const snoozeFollowUpObject = keyedCommand({
  followUpId: FollowUpId,
  until: DueTime,
});
export interface SnoozeFollowUp extends z.infer<typeof snoozeFollowUpObject> {}
export interface SnoozeFollowUpInput extends z.input<typeof snoozeFollowUpObject> {}
export const SnoozeFollowUp: NamedSchema<SnoozeFollowUp, SnoozeFollowUpInput> = named(snoozeFollowUpObject);

const cancelFollowUpObject = keyedCommand({
  followUpId: FollowUpId,
  reason: readableText(500).optional(),
});
export interface CancelFollowUp extends z.infer<typeof cancelFollowUpObject> {}
export interface CancelFollowUpInput extends z.input<typeof cancelFollowUpObject> {}
export const CancelFollowUp: NamedSchema<CancelFollowUp, CancelFollowUpInput> = named(cancelFollowUpObject);

const claimFollowUpsObject = z.strictObject({
  limit: z.int().min(1).max(100).default(1),
  /** How long the lease holds without a heartbeat, in milliseconds. */
  leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
  assignee: AgentId.optional(),
  /** This one alone, due or not yet: a person does what stands before them. */
  followUpId: FollowUpId.optional(),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export interface ClaimFollowUps extends z.infer<typeof claimFollowUpsObject> {}
export interface ClaimFollowUpsInput extends z.input<typeof claimFollowUpsObject> {}
export const ClaimFollowUps: NamedSchema<ClaimFollowUps, ClaimFollowUpsInput> = named(claimFollowUpsObject);

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

const heartbeatFollowUpObject = z.strictObject({
  followUpId: FollowUpId,
  leaseToken: LeaseToken,
  leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export interface HeartbeatFollowUp extends z.infer<typeof heartbeatFollowUpObject> {}
export interface HeartbeatFollowUpInput extends z.input<typeof heartbeatFollowUpObject> {}
export const HeartbeatFollowUp: NamedSchema<HeartbeatFollowUp, HeartbeatFollowUpInput> =
  named(heartbeatFollowUpObject);

const completeFollowUpObject = keyedCommand({
  followUpId: FollowUpId,
  leaseToken: LeaseToken,
  outcome: text(1_000).optional(),
});
export interface CompleteFollowUp extends z.infer<typeof completeFollowUpObject> {}
export interface CompleteFollowUpInput extends z.input<typeof completeFollowUpObject> {}
export const CompleteFollowUp: NamedSchema<CompleteFollowUp, CompleteFollowUpInput> =
  named(completeFollowUpObject);

const failFollowUpObject = keyedCommand({
  followUpId: FollowUpId,
  leaseToken: LeaseToken,
  error: text(1_000),
  /** When to try again, as a provider's own Retry-After says, at the next opening; after a backoff without it. */
  retryAt: Timestamp.optional(),
});
export interface FailFollowUp extends z.infer<typeof failFollowUpObject> {}
export interface FailFollowUpInput extends z.input<typeof failFollowUpObject> {}
export const FailFollowUp: NamedSchema<FailFollowUp, FailFollowUpInput> = named(failFollowUpObject);

/** The server's own command for a claim whose worker never reported, or a retry that nobody made in time. */
const expireFollowUpObject = z.strictObject({ followUpId: FollowUpId, at: Timestamp.optional() });
export interface ExpireFollowUp extends z.infer<typeof expireFollowUpObject> {}
export interface ExpireFollowUpInput extends z.input<typeof expireFollowUpObject> {}
export const ExpireFollowUp: NamedSchema<ExpireFollowUp, ExpireFollowUpInput> = named(expireFollowUpObject);

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
