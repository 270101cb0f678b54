import { AgentId, type Conversation, timestamp } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import type { AgentOnDuty } from './decide.ts';
import {
  agentsOnDuty,
  anAgent,
  CLOSER,
  DESK,
  HOUR_MS,
  JONAS,
  MARIA,
  MINUTE_MS,
  OBJECTION_HANDLER,
  QUALIFIER,
  Story,
  SUPERVISOR,
} from '../test/scenario.ts';

const handing = { from: SUPERVISOR, to: QUALIFIER, reason: 'Wants a quote', trigger: 'user_intent' } as const;
const brief = {
  goal: 'Qualify',
  done: ['Greeted'],
  open: ['Budget'],
  facts: [{ text: 'Has a shop', seqs: [2] }],
  nextStep: 'Ask for the budget',
};

function pendingIdOf({ pendingHandoff }: Conversation): string {
  if (pendingHandoff === null) throw new Error('No handoff is pending');
  return pendingHandoff.id;
}

/** A conversation that `to` has been asked to take. */
function asked(to: AgentId = QUALIFIER, more: { stage?: 'qualification'; expiresAt?: string } = {}) {
  const story = new Story();
  story.do('handoffs.request', { ...handing, to, ...more });
  return { story, handoffId: pendingIdOf(story.conversation) };
}

function duty(agent: AgentOnDuty) {
  return { agents: agentsOnDuty(agent) };
}

describe('a transfer', () => {
  it('changes the owner at once, and the timeline says all of it', () => {
    const story = new Story();
    story.customerSays('I have a shop');
    const { conversation, entries } = story.do('handoffs.transfer', { ...handing, brief });
    const at = entries[0]?.at;
    expect(entries.map(({ kind }) => kind)).toEqual(['handoff', 'owner']);
    expect(entries).toMatchObject([
      {
        action: 'transferred',
        actor: { kind: 'agent', agentId: SUPERVISOR },
        handoff: {
          kind: 'transfer',
          status: 'accepted',
          from: SUPERVISOR,
          to: QUALIFIER,
          acceptedBy: QUALIFIER,
          reason: 'Wants a quote',
          trigger: 'user_intent',
          confidence: 0.9,
          brief,
          stage: null,
          requestedAt: at,
          resolvedAt: at,
        },
      },
      { from: SUPERVISOR, to: QUALIFIER, epoch: 2 },
    ]);
    expect(conversation).toMatchObject({
      owner: { agentId: QUALIFIER, epoch: 2, since: at, previous: SUPERVISOR },
      handoffCount: 1,
      pendingHandoff: null,
    });
  });

  it('raises the epoch by one at every change of owner', () => {
    const story = new Story();
    for (const [to, epoch] of [
      [QUALIFIER, 2],
      [CLOSER, 3],
      [OBJECTION_HANDLER, 4],
    ] as const) {
      expect(story.handTo(to).conversation.owner).toMatchObject({ agentId: to, epoch });
    }
    expect(story.conversation.handoffCount).toBe(3);
  });

  it('moves the stage in the same command', () => {
    const { conversation, entries } = new Story().handTo(QUALIFIER, { stage: 'qualification' });
    expect(entries.map(({ kind, version }) => [kind, version])).toEqual([
      ['handoff', 2],
      ['owner', 2],
      ['stage', 2],
    ]);
    expect(conversation).toMatchObject({ stage: 'qualification', owner: { agentId: QUALIFIER }, version: 2 });
  });

  it('to the stage that the sale is in moves only the owner', () => {
    expect(new Story().handTo(QUALIFIER, { stage: 'lead' }).entries.map(({ kind }) => kind)).toEqual([
      'handoff',
      'owner',
    ]);
  });

  it('to a stage that the table does not open changes nothing at all', () => {
    const story = new Story();
    expect(story.refusal('handoffs.transfer', { ...handing, stage: 'closing' }).code).toBe(
      'INVALID_TRANSITION',
    );
    expect(story.conversation).toMatchObject({ owner: { agentId: SUPERVISOR, epoch: 1 }, handoffCount: 0 });
  });

  it('is refused from an agent who is not the owner', () => {
    expect(new Story().refusal('handoffs.transfer', { ...handing, from: CLOSER })).toMatchObject({
      code: 'NOT_OWNER',
      details: { owner: { agentId: SUPERVISOR, epoch: 1 } },
    });
  });

  it('is refused to the owner itself', () => {
    expect(new Story().refusal('handoffs.transfer', { ...handing, to: SUPERVISOR }).code).toBe(
      'INVALID_INPUT',
    );
  });

  it.each(['conversations.close', 'conversations.abandon'] as const)('is refused after %s', (end) => {
    const story = new Story();
    story.do(end, {});
    expect(story.refusal('handoffs.transfer', handing).code).toBe('CONVERSATION_CLOSED');
    expect(story.refusal('handoffs.request', handing).code).toBe('CONVERSATION_CLOSED');
    expect(story.refusal('handoffs.takeover', { by: MARIA }).code).toBe('CONVERSATION_CLOSED');
    expect(story.refusal('handoffs.release', { by: SUPERVISOR }).code).toBe('CONVERSATION_CLOSED');
  });

  it('is refused while another handoff is pending', () => {
    const { story, handoffId } = asked();
    expect(story.refusal('handoffs.transfer', { ...handing, to: CLOSER })).toMatchObject({
      code: 'HANDOFF_PENDING',
      details: { handoffId },
    });
  });

  it('needs a brief whose facts point at entries that exist', () => {
    expect(new Story().refusal('handoffs.transfer', { ...handing, brief })).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The brief points at entry 2, the last one is 1',
    });
    expect(new Story().refusal('handoffs.request', { ...handing, brief }).code).toBe('INVALID_INPUT');
  });

  it('reaches an agent called constructor', () => {
    const constructor = AgentId.parse('constructor');
    const story = new Story();
    story.do('handoffs.transfer', { ...handing, to: constructor }, duty(anAgent(constructor)));
    expect(story.agentSays(constructor).conversation.metrics.byAgent[constructor]?.messages).toBe(1);
  });
});

describe('an agent that is to own a conversation', () => {
  const cases = [
    ['nobody knows', null, 'UNKNOWN_AGENT'],
    ['is away', anAgent(QUALIFIER, { availability: 'away' }), 'AGENT_UNAVAILABLE'],
    ['is full', anAgent(QUALIFIER, { capacity: 2, activeConversations: 2 }), 'AGENT_FULL'],
    ['has room for none', anAgent(QUALIFIER, { capacity: 0 }), 'AGENT_FULL'],
    ['is a queue', anAgent(QUALIFIER, { kind: 'queue' }), 'INVALID_INPUT'],
  ] as const;

  it.each(cases)('is refused in a transfer where it %s', (_, agent, code) => {
    const agents = agent === null ? new Map<AgentId, AgentOnDuty>() : agentsOnDuty(agent);
    expect(new Story().refusal('handoffs.transfer', handing, { agents }).code).toBe(code);
  });

  it.each(cases.filter(([, agent]) => agent?.kind !== 'queue'))(
    'is refused in a request where it %s',
    (_, agent, code) => {
      const agents = agent === null ? new Map<AgentId, AgentOnDuty>() : agentsOnDuty(agent);
      expect(new Story().refusal('handoffs.request', handing, { agents }).code).toBe(code);
    },
  );

  it.each(cases.filter(([, agent]) => agent?.kind !== 'queue'))(
    'is refused in an acceptance where it %s by then',
    (_, agent, code) => {
      const { story, handoffId } = asked();
      const agents = agent === null ? new Map<AgentId, AgentOnDuty>() : agentsOnDuty(agent);
      expect(story.refusal('handoffs.accept', { handoffId, by: QUALIFIER }, { agents }).code).toBe(code);
    },
  );

  it.each(cases)('is refused in a release where it %s', (_, agent, code) => {
    const agents = agent === null ? new Map<AgentId, AgentOnDuty>() : agentsOnDuty(agent);
    expect(new Story().refusal('handoffs.release', { by: SUPERVISOR, to: QUALIFIER }, { agents }).code).toBe(
      code,
    );
  });

  it('may have room for just one more', () => {
    const agent = anAgent(QUALIFIER, { capacity: 2, activeConversations: 1 });
    expect(new Story().do('handoffs.transfer', handing, duty(agent)).conversation.owner.agentId).toBe(
      QUALIFIER,
    );
  });

  it('is left to the server where the caller cannot know the agents', () => {
    const { conversation } = new Story().do('handoffs.transfer', handing, { agents: null });
    expect(conversation.owner.agentId).toBe(QUALIFIER);
  });
});

describe('a request', () => {
  it('leaves the owner until it is accepted', () => {
    const { story, handoffId } = asked();
    expect(story.conversation).toMatchObject({
      owner: { agentId: SUPERVISOR, epoch: 1 },
      handoffCount: 0,
      pendingHandoff: {
        id: handoffId,
        kind: 'request',
        status: 'pending',
        acceptedBy: null,
        expiresAt: null,
      },
    });
    expect(story.agentSays(SUPERVISOR).conversation.metrics.messages).toBe(1);
  });

  it('stands alone: a second one is refused while the first is pending', () => {
    const { story } = asked();
    expect(story.refusal('handoffs.request', { ...handing, to: CLOSER }).code).toBe('HANDOFF_PENDING');
  });

  it('may not expire before it begins', () => {
    const story = new Story();
    expect(story.refusal('handoffs.request', { ...handing, expiresAt: story.now }).code).toBe(
      'INVALID_INPUT',
    );
  });
});

it.each(['handoffs.transfer', 'handoffs.request'] as const)(
  '%s under an ownership that has passed is refused, even to one who owns the conversation again',
  (type) => {
    const story = new Story();
    const { epoch } = story.conversation.owner;
    story.do('handoffs.takeover', { by: MARIA });
    story.do('handoffs.release', { by: MARIA });
    expect(story.refusal(type, { ...handing, ownerEpoch: epoch })).toMatchObject({
      code: 'STALE_OWNER',
      details: { owner: { epoch: 3 }, ownerEpoch: 1 },
    });
    expect(() => story.do(type, { ...handing, ownerEpoch: 3 })).not.toThrow();
  },
);

describe('the acceptance of a request', () => {
  it('makes the agent that was asked the owner', () => {
    const { story, handoffId } = asked();
    const { conversation, entries } = story.do('handoffs.accept', { handoffId, by: QUALIFIER });
    expect(entries).toMatchObject([
      { kind: 'handoff', action: 'accepted', handoff: { status: 'accepted', acceptedBy: QUALIFIER } },
      { kind: 'owner', from: SUPERVISOR, to: QUALIFIER, epoch: 2 },
    ]);
    expect(conversation).toMatchObject({
      pendingHandoff: null,
      handoffCount: 1,
      owner: { agentId: QUALIFIER },
    });
  });

  it('moves the stage that the request named', () => {
    const { story, handoffId } = asked(QUALIFIER, { stage: 'qualification' });
    expect(story.conversation.stage).toBe('lead');
    expect(story.do('handoffs.accept', { handoffId, by: QUALIFIER }).conversation.stage).toBe(
      'qualification',
    );
  });

  it('is for nobody else', () => {
    const { story, handoffId } = asked();
    expect(story.refusal('handoffs.accept', { handoffId, by: CLOSER }).code).toBe('FORBIDDEN');
  });

  it('happens once', () => {
    const { story, handoffId } = asked();
    story.do('handoffs.accept', { handoffId, by: QUALIFIER });
    expect(story.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe('HANDOFF_NOT_PENDING');
  });

  it('names the request that is pending now', () => {
    const { story } = asked();
    const other = 'e'.repeat(24);
    expect(story.refusal('handoffs.accept', { handoffId: other, by: QUALIFIER })).toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
      details: { handoffId: other },
    });
  });

  it('comes too late at the very instant of expiry', () => {
    const expiresAt = timestamp(Date.parse('2026-01-05T09:00:00.000Z') + HOUR_MS);
    const late = asked(QUALIFIER, { expiresAt });
    const accept = { handoffId: late.handoffId, by: QUALIFIER };
    expect(late.story.refusal('handoffs.accept', accept, { at: expiresAt }).code).toBe('HANDOFF_NOT_PENDING');
    const justInTime = timestamp(Date.parse(expiresAt) - 1);
    expect(late.story.do('handoffs.accept', accept, { at: justInTime }).conversation.owner.agentId).toBe(
      QUALIFIER,
    );
  });
});

describe('a request to a queue', () => {
  it('is taken by any of its members, and says who', () => {
    const { story, handoffId } = asked(DESK);
    const { conversation, entries } = story.do('handoffs.accept', { handoffId, by: JONAS });
    expect(entries[0]).toMatchObject({ handoff: { to: DESK, acceptedBy: JONAS } });
    expect(conversation.owner).toMatchObject({ agentId: JONAS, previous: SUPERVISOR });
  });

  it('goes to exactly one of them', () => {
    const { story, handoffId } = asked(DESK);
    story.do('handoffs.accept', { handoffId, by: JONAS });
    expect(story.refusal('handoffs.accept', { handoffId, by: MARIA }).code).toBe('HANDOFF_NOT_PENDING');
  });

  it('is not for the owner, who asked, even where it is a member', () => {
    const { story, handoffId } = asked(DESK);
    const desk = anAgent(DESK, { kind: 'queue', members: [SUPERVISOR, JONAS] });
    const refusal = story.refusal('handoffs.accept', { handoffId, by: SUPERVISOR }, duty(desk));
    expect(refusal).toMatchObject({ code: 'ALREADY_OWNER', details: { owner: { epoch: 1 } } });
  });

  it('is not for those who are no members, nor for the queue itself', () => {
    const { story, handoffId } = asked(DESK);
    expect(story.refusal('handoffs.accept', { handoffId, by: CLOSER }).code).toBe('FORBIDDEN');
    expect(story.refusal('handoffs.accept', { handoffId, by: DESK }).code).toBe('INVALID_INPUT');
  });

  it('is not declined by one member for all', () => {
    const { story, handoffId } = asked(DESK);
    expect(story.refusal('handoffs.reject', { handoffId, by: MARIA }).code).toBe('FORBIDDEN');
  });

  it('is shown as taken at once where the caller cannot know the members', () => {
    const { story, handoffId } = asked(DESK);
    const { conversation } = story.do('handoffs.accept', { handoffId, by: JONAS }, { agents: null });
    expect(conversation.owner.agentId).toBe(JONAS);
  });
});

describe('a request ends without a change of owner', () => {
  const ends = [
    ['rejected', 'handoffs.reject', { by: QUALIFIER, reason: 'Busy' }],
    ['cancelled', 'handoffs.cancel', { reason: 'Busy' }],
  ] as const;

  it.each(ends)('when it is %s, with the reason', (status, type, input) => {
    const { story, handoffId } = asked();
    const { conversation, entries } = story.do(type, { handoffId, ...input });
    expect(entries).toMatchObject([
      {
        action: status,
        handoff: { status, resolution: 'Busy', acceptedBy: null, resolvedAt: entries[0]?.at },
      },
    ]);
    expect(conversation).toMatchObject({
      pendingHandoff: null,
      handoffCount: 0,
      owner: { agentId: SUPERVISOR, epoch: 1 },
    });
  });

  it.each(ends)('and once it is %s, nothing more becomes of it', (_, type, input) => {
    const { story, handoffId } = asked();
    story.do(type, { handoffId, by: QUALIFIER });
    expect(story.refusal(type, { handoffId, ...input }).code).toBe('HANDOFF_NOT_PENDING');
    expect(story.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe('HANDOFF_NOT_PENDING');
  });

  it('when it expires, not before', () => {
    const expiresAt = timestamp(Date.parse('2026-01-05T09:00:00.000Z') + HOUR_MS);
    const { story, handoffId } = asked(QUALIFIER, { expiresAt });
    expect(story.refusal('handoffs.expire', { handoffId })).toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
      details: { expiresAt },
    });
    const { conversation, entries } = story.do('handoffs.expire', { handoffId }, { at: expiresAt });
    expect(entries).toMatchObject([
      { action: 'expired', handoff: { status: 'expired', resolvedAt: expiresAt } },
    ]);
    expect(conversation.pendingHandoff).toBeNull();
  });

  it('and never expires where it has no end', () => {
    const { story, handoffId } = asked();
    expect(story.wait(1_000 * HOUR_MS).refusal('handoffs.expire', { handoffId }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it('when the conversation is closed', () => {
    const { story } = asked();
    const { conversation, entries } = story.do('conversations.close', {});
    expect(entries).toMatchObject([
      { kind: 'handoff', action: 'cancelled', handoff: { resolution: 'The conversation was closed' } },
      { kind: 'status' },
    ]);
    expect(conversation.pendingHandoff).toBeNull();
  });

  it('is rejected by the agent that was asked, by nobody else', () => {
    const { story, handoffId } = asked();
    expect(story.refusal('handoffs.reject', { handoffId, by: SUPERVISOR }).code).toBe('FORBIDDEN');
  });

  it('and makes room for another', () => {
    const { story, handoffId } = asked();
    story.do('handoffs.cancel', { handoffId });
    expect(story.handTo(CLOSER).conversation.owner.agentId).toBe(CLOSER);
  });
});

describe('a loop', () => {
  /** A → B → A, so that one more step to B would be the fourth. */
  function almost(): Story {
    const story = new Story();
    story.handTo(QUALIFIER);
    story.handTo(SUPERVISOR);
    return story;
  }

  it('A → B → A → B is refused', () => {
    expect(almost().refusal('handoffs.transfer', handing)).toMatchObject({
      code: 'HANDOFF_LOOP',
      details: { chain: [SUPERVISOR, QUALIFIER, SUPERVISOR, QUALIFIER] },
    });
  });

  it('is refused to be asked for, too', () => {
    expect(almost().refusal('handoffs.request', handing).code).toBe('HANDOFF_LOOP');
  });

  it('is refused through a queue, when it is accepted', () => {
    const story = new Story();
    story.handTo(MARIA);
    story.handTo(SUPERVISOR);
    story.do('handoffs.request', { ...handing, to: DESK });
    const handoffId = pendingIdOf(story.conversation);
    expect(story.refusal('handoffs.accept', { handoffId, by: MARIA }).code).toBe('HANDOFF_LOOP');
    expect(story.do('handoffs.accept', { handoffId, by: JONAS }).conversation.owner.agentId).toBe(JONAS);
  });

  it('is still seen after a longer way', () => {
    const story = new Story();
    for (const to of [CLOSER, OBJECTION_HANDLER, QUALIFIER, OBJECTION_HANDLER]) story.handTo(to);
    expect(story.refusal('handoffs.transfer', { ...handing, from: OBJECTION_HANDLER }).code).toBe(
      'HANDOFF_LOOP',
    );
  });

  it('is none where a third agent is between', () => {
    const story = almost();
    story.handTo(CLOSER);
    expect(story.handTo(QUALIFIER).conversation.owner.agentId).toBe(QUALIFIER);
  });

  it.each([
    ['a word of the customer', (story: Story) => story.customerSays()],
    ['a new answer', (story: Story) => story.answer()],
  ])('is none after %s', (_, between) => {
    const story = almost();
    between(story);
    expect(story.handTo(QUALIFIER).conversation.owner.agentId).toBe(QUALIFIER);
  });

  it.each([
    ['an internal note', (story: Story) => story.agentSays(CLOSER, 'x', { visibility: 'internal' })],
    ["the owner's own words", (story: Story) => story.agentSays(SUPERVISOR)],
    ['an objection', (story: Story) => story.raise()],
  ])('is still one after %s', (_, between) => {
    const story = almost();
    between(story);
    expect(story.refusal('handoffs.transfer', handing).code).toBe('HANDOFF_LOOP');
  });

  it('is none where a person takes over and gives back, again and again', () => {
    const story = new Story();
    for (let times = 0; times < 3; times += 1) {
      story.do('handoffs.takeover', { by: MARIA });
      story.do('handoffs.release', { by: MARIA });
    }
    expect(story.conversation.owner).toMatchObject({ agentId: SUPERVISOR, epoch: 7 });
  });
});

describe('a takeover', () => {
  it('gives the conversation to a person at once', () => {
    const { conversation, entries } = new Story().do('handoffs.takeover', {
      by: MARIA,
      reason: 'I know her',
    });
    expect(entries).toMatchObject([
      {
        action: 'taken_over',
        handoff: { kind: 'takeover', from: SUPERVISOR, to: MARIA, reason: 'I know her', confidence: 1 },
      },
      { kind: 'owner', to: MARIA, epoch: 2 },
    ]);
    expect(conversation).toMatchObject({ owner: { agentId: MARIA, previous: SUPERVISOR }, handoffCount: 1 });
  });

  it('ends whatever is pending', () => {
    const { story, handoffId } = asked();
    const { conversation, entries } = story.do('handoffs.takeover', { by: MARIA });
    expect(entries).toMatchObject([
      { action: 'cancelled', handoff: { id: handoffId, resolution: 'maria took over' } },
      { action: 'taken_over' },
      { kind: 'owner' },
    ]);
    expect(conversation).toMatchObject({ pendingHandoff: null, handoffCount: 1 });
    expect(story.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe('HANDOFF_NOT_PENDING');
  });

  it.each([
    ['away', { availability: 'away' }],
    ['full', { capacity: 1, activeConversations: 1 }],
  ] as const)('is open to a person who is %s', (_, state) => {
    const agents = duty(anAgent(MARIA, { kind: 'human', ...state }));
    expect(new Story().do('handoffs.takeover', { by: MARIA }, agents).conversation.owner.agentId).toBe(MARIA);
  });

  it.each([CLOSER, DESK])('is for people only, not for %s', (by) => {
    expect(new Story().refusal('handoffs.takeover', { by }).code).toBe('FORBIDDEN');
  });

  it('is for people whom somebody knows', () => {
    expect(new Story().refusal('handoffs.takeover', { by: 'nobody' }).code).toBe('UNKNOWN_AGENT');
  });

  it('of what one has already is refused', () => {
    const story = new Story();
    story.do('handoffs.takeover', { by: MARIA });
    expect(story.refusal('handoffs.takeover', { by: MARIA }).code).toBe('ALREADY_OWNER');
  });

  it('is open to another person', () => {
    const story = new Story();
    story.do('handoffs.takeover', { by: MARIA });
    expect(story.do('handoffs.takeover', { by: JONAS }).conversation.owner).toMatchObject({
      agentId: JONAS,
      previous: MARIA,
    });
  });
});

describe('a release', () => {
  function takenOver(): Story {
    const story = new Story();
    story.handTo(CLOSER);
    story.do('handoffs.takeover', { by: MARIA });
    return story;
  }

  it('gives the conversation back to the owner before', () => {
    const { conversation, entries } = takenOver().do('handoffs.release', { by: MARIA });
    expect(entries).toMatchObject([
      { action: 'released', handoff: { kind: 'release', from: MARIA, to: CLOSER, reason: 'Given back' } },
      { kind: 'owner', from: MARIA, to: CLOSER, epoch: 4 },
    ]);
    expect(conversation.owner).toMatchObject({ agentId: CLOSER, previous: MARIA });
  });

  it('may name another', () => {
    const { conversation } = takenOver().do('handoffs.release', { by: MARIA, to: QUALIFIER });
    expect(conversation.owner.agentId).toBe(QUALIFIER);
  });

  it('is for the owner only', () => {
    expect(takenOver().refusal('handoffs.release', { by: CLOSER }).code).toBe('NOT_OWNER');
  });

  it('goes to the supervisor where there was no owner before', () => {
    const story = new Story({ agentId: MARIA });
    expect(story.do('handoffs.release', { by: MARIA }).conversation.owner.agentId).toBe(SUPERVISOR);
  });

  it('to oneself is refused', () => {
    expect(new Story().refusal('handoffs.release', { by: SUPERVISOR }).code).toBe('INVALID_INPUT');
  });

  it('ends whatever is pending', () => {
    const story = takenOver();
    story.wait(MINUTE_MS).do('handoffs.request', { ...handing, from: MARIA });
    const { conversation, entries } = story.do('handoffs.release', { by: MARIA });
    expect(entries[0]).toMatchObject({
      action: 'cancelled',
      handoff: { resolution: 'maria gave the conversation back' },
    });
    expect(conversation.pendingHandoff).toBeNull();
  });
});
