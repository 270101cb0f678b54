import { describe, expect, it } from 'vitest';
import { addMs } from './instant.ts';
import { backoffMs, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS } from './follow-up.ts';
import {
  MONDAY,
  LAPSED,
  LEASE,
  OFFICE,
  scenarioWithFollowUps,
  leasedInput,
} from '../test/follow-up-scenario.ts';
import { CLOSER, HOUR_MS, MINUTE_MS } from '../test/scenario.ts';

describe('the completion of a follow-up', () => {
  it('needs the live lease', () => {
    const scenario = scenarioWithFollowUps();
    for (const lease of [null, undefined, { token: 'another', isLive: true }]) {
      expect(scenario.refusal('followUps.complete', leasedInput(scenario), { lease }).code).toBe(
        'LEASE_LOST',
      );
      expect(
        scenario.refusal('followUps.fail', { ...leasedInput(scenario), error: 'x' }, { lease }).code,
      ).toBe('LEASE_LOST');
    }
  });

  it('counts after the lease has run out, where nobody has claimed the follow-up since', () => {
    const late = scenarioWithFollowUps();
    const { entries } = late.when('followUps.complete', leasedInput(late), { lease: LAPSED });
    expect(entries).toMatchObject([{ action: 'completed', followUp: { attempts: 1 } }]);
    const failed = scenarioWithFollowUps();
    const input = { ...leasedInput(failed), error: 'Busy' };
    expect(failed.when('followUps.fail', input, { lease: LAPSED }).entries).toMatchObject([
      { action: 'failed', followUp: { attempts: 1, lastError: 'Busy' } },
    ]);
  });

  it('says what came of it', () => {
    const scenario = scenarioWithFollowUps();
    const { conversation, entries } = scenario.when(
      'followUps.complete',
      { ...leasedInput(scenario), outcome: 'Signed', by: CLOSER },
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
    const scenario = scenarioWithFollowUps();
    scenario.when('followUps.fail', { ...leasedInput(scenario), error: 'Busy' }, { lease: LEASE });
    const { entries } = scenario.when('followUps.complete', leasedInput(scenario), { lease: LEASE });
    expect(entries).toMatchObject([{ followUp: { attempts: 2, lastError: null, outcome: null } }]);
  });

  it('happens once', () => {
    const scenario = scenarioWithFollowUps();
    const input = leasedInput(scenario);
    scenario.when('followUps.complete', input, { lease: LEASE });
    expect(scenario.refusal('followUps.complete', input, { lease: LEASE })).toMatchObject({
      code: 'FOLLOW_UP_NOT_OPEN',
      details: { followUpId: input.followUpId },
    });
  });
});

describe('a failure', () => {
  it('is tried again after a pause', () => {
    const scenario = scenarioWithFollowUps();
    const { conversation, entries } = scenario.when(
      'followUps.fail',
      { ...leasedInput(scenario), error: 'No answer' },
      { lease: LEASE, jitter: 1, at: MONDAY },
    );
    const dueAt = addMs(MONDAY, FIRST_BACKOFF_MS);
    expect(entries).toMatchObject([
      {
        action: 'failed',
        followUp: { status: 'open', attempts: 1, lastError: 'No answer', dueAt, endedAt: null },
      },
    ]);
    expect(conversation.nextFollowUpAt).toBe(dueAt);
  });

  it('is given up after the last attempt, and stays visible in the timeline', () => {
    const scenario = scenarioWithFollowUps(1, { maxAttempts: 2 });
    scenario.when('followUps.fail', { ...leasedInput(scenario), error: 'Busy' }, { lease: LEASE });
    const { conversation, entries } = scenario.when(
      'followUps.fail',
      { ...leasedInput(scenario), error: 'Gone' },
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
      const scenario = scenarioWithFollowUps(1, { finalAttemptAt });
      return scenario.when(
        'followUps.fail',
        { ...leasedInput(scenario), error: 'Busy' },
        { lease: LEASE, jitter: 1, at: MONDAY },
      ).entries;
    };
    expect(fail(addMs(MONDAY, FIRST_BACKOFF_MS))).toMatchObject([{ action: 'failed' }]);
    expect(fail(addMs(MONDAY, FIRST_BACKOFF_MS - 1))).toMatchObject([{ action: 'dead' }]);
  });

  it('is tried again when the worker says, where it says so, or is given up where that is too late', () => {
    const fail = (retryAt: string) => {
      const scenario = scenarioWithFollowUps(1, { finalAttemptAt: addMs(MONDAY, 1_000) });
      return scenario.when(
        'followUps.fail',
        { ...leasedInput(scenario), error: 'Call back at noon', retryAt },
        { lease: LEASE, jitter: 1, at: MONDAY },
      ).entries;
    };
    const dueAt = addMs(MONDAY, 1_000);
    expect(fail(dueAt)).toMatchObject([{ action: 'failed', followUp: { dueAt } }]);
    expect(fail(addMs(MONDAY, 1_001))).toMatchObject([{ action: 'dead' }]);
  });

  it('is tried again at the next opening after the instant that the worker names, but as it was in history', () => {
    const fail = (more: object) => {
      const scenario = scenarioWithFollowUps();
      const input = { ...leasedInput(scenario), error: 'Busy', retryAt: '2026-01-12T17:00:00.000Z', ...more };
      const now = { lease: LEASE, at: '2026-01-12T16:59:59.000Z', businessHours: OFFICE };
      return scenario.when('followUps.fail', input, now).conversation.nextFollowUpAt;
    };
    expect(fail({})).toBe('2026-01-13T09:00:00.000Z');
    expect(fail({ retryAt: '2026-01-12T16:59:59.000Z' })).toBe('2026-01-12T16:59:59.000Z');
    expect(fail({ at: '2026-01-12T16:59:59.000Z' })).toBe('2026-01-12T17:00:00.000Z');
  });

  it('is not tried again in the past, where it would come before all that is due', () => {
    const scenario = scenarioWithFollowUps();
    const input = { ...leasedInput(scenario), error: 'Busy', retryAt: '2026-01-12T10:00:00.000Z' };
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
    const scenario = scenarioWithFollowUps();
    const { conversation } = scenario.when(
      'followUps.fail',
      { ...leasedInput(scenario), error: 'Busy' },
      { lease: LEASE, at: '2026-01-12T16:59:59.000Z', businessHours: OFFICE },
    );
    expect(conversation.nextFollowUpAt).toBe('2026-01-13T09:00:00.000Z');
  });

  it('makes a plain pause of a scheduled one when it is given up', () => {
    const scenario = scenarioWithFollowUps(1, { maxAttempts: 1 });
    scenario.when('conversations.pause', {});
    const { conversation } = scenario.when(
      'followUps.fail',
      { ...leasedInput(scenario), error: 'x' },
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
