import { describe, expect, it } from 'vitest';
import { namedAgents } from './named-agents.ts';
import { CLOSER, DESK, MARIA, QUALIFIER, Scenario, SUPERVISOR } from '../test/scenario.ts';

const handoffInput = { from: SUPERVISOR, to: QUALIFIER, reason: 'x', trigger: 'manual' } as const;
const id = 'a'.repeat(24);

describe('the agents that a decision looks at', () => {
  const scenario = new Scenario();
  const asked = new Scenario();
  asked.when('handoffs.request', { ...handoffInput, to: DESK });
  const taken = new Scenario();
  taken.transferTo(CLOSER);
  taken.when('handoffs.takeover', { by: MARIA });
  const followUpAt = '2026-01-12T09:00:00.000Z';

  it.each([
    [
      'the first owner',
      null,
      scenario.command('conversations.create', { contactId: 'a', channel: 'web' }),
      [SUPERVISOR],
    ],
    [
      'the owner that is named',
      null,
      scenario.command('conversations.create', { contactId: 'a', channel: 'web', agentId: CLOSER }),
      [CLOSER],
    ],
    ['the owner who gets it again', taken, scenario.command('conversations.resume', {}), [MARIA]],
    ['the owner who gets it again', taken, scenario.command('conversations.reopen', {}), [MARIA]],
    ['nobody', null, scenario.command('conversations.resume', {}), []],
    ['the next owner', scenario, scenario.command('handoffs.transfer', handoffInput), [QUALIFIER]],
    ['the agent that is asked', scenario, scenario.command('handoffs.request', handoffInput), [QUALIFIER]],
    [
      'who accepts, and the queue that was asked',
      asked,
      scenario.command('handoffs.accept', { handoffId: id, by: MARIA }),
      [MARIA, DESK],
    ],
    [
      'who accepts what is not pending',
      scenario,
      scenario.command('handoffs.accept', { handoffId: id, by: MARIA }),
      [MARIA],
    ],
    [
      'the person who takes over, and from whom',
      scenario,
      scenario.command('handoffs.takeover', { by: MARIA }),
      [MARIA, SUPERVISOR],
    ],
    ['the owner before', taken, scenario.command('handoffs.release', { by: MARIA }), [CLOSER]],
    [
      'who gets it back',
      taken,
      scenario.command('handoffs.release', { by: MARIA, to: QUALIFIER }),
      [QUALIFIER],
    ],
    [
      'the first owner, with nobody before',
      scenario,
      scenario.command('handoffs.release', { by: MARIA }),
      [SUPERVISOR],
    ],
    [
      'the assignee',
      scenario,
      scenario.command('followUps.schedule', { type: 'nurture', dueAt: followUpAt, assignee: CLOSER }),
      [CLOSER],
    ],
    ['nobody', scenario, scenario.command('followUps.schedule', { type: 'nurture', dueAt: followUpAt }), []],
    [
      'who puts off with a follow-up',
      scenario,
      scenario.command('objections.defer', { objectionId: id, reason: 'x', followUpAt, by: CLOSER }),
      [CLOSER],
    ],
    [
      'nobody',
      scenario,
      scenario.command('objections.defer', { objectionId: id, reason: 'x', by: CLOSER }),
      [],
    ],
    [
      'nobody',
      scenario,
      scenario.command('objections.defer', { objectionId: id, reason: 'x', followUpAt }),
      [],
    ],
    ['nobody', scenario, scenario.command('conversations.pause', { by: CLOSER }), []],
  ] as const)('are %s', (_, of, command, agents) => {
    expect(namedAgents(command, of?.conversation ?? null)).toEqual(agents);
  });

  it('are the first owner too where there is no conversation to give back', () => {
    expect(namedAgents(scenario.command('handoffs.release', { by: MARIA }), null)).toEqual([SUPERVISOR]);
  });
});
