import { type FollowUpId, OPEN_WORK_LIMIT, timestamp } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { backoffMs, FINAL_ATTEMPT_AFTER_MS, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS } from './follow-up.ts';
import { START, CLOSER, DAY_MS, HOUR_MS, MINUTE_MS, Scenario } from '../test/scenario.ts';

const MONDAY = '2026-01-12T09:00:00.000Z';
const LEASE = { token: 'lease-1' };
const OFFICE = {
  timeZone: 'UTC',
  weekdays: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })),
};

function later(at: string, ms: number): string {
  return timestamp(Date.parse(at) + ms);
}

/** A conversation with open follow-ups, due one day after the other. */
function scheduled(count = 1, more: Parameters<Scenario['scheduleFollowUp']>[0] = {}) {
  const scenario = new Scenario();
  for (let day = 0; day < count; day += 1)
    scenario.scheduleFollowUp({ dueAt: later(MONDAY, day * DAY_MS), ...more });
  return scenario;
}

function idOf(scenario: Scenario, index = 0): FollowUpId {
  const followUp = scenario.conversation.followUps[index];
  if (followUp === undefined) throw new Error(`There is no follow-up ${index}`);
  return followUp.id;
}

/** What a worker with a live lease says of the first follow-up. */
function leased(scenario: Scenario) {
  return { followUpId: idOf(scenario), leaseToken: LEASE.token };
}

describe('a follow-up', () => {
  it('is open from when it is scheduled until seven days after it is due', () => {
    const { conversation, entries } = new Scenario().scheduleFollowUp({
      dueAt: MONDAY,
      type: 'close_attempt',
      priority: 'high',
      assignee: CLOSER,
      context: 'Send the offer',
    });
    expect(conversation.nextFollowUpAt).toBe(MONDAY);
    expect(conversation.followUps).toEqual([
      {
        id: expect.any(String),
        conversationId: conversation.id,
        type: 'close_attempt',
        status: 'open',
        dueAt: MONDAY,
        finalAttemptAt: '2026-01-19T09:00:00.000Z',
        timeZone: null,
        priority: 'high',
        assignee: CLOSER,
        context: 'Send the offer',
        cancelOn: [],
        attempts: 0,
        maxAttempts: 3,
        lastError: null,
        createdAt: START.replace('09:00', '09:01'),
        endedAt: null,
        outcome: null,
      },
    ]);
    expect(entries).toMatchObject([{ kind: 'follow_up', action: 'scheduled', followUp: { status: 'open' } }]);
  });

  it('stands beside others, and the next one due shows', () => {
    const scenario = scheduled(3);
    scenario.scheduleFollowUp({ dueAt: '2026-01-08T09:00:00.000Z' });
    expect(scenario.conversation).toMatchObject({ nextFollowUpAt: '2026-01-08T09:00:00.000Z' });
    expect(new Set(scenario.conversation.followUps.map(({ id }) => id)).size).toBe(4);
    scenario.when('followUps.cancel', { followUpId: idOf(scenario, 3) });
    expect(scenario.conversation.nextFollowUpAt).toBe(MONDAY);
  });

  it('may be given its last instant', () => {
    const { conversation } = new Scenario().scheduleFollowUp({ dueAt: MONDAY, finalAttemptAt: MONDAY });
    expect(conversation.followUps[0]?.finalAttemptAt).toBe(MONDAY);
  });

  it('may not have its last instant before the first', () => {
    const schedule = { type: 'nurture', dueAt: MONDAY, finalAttemptAt: later(MONDAY, -1) } as const;
    expect(new Scenario().refusal('followUps.schedule', schedule).code).toBe('INVALID_INPUT');
  });

  it('at the end of time keeps instants that have a form', () => {
    const dueAt = '9999-12-31T23:00:00.000Z';
    const { conversation } = new Scenario().scheduleFollowUp({ dueAt });
    expect(conversation.followUps[0]?.finalAttemptAt).toBe('9999-12-31T23:59:59.999Z');
  });

  it('is for an agent whom somebody knows, or for anybody', () => {
    const schedule = { type: 'nurture', dueAt: MONDAY, assignee: 'nobody' } as const;
    expect(new Scenario().refusal('followUps.schedule', schedule).code).toBe('UNKNOWN_AGENT');
    const { conversation } = new Scenario().scheduleFollowUp({ assignee: 'nobody' }, { agents: null });
    expect(conversation.followUps[0]?.assignee).toBe('nobody');
  });

  it(`is refused where ${OPEN_WORK_LIMIT} are open, and finds room when one has ended`, () => {
    const scenario = scheduled(OPEN_WORK_LIMIT);
    const another = { type: 'nurture', dueAt: MONDAY } as const;
    expect(scenario.refusal('followUps.schedule', another)).toMatchObject({
      code: 'LIMIT_REACHED',
      details: { limit: OPEN_WORK_LIMIT },
    });
    scenario.when('followUps.cancel', { followUpId: idOf(scenario) });
    expect(scenario.scheduleFollowUp().conversation.followUps).toHaveLength(OPEN_WORK_LIMIT);
  });

  it('may be scheduled on a conversation that has ended, and leaves it ended', () => {
    const scenario = new Scenario();
    scenario.when('conversations.close', {});
    const { conversation } = scenario.scheduleFollowUp({ type: 'onboarding_check' });
    expect(conversation).toMatchObject({ status: 'completed', followUps: [{ type: 'onboarding_check' }] });
    const { conversation: done } = scenario.when('followUps.complete', leased(scenario), { lease: LEASE });
    expect(done).toMatchObject({ status: 'completed', followUps: [] });
  });

  it('is due on the wall clock of its time zone', () => {
    const dueAt = { localTime: '2026-03-29T02:30', timeZone: 'Europe/Berlin' };
    const { conversation } = new Scenario().scheduleFollowUp({ dueAt });
    expect(conversation.followUps[0]).toMatchObject({
      dueAt: '2026-03-29T01:30:00.000Z',
      timeZone: 'Europe/Berlin',
    });
  });

  it('moves into the hours of the tenant', () => {
    const { conversation } = new Scenario().scheduleFollowUp(
      { dueAt: '2026-01-10T12:00:00.000Z' },
      { businessHours: OFFICE },
    );
    expect(conversation.followUps[0]).toMatchObject({
      dueAt: MONDAY,
      finalAttemptAt: later(MONDAY, FINAL_ATTEMPT_AFTER_MS),
    });
  });
});

describe('a pause', () => {
  it('with open follow-ups is called scheduled', () => {
    const scenario = scheduled();
    expect(scenario.when('conversations.pause', {}).conversation.status).toBe('scheduled');
  });

  it('becomes scheduled with the first follow-up, in the same command', () => {
    const scenario = new Scenario();
    scenario.when('conversations.pause', {});
    const { conversation, entries } = scenario.scheduleFollowUp();
    expect(conversation.status).toBe('scheduled');
    expect(entries).toMatchObject([
      { kind: 'follow_up', action: 'scheduled' },
      { kind: 'status', from: 'paused', to: 'scheduled', reason: 'A follow-up was scheduled' },
    ]);
    expect(scenario.scheduleFollowUp().entries.map(({ kind }) => kind)).toEqual(['follow_up']);
  });

  it('is a plain pause again when the last follow-up ends, not before', () => {
    const scenario = scheduled(2);
    scenario.when('conversations.pause', {});
    expect(scenario.when('followUps.cancel', { followUpId: idOf(scenario) }).conversation.status).toBe(
      'scheduled',
    );
    const { conversation, entries } = scenario.when('followUps.cancel', { followUpId: idOf(scenario) });
    expect(conversation).toMatchObject({ status: 'paused', nextFollowUpAt: null });
    expect(entries).toMatchObject([
      { kind: 'follow_up' },
      { kind: 'status', from: 'scheduled', to: 'paused', reason: 'No follow-up is open any more' },
    ]);
  });

  it('of an active conversation is not made by a follow-up', () => {
    const scenario = scheduled();
    expect(scenario.conversation.status).toBe('active');
    expect(scenario.when('followUps.cancel', { followUpId: idOf(scenario) }).conversation.status).toBe(
      'active',
    );
  });
});

describe('the completion of a follow-up', () => {
  it('needs the live lease', () => {
    const scenario = scheduled();
    for (const lease of [null, undefined, { token: 'another' }]) {
      expect(scenario.refusal('followUps.complete', leased(scenario), { lease }).code).toBe('LEASE_LOST');
      expect(scenario.refusal('followUps.fail', { ...leased(scenario), error: 'x' }, { lease }).code).toBe(
        'LEASE_LOST',
      );
    }
  });

  it('says what came of it', () => {
    const scenario = scheduled();
    const { conversation, entries } = scenario.when(
      'followUps.complete',
      { ...leased(scenario), outcome: 'Signed', by: CLOSER },
      { lease: LEASE },
    );
    expect(entries).toMatchObject([
      {
        action: 'completed',
        actor: { kind: 'agent', agentId: CLOSER },
        followUp: { status: 'completed', outcome: 'Signed', attempts: 1, endedAt: entries[0]?.at },
      },
    ]);
    expect(conversation).toMatchObject({ followUps: [], nextFollowUpAt: null });
  });

  it('forgets the failure before', () => {
    const scenario = scheduled();
    scenario.when('followUps.fail', { ...leased(scenario), error: 'Busy' }, { lease: LEASE });
    const { entries } = scenario.when('followUps.complete', leased(scenario), { lease: LEASE });
    expect(entries).toMatchObject([{ followUp: { attempts: 2, lastError: null, outcome: null } }]);
  });

  it('happens once', () => {
    const scenario = scheduled();
    const input = leased(scenario);
    scenario.when('followUps.complete', input, { lease: LEASE });
    expect(scenario.refusal('followUps.complete', input, { lease: LEASE })).toMatchObject({
      code: 'FOLLOW_UP_NOT_OPEN',
      details: { followUpId: input.followUpId },
    });
  });
});

describe('a failure', () => {
  it('is tried again after a pause', () => {
    const scenario = scheduled();
    const { conversation, entries } = scenario.when(
      'followUps.fail',
      { ...leased(scenario), error: 'No answer' },
      { lease: LEASE, jitter: 1, at: MONDAY },
    );
    const dueAt = later(MONDAY, FIRST_BACKOFF_MS);
    expect(entries).toMatchObject([
      {
        action: 'failed',
        followUp: { status: 'open', attempts: 1, lastError: 'No answer', dueAt, endedAt: null },
      },
    ]);
    expect(conversation.nextFollowUpAt).toBe(dueAt);
  });

  it('is given up after the last attempt, and stays visible in the timeline', () => {
    const scenario = scheduled(1, { maxAttempts: 2 });
    scenario.when('followUps.fail', { ...leased(scenario), error: 'Busy' }, { lease: LEASE });
    const { conversation, entries } = scenario.when(
      'followUps.fail',
      { ...leased(scenario), error: 'Gone' },
      { lease: LEASE },
    );
    expect(entries).toMatchObject([
      {
        action: 'dead',
        followUp: { status: 'dead', attempts: 2, lastError: 'Gone', endedAt: entries[0]?.at },
      },
    ]);
    expect(conversation.followUps).toEqual([]);
  });

  it('is given up where the next attempt would come after the last instant', () => {
    const fail = (finalAttemptAt: string) => {
      const scenario = scheduled(1, { finalAttemptAt });
      return scenario.when(
        'followUps.fail',
        { ...leased(scenario), error: 'Busy' },
        { lease: LEASE, jitter: 1, at: MONDAY },
      ).entries;
    };
    expect(fail(later(MONDAY, FIRST_BACKOFF_MS))).toMatchObject([{ action: 'failed' }]);
    expect(fail(later(MONDAY, FIRST_BACKOFF_MS - 1))).toMatchObject([{ action: 'dead' }]);
  });

  it('is tried again when the worker says, where it says so, or is given up where that is too late', () => {
    const fail = (retryAt: string) => {
      const scenario = scheduled(1, { finalAttemptAt: later(MONDAY, 1_000) });
      return scenario.when(
        'followUps.fail',
        { ...leased(scenario), error: 'Call back at noon', retryAt },
        { lease: LEASE, jitter: 1, at: MONDAY },
      ).entries;
    };
    const dueAt = later(MONDAY, 1_000);
    expect(fail(dueAt)).toMatchObject([{ action: 'failed', followUp: { dueAt } }]);
    expect(fail(later(MONDAY, 1_001))).toMatchObject([{ action: 'dead' }]);
  });

  it('is tried again at the next opening after the instant that the worker names, but as it was in history', () => {
    const fail = (more: object) => {
      const scenario = scheduled();
      const input = { ...leased(scenario), error: 'Busy', retryAt: '2026-01-12T17:00:00.000Z', ...more };
      const now = { lease: LEASE, at: '2026-01-12T16:59:59.000Z', businessHours: OFFICE };
      return scenario.when('followUps.fail', input, now).conversation.nextFollowUpAt;
    };
    expect(fail({})).toBe('2026-01-13T09:00:00.000Z');
    expect(fail({ retryAt: '2026-01-12T16:59:59.000Z' })).toBe('2026-01-12T16:59:59.000Z');
    expect(fail({ at: '2026-01-12T16:59:59.000Z' })).toBe('2026-01-12T17:00:00.000Z');
  });

  it('is not tried again in the past, where it would come before all that is due', () => {
    const scenario = scheduled();
    const input = { ...leased(scenario), error: 'Busy', retryAt: '2026-01-12T10:00:00.000Z' };
    const refusal = scenario.refusal('followUps.fail', input, {
      lease: LEASE,
      at: '2026-01-12T10:00:00.001Z',
    });
    expect(refusal).toMatchObject({
      code: 'INVALID_INSTANT',
      details: { retryAt: '2026-01-12T10:00:00.000Z', now: '2026-01-12T10:00:00.001Z' },
    });
  });

  it('is tried again within the hours of the tenant', () => {
    const scenario = scheduled();
    const { conversation } = scenario.when(
      'followUps.fail',
      { ...leased(scenario), error: 'Busy' },
      { lease: LEASE, at: '2026-01-12T16:59:59.000Z', businessHours: OFFICE },
    );
    expect(conversation.nextFollowUpAt).toBe('2026-01-13T09:00:00.000Z');
  });

  it('makes a plain pause of a scheduled one when it is given up', () => {
    const scenario = scheduled(1, { maxAttempts: 1 });
    scenario.when('conversations.pause', {});
    const { conversation } = scenario.when(
      'followUps.fail',
      { ...leased(scenario), error: 'x' },
      { lease: LEASE },
    );
    expect(conversation.status).toBe('paused');
  });
});

describe('the pause before the next attempt', () => {
  it.each([
    [1, MINUTE_MS],
    [2, 2 * MINUTE_MS],
    [3, 4 * MINUTE_MS],
    [9, 256 * MINUTE_MS],
    [10, LONGEST_BACKOFF_MS],
    [20, LONGEST_BACKOFF_MS],
    [2_000, LONGEST_BACKOFF_MS],
  ])('after failure %d is %d ms at the longest, half of it at the least', (attempts, ms) => {
    expect(backoffMs(attempts, 1)).toBe(ms);
    expect(backoffMs(attempts, 0)).toBe(ms / 2);
    expect(backoffMs(attempts, 0.5)).toBe(ms * 0.75);
  });

  it('is a minute first and six hours at the longest', () => {
    expect([FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS]).toEqual([MINUTE_MS, 6 * HOUR_MS]);
  });
});

describe('a snooze', () => {
  it('moves a follow-up, within its last instant', () => {
    const scenario = scheduled();
    const until = later(MONDAY, DAY_MS);
    const { conversation, entries } = scenario.when('followUps.snooze', {
      followUpId: idOf(scenario),
      until,
    });
    expect(entries).toMatchObject([
      {
        action: 'snoozed',
        followUp: { status: 'open', dueAt: until, attempts: 0, finalAttemptAt: later(MONDAY, 7 * DAY_MS) },
      },
    ]);
    expect(conversation.nextFollowUpAt).toBe(until);
  });

  it('to the very last instant leaves that as it is', () => {
    const scenario = scheduled();
    const until = later(MONDAY, FINAL_ATTEMPT_AFTER_MS);
    scenario.when('followUps.snooze', { followUpId: idOf(scenario), until });
    expect(scenario.conversation.followUps[0]).toMatchObject({ dueAt: until, finalAttemptAt: until });
  });

  it('beyond the last instant gives it seven days more', () => {
    const scenario = scheduled();
    const until = later(MONDAY, 30 * DAY_MS);
    scenario.when('followUps.snooze', { followUpId: idOf(scenario), until });
    expect(scenario.conversation.followUps[0]?.finalAttemptAt).toBe(later(until, FINAL_ATTEMPT_AFTER_MS));
  });

  it('may name a local time, in the hours of the tenant, and remembers the zone', () => {
    const scenario = scheduled();
    const until = { localTime: '2026-01-17T10:00', timeZone: 'Europe/Berlin' };
    scenario.when('followUps.snooze', { followUpId: idOf(scenario), until }, { businessHours: OFFICE });
    expect(scenario.conversation.followUps[0]).toMatchObject({
      dueAt: '2026-01-19T09:00:00.000Z',
      timeZone: 'Europe/Berlin',
    });
    scenario.when('followUps.snooze', { followUpId: idOf(scenario), until: later(MONDAY, 14 * DAY_MS) });
    expect(scenario.conversation.followUps[0]?.timeZone).toBe('Europe/Berlin');
  });

  it('is only for what is open', () => {
    const snooze = { followUpId: 'e'.repeat(24), until: MONDAY };
    expect(new Scenario().refusal('followUps.snooze', snooze).code).toBe('FOLLOW_UP_NOT_OPEN');
  });
});

describe('a follow-up is cancelled', () => {
  it('by hand, with the reason', () => {
    const scenario = scheduled();
    const { entries } = scenario.when('followUps.cancel', {
      followUpId: idOf(scenario),
      reason: 'Signed already',
    });
    expect(entries).toMatchObject([
      { action: 'cancelled', followUp: { status: 'cancelled', outcome: 'Signed already', attempts: 0 } },
    ]);
  });

  it('only while it is open', () => {
    const scenario = scheduled();
    const cancel = { followUpId: idOf(scenario) };
    scenario.when('followUps.cancel', cancel);
    expect(scenario.refusal('followUps.cancel', cancel).code).toBe('FOLLOW_UP_NOT_OPEN');
  });

  it('by hand, without a reason', () => {
    const scenario = scheduled();
    const { entries } = scenario.when('followUps.cancel', { followUpId: idOf(scenario) });
    expect(entries).toMatchObject([{ followUp: { outcome: null } }]);
  });

  const events = [
    ['customer_reply', 'The customer replied', (scenario: Scenario) => scenario.customerSays()],
    [
      'stage_change',
      'The sale moved to another stage',
      (scenario: Scenario) => scenario.when('stages.transition', { to: 'qualification' }),
    ],
    [
      'close',
      'The conversation was closed',
      (scenario: Scenario) => scenario.when('conversations.close', {}),
    ],
    [
      'close',
      'The conversation was closed',
      (scenario: Scenario) => scenario.when('conversations.abandon', {}),
    ],
  ] as const;

  it.each(events)('on %s where it says so, in the same command: %s', (on, why, happens) => {
    const scenario = scheduled(1, { cancelOn: [on] });
    scenario.scheduleFollowUp({ dueAt: MONDAY });
    const { conversation, entries } = happens(scenario);
    const ended = entries.filter((entry) => entry.kind === 'follow_up');
    expect(ended).toMatchObject([{ action: 'cancelled', followUp: { status: 'cancelled', outcome: why } }]);
    expect(new Set(entries.map(({ version }) => version)).size).toBe(1);
    expect(conversation.followUps).toHaveLength(1);
  });

  it.each(events)('not on %s where it does not say so', (on, _, happens) => {
    const others = (['customer_reply', 'stage_change', 'close'] as const).filter((other) => other !== on);
    const scenario = scheduled(2, { cancelOn: others });
    expect(happens(scenario).conversation.followUps).toHaveLength(2);
  });

  it.each([
    ["an agent's word", { kind: 'agent', agentId: 'supervisor' }],
    ["a tool's answer", { kind: 'tool' }],
    ["the system's word", { kind: 'system' }],
  ] as const)('not on %s where it waits for a reply', (_, author) => {
    const scenario = scheduled(1, { cancelOn: ['customer_reply'] });
    scenario.when('messages.append', { clientMessageId: 'm', author, text: 'x' });
    expect(scenario.conversation.followUps).toHaveLength(1);
  });

  it('by the first reply of a turn, once', () => {
    const scenario = scheduled(1, { cancelOn: ['customer_reply'] });
    const customer = { author: { kind: 'customer' }, text: 'x' } as const;
    const { entries } = scenario.when('messages.appendTurn', {
      messages: [
        { ...customer, clientMessageId: 'a' },
        { ...customer, clientMessageId: 'b' },
      ],
    });
    expect(entries.map(({ kind }) => kind)).toEqual(['message', 'follow_up', 'message']);
  });

  it('all at once, which makes a plain pause of a scheduled one', () => {
    const scenario = scheduled(3, { cancelOn: ['customer_reply'] });
    scenario.when('conversations.pause', {});
    const { conversation, entries } = scenario.customerSays();
    expect(entries.map(({ kind }) => kind)).toEqual([
      'message',
      'follow_up',
      'follow_up',
      'follow_up',
      'status',
    ]);
    expect(conversation).toMatchObject({ status: 'paused', nextFollowUpAt: null });
  });
});
