import { describe, expect, it } from 'vitest';
import {
  followUpIdOf,
  LAPSED,
  LEASE,
  MONDAY,
  scenarioWithFollowUps,
  leasedInput,
} from '../test/follow-up-scenario.ts';
import { DAY_MS } from '../test/scenario.ts';
import { LEASE_LOST_ERROR, mayBeTried } from './follow-up.ts';
import { addMs } from './instant.ts';

const TUESDAY = addMs(MONDAY, DAY_MS);

const expireInput = (scenario: ReturnType<typeof scenarioWithFollowUps>) => ({
  followUpId: followUpIdOf(scenario),
});

describe('a claim that was never reported', () => {
  it('is a failed attempt, and the follow-up stays due', () => {
    const scenario = scenarioWithFollowUps();
    const { conversation, entries } = scenario.when('followUps.expire', expireInput(scenario), {
      lease: LAPSED,
      at: TUESDAY,
    });
    expect(entries).toMatchObject([
      {
        action: 'failed',
        actor: { kind: 'system' },
        followUp: { status: 'open', attempts: 1, lastError: LEASE_LOST_ERROR, dueAt: MONDAY, endedAt: null },
      },
    ]);
    expect(conversation.nextFollowUpAt).toBe(MONDAY);
  });

  it('counts together with reported failures', () => {
    const scenario = scenarioWithFollowUps(1, { maxAttempts: 3 });
    scenario.when('followUps.expire', expireInput(scenario), { lease: LAPSED, at: MONDAY });
    scenario.when(
      'followUps.fail',
      { ...leasedInput(scenario), error: 'Busy' },
      { lease: LEASE, at: MONDAY },
    );
    const { conversation, entries } = scenario.when('followUps.expire', expireInput(scenario), {
      lease: LAPSED,
      at: TUESDAY,
    });
    expect(entries).toMatchObject([
      {
        action: 'dead',
        followUp: { status: 'dead', attempts: 3, lastError: LEASE_LOST_ERROR, endedAt: TUESDAY },
      },
    ]);
    expect(conversation.followUps).toEqual([]);
  });

  it('is the last one after the last instant', () => {
    const outcomeAt = (at: string) => {
      const scenario = scenarioWithFollowUps(1, { finalAttemptAt: TUESDAY });
      return scenario.when('followUps.expire', expireInput(scenario), { lease: LAPSED, at }).entries[0];
    };
    expect(outcomeAt(TUESDAY)).toMatchObject({ action: 'failed' });
    expect(outcomeAt(addMs(TUESDAY, 1))).toMatchObject({ action: 'dead' });
  });

  it('makes a plain pause of a scheduled conversation whose last follow-up dies', () => {
    const scenario = scenarioWithFollowUps(1, { maxAttempts: 1 });
    scenario.when('conversations.pause', {});
    const { conversation } = scenario.when('followUps.expire', expireInput(scenario), { lease: LAPSED });
    expect(conversation.status).toBe('paused');
  });
});

describe('a retry that nobody made in time', () => {
  it('is dead with the error of its latest attempt', () => {
    const scenario = scenarioWithFollowUps(1, { finalAttemptAt: TUESDAY });
    scenario.when(
      'followUps.fail',
      { ...leasedInput(scenario), error: 'Busy' },
      { lease: LEASE, at: MONDAY },
    );
    const { entries } = scenario.when('followUps.expire', expireInput(scenario), {
      lease: null,
      at: addMs(TUESDAY, 1),
    });
    expect(entries).toMatchObject([{ action: 'dead', followUp: { attempts: 1, lastError: 'Busy' } }]);
  });
});

describe('a follow-up does not expire', () => {
  it('while a worker holds it', () => {
    const scenario = scenarioWithFollowUps(1, { finalAttemptAt: MONDAY });
    const refusal = scenario.refusal('followUps.expire', expireInput(scenario), {
      lease: LEASE,
      at: TUESDAY,
    });
    expect(refusal.code).toBe('INVALID_STATUS');
  });

  it('while nothing of it was lost and it may be tried', () => {
    const scenario = scenarioWithFollowUps(1, { finalAttemptAt: TUESDAY });
    for (const lease of [null, undefined]) {
      // Nobody has claimed it, so it is still done once, however late.
      const late = { lease, at: addMs(TUESDAY, 30 * DAY_MS) };
      expect(scenario.refusal('followUps.expire', expireInput(scenario), late).code).toBe('INVALID_STATUS');
    }
    scenario.when(
      'followUps.fail',
      { ...leasedInput(scenario), error: 'Busy' },
      { lease: LEASE, at: MONDAY },
    );
    const inTime = { lease: null, at: TUESDAY };
    expect(scenario.refusal('followUps.expire', expireInput(scenario), inTime).code).toBe('INVALID_STATUS');
  });

  it('twice', () => {
    const scenario = scenarioWithFollowUps(1, { maxAttempts: 1 });
    const input = expireInput(scenario);
    scenario.when('followUps.expire', input, { lease: LAPSED });
    expect(scenario.refusal('followUps.expire', input, { lease: LAPSED }).code).toBe('FOLLOW_UP_NOT_OPEN');
  });
});

it.each([
  [0, 1, MONDAY, true],
  [0, 1, TUESDAY, true],
  [1, 1, MONDAY, false],
  [1, 2, MONDAY, true],
  [1, 2, TUESDAY, false],
  [2, 2, MONDAY, false],
])('after %d of %d attempts it may be tried at %s: %s', (attempts, maxAttempts, at, may) => {
  expect(mayBeTried({ attempts, maxAttempts, finalAttemptAt: MONDAY }, at)).toBe(may);
});
