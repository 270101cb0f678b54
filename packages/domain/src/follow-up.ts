import type {
  CancelOn,
  Conversation,
  FailFollowUp,
  FollowUp,
  Objection,
  ScheduleFollowUp,
} from '@baton/schema';
import { FollowUpId, OPEN_WORK_LIMIT } from '@baton/schema';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { dueInstant } from './follow-up-calendar.ts';
import { nextRepetition, repeatOf } from './repeat.ts';
import { addMs } from './instant.ts';
import { requireAgent } from './agent.ts';
import { invalidInput, Refusal } from './refusal.ts';

const DAY_MS = 86_400_000;

/** Default time for attempts, from when a follow-up is first due. */
export const FINAL_ATTEMPT_AFTER_MS = 7 * DAY_MS;

/** Doubles with each failure, up to the longest. */
export const FIRST_BACKOFF_MS = 60_000;
export const LONGEST_BACKOFF_MS = 6 * 3_600_000;

/**
 * Milliseconds until the next attempt after `attempts` failures: exponential, half of it random ("equal jitter":
 * M. Brooker, "Exponential Backoff and Jitter", AWS 2015).
 * @param jitter 0 to 1
 */
export function backoffMs(attempts: number, jitter: number): number {
  const step = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
  return Math.round(step / 2 + (step / 2) * jitter);
}

/** @throws Refusal FOLLOW_UP_NOT_OPEN */
function requireFollowUp(conversation: Conversation, id: FollowUpId): FollowUp {
  const followUp = conversation.followUps.find((candidate) => candidate.id === id);
  if (followUp !== undefined) return followUp;
  throw new Refusal('FOLLOW_UP_NOT_OPEN', 'This follow-up is not open any more', { followUpId: id });
}

type NewFollowUp = Pick<
  ScheduleFollowUp,
  | 'type'
  | 'dueAt'
  | 'finalAttemptAt'
  | 'priority'
  | 'assignee'
  | 'context'
  | 'maxAttempts'
  | 'cancelOn'
  | 'repeat'
>;

/** @throws Refusal LIMIT_REACHED, UNKNOWN_AGENT, INVALID_INPUT */
export function scheduleDrafts(
  conversation: Conversation,
  input: NewFollowUp,
  context: DecideContext,
): Draft[] {
  if (conversation.followUps.length >= OPEN_WORK_LIMIT) {
    throw new Refusal('LIMIT_REACHED', `A conversation has at most ${OPEN_WORK_LIMIT} open follow-ups`, {
      limit: OPEN_WORK_LIMIT,
    });
  }
  if (input.assignee !== undefined) requireAgent(input.assignee, context);
  const dueAt = dueInstant(input.dueAt, context);
  const finalAttemptAt = input.finalAttemptAt ?? addMs(dueAt, FINAL_ATTEMPT_AFTER_MS);
  if (finalAttemptAt < dueAt) {
    throw invalidInput('finalAttemptAt', `finalAttemptAt must not be before dueAt, ${dueAt}`);
  }
  const repeat = repeatOf(input);
  const followUp: FollowUp = {
    id: FollowUpId.parse(context.id),
    conversationId: conversation.id,
    type: input.type,
    status: 'open',
    dueAt,
    finalAttemptAt,
    timeZone: typeof input.dueAt === 'string' ? null : input.dueAt.timeZone,
    priority: input.priority,
    assignee: input.assignee ?? null,
    context: input.context ?? null,
    cancelOn: input.cancelOn,
    attempts: 0,
    maxAttempts: input.maxAttempts,
    lastError: null,
    createdAt: context.at,
    endedAt: null,
    outcome: null,
    ...(repeat !== undefined && { repeat }),
  };
  const drafts: Draft[] = [{ kind: 'follow_up', action: 'scheduled', followUp }];
  if (conversation.status === 'paused') {
    drafts.push({ kind: 'status', from: 'paused', to: 'scheduled', reason: 'A follow-up was scheduled' });
  }
  return drafts;
}

export const schedule: Decide<'followUps.schedule'> = (conversation, input, context) =>
  scheduleDrafts(conversation, input, context);

export const snooze: Decide<'followUps.snooze'> = (conversation, input, context) => {
  const followUp = requireFollowUp(conversation, input.followUpId);
  const dueAt = dueInstant(input.until, context);
  const finalAttemptAt =
    dueAt > followUp.finalAttemptAt ? addMs(dueAt, FINAL_ATTEMPT_AFTER_MS) : followUp.finalAttemptAt;
  const timeZone = typeof input.until === 'string' ? followUp.timeZone : input.until.timeZone;
  return [
    { kind: 'follow_up', action: 'snoozed', followUp: { ...followUp, dueAt, finalAttemptAt, timeZone } },
  ];
};

type EndState = { action: 'completed' | 'cancelled' | 'dead'; status: FollowUp['status'] };

/** A conversation whose last open follow-up ends is `paused` again instead of `scheduled`. */
function endDrafts(
  conversation: Conversation,
  followUps: readonly FollowUp[],
  { action, status }: EndState,
  change: Partial<FollowUp>,
  at: string,
): Draft[] {
  if (followUps.length === 0) return [];
  const drafts: Draft[] = followUps.map((followUp) => ({
    kind: 'follow_up',
    action,
    followUp: { ...followUp, ...change, status, endedAt: at },
  }));
  if (conversation.status === 'scheduled' && followUps.length === conversation.followUps.length) {
    drafts.push({ kind: 'status', from: 'scheduled', to: 'paused', reason: 'No follow-up is open any more' });
  }
  return drafts;
}

/** Ends one that was done or given up; where it repeats, the next is scheduled in the same command. */
function endAndRepeat(
  conversation: Conversation,
  followUp: FollowUp,
  state: EndState,
  change: Partial<FollowUp>,
  context: DecideContext,
): Draft[] {
  const { repeat } = followUp;
  const next = repeat === undefined ? null : nextRepetition(repeat, followUp.dueAt, context.at);
  if (repeat === undefined || next === null)
    return endDrafts(conversation, [followUp], state, change, context.at);
  const [ended] = endDrafts({ ...conversation, status: 'active' }, [followUp], state, change, context.at);
  const dueAt = dueInstant(next, context);
  const scheduled: FollowUp = {
    ...followUp,
    id: FollowUpId.parse(context.id),
    dueAt,
    finalAttemptAt: addMs(dueAt, FINAL_ATTEMPT_AFTER_MS),
    attempts: 0,
    lastError: null,
    createdAt: context.at,
  };
  return [
    ...(ended === undefined ? [] : [ended]),
    { kind: 'follow_up', action: 'scheduled', followUp: scheduled },
  ];
}

const DEAD: EndState = { action: 'dead', status: 'dead' };
const CANCELLED: EndState = { action: 'cancelled', status: 'cancelled' };

const CANCEL_REASONS: Record<CancelOn, string> = {
  customer_reply: 'The customer replied',
  stage_change: 'The sale moved to another stage',
  close: 'The conversation was closed',
};

export function cancelFollowUps(
  conversation: Conversation,
  on: CancelOn,
  context: Pick<DecideContext, 'at'>,
): Draft[] {
  const cancelled = conversation.followUps.filter((followUp) => followUp.cancelOn.includes(on));
  return endDrafts(conversation, cancelled, CANCELLED, { outcome: CANCEL_REASONS[on] }, context.at);
}

/** Cancels every one that is open. */
export function cancelAllFollowUps(
  conversation: Conversation,
  context: Pick<DecideContext, 'at'>,
  outcome?: string,
): Draft[] {
  const change = outcome === undefined ? {} : { outcome };
  return endDrafts(conversation, conversation.followUps, CANCELLED, change, context.at);
}

/** Cancels the follow-up of a deferred objection that is now resolved. */
export function cancelDeferral(
  conversation: Conversation,
  { followUpId }: Objection,
  context: Pick<DecideContext, 'at'>,
): Draft[] {
  const cancelled = conversation.followUps.filter(({ id }) => id === followUpId);
  return endDrafts(conversation, cancelled, CANCELLED, { outcome: 'The objection was resolved' }, context.at);
}

export const cancel: Decide<'followUps.cancel'> = (conversation, input, context) =>
  endDrafts(
    conversation,
    [requireFollowUp(conversation, input.followUpId)],
    CANCELLED,
    { outcome: input.reason ?? null },
    context.at,
  );

/**
 * Whether another attempt may be made at an instant. The first may be made however late.
 * @param attempts those that have ended
 */
export function mayBeTried(
  { attempts, maxAttempts, finalAttemptAt }: Pick<FollowUp, 'attempts' | 'maxAttempts' | 'finalAttemptAt'>,
  at: string,
): boolean {
  return attempts < maxAttempts && (attempts === 0 || at <= finalAttemptAt);
}

/**
 * A lease that has run out still counts where nobody has claimed the follow-up since.
 * @throws Refusal LEASE_LOST, FOLLOW_UP_NOT_OPEN
 */
function requireLease(
  conversation: Conversation,
  input: { followUpId: FollowUpId; leaseToken: string },
  context: DecideContext,
): FollowUp {
  if (context.lease?.token !== input.leaseToken) {
    throw new Refusal('LEASE_LOST', 'The lease ran out or went to another worker', {
      followUpId: input.followUpId,
    });
  }
  return requireFollowUp(conversation, input.followUpId);
}

export const complete: Decide<'followUps.complete'> = (conversation, input, context) => {
  const followUp = requireLease(conversation, input, context);
  const change = { attempts: followUp.attempts + 1, lastError: null, outcome: input.outcome ?? null };
  return endAndRepeat(conversation, followUp, { action: 'completed', status: 'completed' }, change, context);
};

/**
 * When a failed follow-up is due again. An imported failure keeps its `retryAt` as it was.
 * @throws Refusal INVALID_INSTANT for a `retryAt` in the past, which would overtake all that is due
 */
function retryInstant(
  { retryAt, at }: Pick<FailFollowUp, 'retryAt' | 'at'>,
  attempts: number,
  context: DecideContext,
): string {
  if (retryAt === undefined) {
    return dueInstant(addMs(context.at, backoffMs(attempts, context.jitter)), context);
  }
  if (at !== undefined) return retryAt;
  if (retryAt < context.at) {
    throw new Refusal('INVALID_INSTANT', 'retryAt is in the past', { retryAt, now: context.at });
  }
  return dueInstant(retryAt, context);
}

/** The follow-up is tried again until its attempts or its time are used up; then it is dead. */
export const fail: Decide<'followUps.fail'> = (conversation, input, context) => {
  const followUp = requireLease(conversation, input, context);
  const attempts = followUp.attempts + 1;
  const dueAt = retryInstant(input, attempts, context);
  const failed = { ...followUp, attempts, lastError: input.error };
  return mayBeTried(failed, dueAt)
    ? [{ kind: 'follow_up', action: 'failed', followUp: { ...failed, dueAt } }]
    : endAndRepeat(conversation, failed, DEAD, {}, context);
};

/** What a claim that was never reported leaves as the error of its attempt. */
export const LEASE_LOST_ERROR = 'The lease was lost: its worker did not report in time';

/**
 * A claim that was never reported counts as a failed attempt, and the follow-up stays due. It is dead where that was
 * its last, or where nobody made a retry in time.
 * @throws Refusal INVALID_STATUS where a worker holds it, or it may be tried again and nothing was lost
 */
export const expire: Decide<'followUps.expire'> = (conversation, input, context) => {
  const followUp = requireFollowUp(conversation, input.followUpId);
  const { lease = null, at } = context;
  if (lease?.isLive === true) throw new Refusal('INVALID_STATUS', 'A worker holds this follow-up');
  const expired =
    lease === null ? followUp : { ...followUp, attempts: followUp.attempts + 1, lastError: LEASE_LOST_ERROR };
  if (!mayBeTried(expired, at)) return endAndRepeat(conversation, expired, DEAD, {}, context);
  if (lease === null) throw new Refusal('INVALID_STATUS', 'This follow-up may be tried again');
  return [{ kind: 'follow_up', action: 'failed', followUp: expired }];
};
