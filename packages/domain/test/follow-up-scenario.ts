import type { FollowUpId } from '@baton/schema';
import { addMs } from '../src/instant.ts';
import { DAY_MS, Scenario } from './scenario.ts';

export const MONDAY = '2026-01-12T09:00:00.000Z';
export const LEASE = { token: 'lease-1', isLive: true };
export const LAPSED = { ...LEASE, isLive: false };
export const OFFICE = {
  timeZone: 'UTC',
  weekdays: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })),
};

/** A conversation with open follow-ups, due one day after the other. */
export function scenarioWithFollowUps(count = 1, more: Parameters<Scenario['scheduleFollowUp']>[0] = {}) {
  const scenario = new Scenario();
  for (let day = 0; day < count; day += 1)
    scenario.scheduleFollowUp({ dueAt: addMs(MONDAY, day * DAY_MS), ...more });
  return scenario;
}

export function followUpIdOf(scenario: Scenario, index = 0): FollowUpId {
  const followUp = scenario.conversation.followUps[index];
  if (followUp === undefined) throw new Error(`There is no follow-up ${index}`);
  return followUp.id;
}

/** The input of a worker that has a lease on the first follow-up. */
export function leasedInput(scenario: Scenario) {
  return { followUpId: followUpIdOf(scenario), leaseToken: LEASE.token };
}
