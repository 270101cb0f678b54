import { describe, expect, it } from 'vitest';
import { agentsNamed } from './agents-named.ts';
import { CLOSER, DESK, MARIA, QUALIFIER, Story, SUPERVISOR } from '../test/scenario.ts';

const handing = { from: SUPERVISOR, to: QUALIFIER, reason: 'x', trigger: 'manual' } as const;
const id = 'a'.repeat(24);

describe('the agents that a decision looks at', () => {
  const story = new Story();
  const asked = new Story();
  asked.do('handoffs.request', { ...handing, to: DESK });
  const taken = new Story();
  taken.handTo(CLOSER);
  taken.do('handoffs.takeover', { by: MARIA });
  const followUpAt = '2026-01-12T09:00:00.000Z';

  it.each([
    [
      'the first owner',
      null,
      story.command('conversations.create', { contactId: 'a', channel: 'web' }),
      [SUPERVISOR],
    ],
    [
      'the owner that is named',
      null,
      story.command('conversations.create', { contactId: 'a', channel: 'web', agentId: CLOSER }),
      [CLOSER],
    ],
    ['the next owner', story, story.command('handoffs.transfer', handing), [QUALIFIER]],
    ['the agent that is asked', story, story.command('handoffs.request', handing), [QUALIFIER]],
    [
      'who accepts, and the queue that was asked',
      asked,
      story.command('handoffs.accept', { handoffId: id, by: MARIA }),
      [MARIA, DESK],
    ],
    [
      'who accepts what is not pending',
      story,
      story.command('handoffs.accept', { handoffId: id, by: MARIA }),
      [MARIA],
    ],
    ['the person who takes over', story, story.command('handoffs.takeover', { by: MARIA }), [MARIA]],
    ['the owner before', taken, story.command('handoffs.release', { by: MARIA }), [CLOSER]],
    ['who gets it back', taken, story.command('handoffs.release', { by: MARIA, to: QUALIFIER }), [QUALIFIER]],
    [
      'the first owner, with nobody before',
      story,
      story.command('handoffs.release', { by: MARIA }),
      [SUPERVISOR],
    ],
    [
      'the assignee',
      story,
      story.command('followUps.schedule', { type: 'nurture', dueAt: followUpAt, assignee: CLOSER }),
      [CLOSER],
    ],
    ['nobody', story, story.command('followUps.schedule', { type: 'nurture', dueAt: followUpAt }), []],
    [
      'who puts off with a follow-up',
      story,
      story.command('objections.defer', { objectionId: id, reason: 'x', followUpAt, by: CLOSER }),
      [CLOSER],
    ],
    ['nobody', story, story.command('objections.defer', { objectionId: id, reason: 'x', by: CLOSER }), []],
    ['nobody', story, story.command('objections.defer', { objectionId: id, reason: 'x', followUpAt }), []],
    ['nobody', story, story.command('conversations.pause', { by: CLOSER }), []],
  ] as const)('are %s', (_, of, command, agents) => {
    expect(agentsNamed(command, of?.conversation ?? null)).toEqual(agents);
  });

  it('are the first owner too where there is no conversation to give back', () => {
    expect(agentsNamed(story.command('handoffs.release', { by: MARIA }), null)).toEqual([SUPERVISOR]);
  });
});
