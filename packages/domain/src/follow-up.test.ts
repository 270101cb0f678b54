import { OPEN_WORK_LIMIT } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { addMs } from './instant.ts';
import { FINAL_ATTEMPT_AFTER_MS } from './follow-up.ts';
import {
  MONDAY,
  LEASE,
  OFFICE,
  scenarioWithFollowUps,
  followUpIdOf,
  leasedInput,
} from '../test/follow-up-scenario.ts';
import { CLOSER, DAY_MS, Scenario, START } from '../test/scenario.ts';

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
    const scenario = scenarioWithFollowUps(3);
    scenario.scheduleFollowUp({ dueAt: '2026-01-08T09:00:00.000Z' });
    expect(scenario.conversation).toMatchObject({ nextFollowUpAt: '2026-01-08T09:00:00.000Z' });
    expect(new Set(scenario.conversation.followUps.map(({ id }) => id)).size).toBe(4);
    scenario.when('followUps.cancel', { followUpId: followUpIdOf(scenario, 3) });
    expect(scenario.conversation.nextFollowUpAt).toBe(MONDAY);
  });

  it('may be given its last instant', () => {
    const { conversation } = new Scenario().scheduleFollowUp({ dueAt: MONDAY, finalAttemptAt: MONDAY });
    expect(conversation.followUps[0]?.finalAttemptAt).toBe(MONDAY);
  });

  it('may not have its last instant before the first', () => {
    const schedule = { type: 'nurture', dueAt: MONDAY, finalAttemptAt: addMs(MONDAY, -1) } as const;
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
    const scenario = scenarioWithFollowUps(OPEN_WORK_LIMIT);
    const another = { type: 'nurture', dueAt: MONDAY } as const;
    expect(scenario.refusal('followUps.schedule', another)).toMatchObject({
      code: 'LIMIT_REACHED',
      details: { limit: OPEN_WORK_LIMIT },
    });
    scenario.when('followUps.cancel', { followUpId: followUpIdOf(scenario) });
    expect(scenario.scheduleFollowUp().conversation.followUps).toHaveLength(OPEN_WORK_LIMIT);
  });

  it('may be scheduled on a conversation that has ended, and leaves it ended', () => {
    const scenario = new Scenario();
    scenario.when('conversations.close', {});
    const { conversation } = scenario.scheduleFollowUp({ type: 'onboarding_check' });
    expect(conversation).toMatchObject({ status: 'completed', followUps: [{ type: 'onboarding_check' }] });
    const { conversation: done } = scenario.when('followUps.complete', leasedInput(scenario), {
      lease: LEASE,
    });
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
      finalAttemptAt: addMs(MONDAY, FINAL_ATTEMPT_AFTER_MS),
    });
  });
});

describe('a pause', () => {
  it('with open follow-ups is called scheduled', () => {
    const scenario = scenarioWithFollowUps();
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
    const scenario = scenarioWithFollowUps(2);
    scenario.when('conversations.pause', {});
    expect(
      scenario.when('followUps.cancel', { followUpId: followUpIdOf(scenario) }).conversation.status,
    ).toBe('scheduled');
    const { conversation, entries } = scenario.when('followUps.cancel', {
      followUpId: followUpIdOf(scenario),
    });
    expect(conversation).toMatchObject({ status: 'paused', nextFollowUpAt: null });
    expect(entries).toMatchObject([
      { kind: 'follow_up' },
      { kind: 'status', from: 'scheduled', to: 'paused', reason: 'No follow-up is open any more' },
    ]);
  });

  it('of an active conversation is not made by a follow-up', () => {
    const scenario = scenarioWithFollowUps();
    expect(scenario.conversation.status).toBe('active');
    expect(
      scenario.when('followUps.cancel', { followUpId: followUpIdOf(scenario) }).conversation.status,
    ).toBe('active');
  });
});

describe('a snooze', () => {
  it('moves a follow-up, within its last instant', () => {
    const scenario = scenarioWithFollowUps();
    const until = addMs(MONDAY, DAY_MS);
    const { conversation, entries } = scenario.when('followUps.snooze', {
      followUpId: followUpIdOf(scenario),
      until,
    });
    expect(entries).toMatchObject([
      {
        action: 'snoozed',
        followUp: { status: 'open', dueAt: until, attempts: 0, finalAttemptAt: addMs(MONDAY, 7 * DAY_MS) },
      },
    ]);
    expect(conversation.nextFollowUpAt).toBe(until);
  });

  it('to the very last instant leaves that as it is', () => {
    const scenario = scenarioWithFollowUps();
    const until = addMs(MONDAY, FINAL_ATTEMPT_AFTER_MS);
    scenario.when('followUps.snooze', { followUpId: followUpIdOf(scenario), until });
    expect(scenario.conversation.followUps[0]).toMatchObject({ dueAt: until, finalAttemptAt: until });
  });

  it('beyond the last instant gives it seven days more', () => {
    const scenario = scenarioWithFollowUps();
    const until = addMs(MONDAY, 30 * DAY_MS);
    scenario.when('followUps.snooze', { followUpId: followUpIdOf(scenario), until });
    expect(scenario.conversation.followUps[0]?.finalAttemptAt).toBe(addMs(until, FINAL_ATTEMPT_AFTER_MS));
  });

  it('may name a local time, in the hours of the tenant, and remembers the zone', () => {
    const scenario = scenarioWithFollowUps();
    const until = { localTime: '2026-01-17T10:00', timeZone: 'Europe/Berlin' };
    scenario.when(
      'followUps.snooze',
      { followUpId: followUpIdOf(scenario), until },
      { businessHours: OFFICE },
    );
    expect(scenario.conversation.followUps[0]).toMatchObject({
      dueAt: '2026-01-19T09:00:00.000Z',
      timeZone: 'Europe/Berlin',
    });
    scenario.when('followUps.snooze', {
      followUpId: followUpIdOf(scenario),
      until: addMs(MONDAY, 14 * DAY_MS),
    });
    expect(scenario.conversation.followUps[0]?.timeZone).toBe('Europe/Berlin');
  });

  it('is only for what is open', () => {
    const snooze = { followUpId: 'e'.repeat(24), until: MONDAY };
    expect(new Scenario().refusal('followUps.snooze', snooze).code).toBe('FOLLOW_UP_NOT_OPEN');
  });
});

describe('a follow-up is cancelled', () => {
  it('by hand, with the reason', () => {
    const scenario = scenarioWithFollowUps();
    const { entries } = scenario.when('followUps.cancel', {
      followUpId: followUpIdOf(scenario),
      reason: 'Signed already',
    });
    expect(entries).toMatchObject([
      { action: 'cancelled', followUp: { status: 'cancelled', outcome: 'Signed already', attempts: 0 } },
    ]);
  });

  it('only while it is open', () => {
    const scenario = scenarioWithFollowUps();
    const cancel = { followUpId: followUpIdOf(scenario) };
    scenario.when('followUps.cancel', cancel);
    expect(scenario.refusal('followUps.cancel', cancel).code).toBe('FOLLOW_UP_NOT_OPEN');
  });

  it('by hand, without a reason', () => {
    const scenario = scenarioWithFollowUps();
    const { entries } = scenario.when('followUps.cancel', { followUpId: followUpIdOf(scenario) });
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
    const scenario = scenarioWithFollowUps(1, { cancelOn: [on] });
    scenario.scheduleFollowUp({ dueAt: MONDAY });
    const { conversation, entries } = happens(scenario);
    const ended = entries.filter((entry) => entry.kind === 'follow_up');
    expect(ended).toMatchObject([{ action: 'cancelled', followUp: { status: 'cancelled', outcome: why } }]);
    expect(new Set(entries.map(({ version }) => version)).size).toBe(1);
    expect(conversation.followUps).toHaveLength(1);
  });

  it.each(events)('not on %s where it does not say so', (on, _, happens) => {
    const others = (['customer_reply', 'stage_change', 'close'] as const).filter((other) => other !== on);
    const scenario = scenarioWithFollowUps(2, { cancelOn: others });
    expect(happens(scenario).conversation.followUps).toHaveLength(2);
  });

  it.each([
    ["an agent's word", { kind: 'agent', agentId: 'supervisor' }],
    ["a tool's answer", { kind: 'tool' }],
    ["the system's word", { kind: 'system' }],
  ] as const)('not on %s where it waits for a reply', (_, author) => {
    const scenario = scenarioWithFollowUps(1, { cancelOn: ['customer_reply'] });
    scenario.when('messages.append', { clientMessageId: 'm', author, text: 'x' });
    expect(scenario.conversation.followUps).toHaveLength(1);
  });

  it('by the first reply of a turn, once', () => {
    const scenario = scenarioWithFollowUps(1, { cancelOn: ['customer_reply'] });
    const customer = { author: { kind: 'customer' }, text: 'x' } as const;
    const { entries } = scenario.when('messages.appendTurn', {
      messages: [
        { ...customer, clientMessageId: 'a' },
        { ...customer, clientMessageId: 'b' },
      ],
    });
    expect(entries.map(({ kind }) => kind)).toEqual(['message', 'follow_up', 'message']);
  });

  it('all at once, which makes a plain pause of a scheduled one, and the customer ends it', () => {
    const scenario = scenarioWithFollowUps(3, { cancelOn: ['customer_reply'] });
    scenario.when('conversations.pause', {});
    const { conversation, entries } = scenario.customerSays();
    expect(entries.map(({ kind }) => kind)).toEqual([
      'message',
      'follow_up',
      'follow_up',
      'follow_up',
      'status',
      'status',
    ]);
    expect(entries.slice(-2)).toMatchObject([
      { from: 'scheduled', to: 'paused' },
      { from: 'paused', to: 'active' },
    ]);
    expect(conversation).toMatchObject({ status: 'active', nextFollowUpAt: null });
  });
});
