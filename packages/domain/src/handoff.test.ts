import { AgentId, type Conversation, timestamp } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import type { AgentState } from './decide.ts';
import {
  defaultAgents,
  anAgent,
  CLOSER,
  DESK,
  HOUR_MS,
  JONAS,
  MARIA,
  MINUTE_MS,
  OBJECTION_HANDLER,
  QUALIFIER,
  Scenario,
  SUPERVISOR,
} from '../test/scenario.ts';

const handoffInput = {
  from: SUPERVISOR,
  to: QUALIFIER,
  reason: 'Wants a quote',
  trigger: 'user_intent',
} as const;
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
function requested(to: AgentId = QUALIFIER, more: { stage?: 'qualification'; expiresAt?: string } = {}) {
  const scenario = new Scenario();
  scenario.when('handoffs.request', { ...handoffInput, to, ...more });
  return { scenario, handoffId: pendingIdOf(scenario.conversation) };
}

function withAgent(agent: AgentState) {
  return { agents: defaultAgents(agent) };
}

describe('a transfer', () => {
  it('changes the owner at once, and the timeline says all of it', () => {
    const scenario = new Scenario();
    scenario.customerSays('I have a shop');
    const { conversation, entries } = scenario.when('handoffs.transfer', { ...handoffInput, brief });
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
    const scenario = new Scenario();
    for (const [to, epoch] of [
      [QUALIFIER, 2],
      [CLOSER, 3],
      [OBJECTION_HANDLER, 4],
    ] as const) {
      expect(scenario.transferTo(to).conversation.owner).toMatchObject({ agentId: to, epoch });
    }
    expect(scenario.conversation.handoffCount).toBe(3);
  });

  it('moves the stage in the same command', () => {
    const { conversation, entries } = new Scenario().transferTo(QUALIFIER, { stage: 'qualification' });
    expect(entries.map(({ kind, version }) => [kind, version])).toEqual([
      ['handoff', 2],
      ['owner', 2],
      ['stage', 2],
    ]);
    expect(conversation).toMatchObject({ stage: 'qualification', owner: { agentId: QUALIFIER }, version: 2 });
  });

  it('to the stage that the sale is in moves only the owner', () => {
    expect(new Scenario().transferTo(QUALIFIER, { stage: 'lead' }).entries.map(({ kind }) => kind)).toEqual([
      'handoff',
      'owner',
    ]);
  });

  it('to a stage that the table does not open changes nothing at all', () => {
    const scenario = new Scenario();
    expect(scenario.refusal('handoffs.transfer', { ...handoffInput, stage: 'closing' }).code).toBe(
      'INVALID_TRANSITION',
    );
    expect(scenario.conversation).toMatchObject({
      owner: { agentId: SUPERVISOR, epoch: 1 },
      handoffCount: 0,
    });
  });

  it('is refused from an agent who is not the owner', () => {
    expect(new Scenario().refusal('handoffs.transfer', { ...handoffInput, from: CLOSER })).toMatchObject({
      code: 'NOT_OWNER',
      details: { owner: { agentId: SUPERVISOR, epoch: 1 } },
    });
  });

  it('is refused to the owner itself', () => {
    expect(new Scenario().refusal('handoffs.transfer', { ...handoffInput, to: SUPERVISOR }).code).toBe(
      'INVALID_INPUT',
    );
  });

  it.each(['conversations.close', 'conversations.abandon'] as const)('is refused after %s', (end) => {
    const scenario = new Scenario();
    scenario.when(end, {});
    expect(scenario.refusal('handoffs.transfer', handoffInput).code).toBe('CONVERSATION_CLOSED');
    expect(scenario.refusal('handoffs.request', handoffInput).code).toBe('CONVERSATION_CLOSED');
    expect(scenario.refusal('handoffs.takeover', { by: MARIA }).code).toBe('CONVERSATION_CLOSED');
    expect(scenario.refusal('handoffs.release', { by: SUPERVISOR }).code).toBe('CONVERSATION_CLOSED');
  });

  it('is refused while another handoff is pending', () => {
    const { scenario, handoffId } = requested();
    expect(scenario.refusal('handoffs.transfer', { ...handoffInput, to: CLOSER })).toMatchObject({
      code: 'HANDOFF_PENDING',
      details: { handoffId },
    });
  });

  it('needs a brief whose facts point at entries that exist', () => {
    expect(new Scenario().refusal('handoffs.transfer', { ...handoffInput, brief })).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The brief points at entry 2, the last one is 1',
    });
    expect(new Scenario().refusal('handoffs.request', { ...handoffInput, brief }).code).toBe('INVALID_INPUT');
  });

  it('reaches an agent called constructor', () => {
    const constructor = AgentId.parse('constructor');
    const scenario = new Scenario();
    scenario.when('handoffs.transfer', { ...handoffInput, to: constructor }, withAgent(anAgent(constructor)));
    expect(scenario.agentSays(constructor).conversation.metrics.byAgent[constructor]?.messages).toBe(1);
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
    const agents = agent === null ? new Map<AgentId, AgentState>() : defaultAgents(agent);
    expect(new Scenario().refusal('handoffs.transfer', handoffInput, { agents }).code).toBe(code);
  });

  it.each(cases.filter(([, agent]) => agent?.kind !== 'queue'))(
    'is refused in a request where it %s',
    (_, agent, code) => {
      const agents = agent === null ? new Map<AgentId, AgentState>() : defaultAgents(agent);
      expect(new Scenario().refusal('handoffs.request', handoffInput, { agents }).code).toBe(code);
    },
  );

  it.each(cases.filter(([, agent]) => agent?.kind !== 'queue'))(
    'is refused in an acceptance where it %s by then',
    (_, agent, code) => {
      const { scenario, handoffId } = requested();
      const agents = agent === null ? new Map<AgentId, AgentState>() : defaultAgents(agent);
      expect(scenario.refusal('handoffs.accept', { handoffId, by: QUALIFIER }, { agents }).code).toBe(code);
    },
  );

  it.each(cases)('is refused in a release where it %s', (_, agent, code) => {
    const agents = agent === null ? new Map<AgentId, AgentState>() : defaultAgents(agent);
    expect(
      new Scenario().refusal('handoffs.release', { by: SUPERVISOR, to: QUALIFIER }, { agents }).code,
    ).toBe(code);
  });

  it('may have room for just one more', () => {
    const agent = anAgent(QUALIFIER, { capacity: 2, activeConversations: 1 });
    expect(
      new Scenario().when('handoffs.transfer', handoffInput, withAgent(agent)).conversation.owner.agentId,
    ).toBe(QUALIFIER);
  });

  it('is left to the server where the caller cannot know the agents', () => {
    const { conversation } = new Scenario().when('handoffs.transfer', handoffInput, { agents: null });
    expect(conversation.owner.agentId).toBe(QUALIFIER);
  });
});

describe('a request', () => {
  it('leaves the owner until it is accepted', () => {
    const { scenario, handoffId } = requested();
    expect(scenario.conversation).toMatchObject({
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
    expect(scenario.agentSays(SUPERVISOR).conversation.metrics.messages).toBe(1);
  });

  it('stands alone: a second one is refused while the first is pending', () => {
    const { scenario } = requested();
    expect(scenario.refusal('handoffs.request', { ...handoffInput, to: CLOSER }).code).toBe(
      'HANDOFF_PENDING',
    );
  });

  it('may not expire before it begins', () => {
    const scenario = new Scenario();
    expect(scenario.refusal('handoffs.request', { ...handoffInput, expiresAt: scenario.now }).code).toBe(
      'INVALID_INPUT',
    );
  });
});

it.each(['handoffs.transfer', 'handoffs.request'] as const)(
  '%s under an ownership that has passed is refused, even to one who owns the conversation again',
  (type) => {
    const scenario = new Scenario();
    const { epoch } = scenario.conversation.owner;
    scenario.when('handoffs.takeover', { by: MARIA });
    scenario.when('handoffs.release', { by: MARIA });
    expect(scenario.refusal(type, { ...handoffInput, ownerEpoch: epoch })).toMatchObject({
      code: 'STALE_OWNER',
      details: { owner: { epoch: 3 }, ownerEpoch: 1 },
    });
    expect(() => scenario.when(type, { ...handoffInput, ownerEpoch: 3 })).not.toThrow();
  },
);

describe('the acceptance of a request', () => {
  it('makes the agent that was asked the owner', () => {
    const { scenario, handoffId } = requested();
    const { conversation, entries } = scenario.when('handoffs.accept', { handoffId, by: QUALIFIER });
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
    const { scenario, handoffId } = requested(QUALIFIER, { stage: 'qualification' });
    expect(scenario.conversation.stage).toBe('lead');
    expect(scenario.when('handoffs.accept', { handoffId, by: QUALIFIER }).conversation.stage).toBe(
      'qualification',
    );
  });

  it('is for nobody else', () => {
    const { scenario, handoffId } = requested();
    expect(scenario.refusal('handoffs.accept', { handoffId, by: CLOSER }).code).toBe('FORBIDDEN');
  });

  it('happens once', () => {
    const { scenario, handoffId } = requested();
    scenario.when('handoffs.accept', { handoffId, by: QUALIFIER });
    expect(scenario.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it('names the request that is pending now', () => {
    const { scenario } = requested();
    const other = 'e'.repeat(24);
    expect(scenario.refusal('handoffs.accept', { handoffId: other, by: QUALIFIER })).toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
      details: { handoffId: other },
    });
  });

  it('comes too late at the very instant of expiry', () => {
    const expiresAt = timestamp(Date.parse('2026-01-05T09:00:00.000Z') + HOUR_MS);
    const late = requested(QUALIFIER, { expiresAt });
    const accept = { handoffId: late.handoffId, by: QUALIFIER };
    expect(late.scenario.refusal('handoffs.accept', accept, { at: expiresAt }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
    const justInTime = timestamp(Date.parse(expiresAt) - 1);
    expect(late.scenario.when('handoffs.accept', accept, { at: justInTime }).conversation.owner.agentId).toBe(
      QUALIFIER,
    );
  });
});

describe('a request to a queue', () => {
  it('is taken by any of its members, and says who', () => {
    const { scenario, handoffId } = requested(DESK);
    const { conversation, entries } = scenario.when('handoffs.accept', { handoffId, by: JONAS });
    expect(entries[0]).toMatchObject({ handoff: { to: DESK, acceptedBy: JONAS } });
    expect(conversation.owner).toMatchObject({ agentId: JONAS, previous: SUPERVISOR });
  });

  it('goes to exactly one of them', () => {
    const { scenario, handoffId } = requested(DESK);
    scenario.when('handoffs.accept', { handoffId, by: JONAS });
    expect(scenario.refusal('handoffs.accept', { handoffId, by: MARIA }).code).toBe('HANDOFF_NOT_PENDING');
  });

  it('is not for the owner, who asked, even where it is a member', () => {
    const { scenario, handoffId } = requested(DESK);
    const desk = anAgent(DESK, { kind: 'queue', members: [SUPERVISOR, JONAS] });
    const refusal = scenario.refusal('handoffs.accept', { handoffId, by: SUPERVISOR }, withAgent(desk));
    expect(refusal).toMatchObject({ code: 'ALREADY_OWNER', details: { owner: { epoch: 1 } } });
  });

  it('is not for those who are no members, nor for the queue itself', () => {
    const { scenario, handoffId } = requested(DESK);
    expect(scenario.refusal('handoffs.accept', { handoffId, by: CLOSER }).code).toBe('FORBIDDEN');
    expect(scenario.refusal('handoffs.accept', { handoffId, by: DESK }).code).toBe('INVALID_INPUT');
  });

  it('is not declined by one member for all', () => {
    const { scenario, handoffId } = requested(DESK);
    expect(scenario.refusal('handoffs.reject', { handoffId, by: MARIA }).code).toBe('FORBIDDEN');
  });

  it('is shown as taken at once where the caller cannot know the members', () => {
    const { scenario, handoffId } = requested(DESK);
    const { conversation } = scenario.when('handoffs.accept', { handoffId, by: JONAS }, { agents: null });
    expect(conversation.owner.agentId).toBe(JONAS);
  });
});

describe('a request ends without a change of owner', () => {
  const ends = [
    ['rejected', 'handoffs.reject', { by: QUALIFIER, reason: 'Busy' }],
    ['cancelled', 'handoffs.cancel', { reason: 'Busy' }],
  ] as const;

  it.each(ends)('when it is %s, with the reason', (status, type, input) => {
    const { scenario, handoffId } = requested();
    const { conversation, entries } = scenario.when(type, { handoffId, ...input });
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
    const { scenario, handoffId } = requested();
    scenario.when(type, { handoffId, by: QUALIFIER });
    expect(scenario.refusal(type, { handoffId, ...input }).code).toBe('HANDOFF_NOT_PENDING');
    expect(scenario.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it('when it expires, not before', () => {
    const expiresAt = timestamp(Date.parse('2026-01-05T09:00:00.000Z') + HOUR_MS);
    const { scenario, handoffId } = requested(QUALIFIER, { expiresAt });
    expect(scenario.refusal('handoffs.expire', { handoffId })).toMatchObject({
      code: 'HANDOFF_NOT_PENDING',
      details: { expiresAt },
    });
    const { conversation, entries } = scenario.when('handoffs.expire', { handoffId }, { at: expiresAt });
    expect(entries).toMatchObject([
      { action: 'expired', handoff: { status: 'expired', resolvedAt: expiresAt } },
    ]);
    expect(conversation.pendingHandoff).toBeNull();
  });

  it('and never expires where it has no end', () => {
    const { scenario, handoffId } = requested();
    expect(scenario.wait(1_000 * HOUR_MS).refusal('handoffs.expire', { handoffId }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it('when the conversation is closed', () => {
    const { scenario } = requested();
    const { conversation, entries } = scenario.when('conversations.close', {});
    expect(entries).toMatchObject([
      { kind: 'handoff', action: 'cancelled', handoff: { resolution: 'The conversation was closed' } },
      { kind: 'status' },
    ]);
    expect(conversation.pendingHandoff).toBeNull();
  });

  it('is rejected by the agent that was asked, by nobody else', () => {
    const { scenario, handoffId } = requested();
    expect(scenario.refusal('handoffs.reject', { handoffId, by: SUPERVISOR }).code).toBe('FORBIDDEN');
  });

  it('and makes room for another', () => {
    const { scenario, handoffId } = requested();
    scenario.when('handoffs.cancel', { handoffId });
    expect(scenario.transferTo(CLOSER).conversation.owner.agentId).toBe(CLOSER);
  });
});

describe('a loop', () => {
  /** A → B → A, so that one more step to B would be the fourth. */
  function almost(): Scenario {
    const scenario = new Scenario();
    scenario.transferTo(QUALIFIER);
    scenario.transferTo(SUPERVISOR);
    return scenario;
  }

  it('A → B → A → B is refused', () => {
    expect(almost().refusal('handoffs.transfer', handoffInput)).toMatchObject({
      code: 'HANDOFF_LOOP',
      details: { chain: [SUPERVISOR, QUALIFIER, SUPERVISOR, QUALIFIER] },
    });
  });

  it('is refused to be asked for, too', () => {
    expect(almost().refusal('handoffs.request', handoffInput).code).toBe('HANDOFF_LOOP');
  });

  it('is refused through a queue, when it is accepted', () => {
    const scenario = new Scenario();
    scenario.transferTo(MARIA);
    scenario.transferTo(SUPERVISOR);
    scenario.when('handoffs.request', { ...handoffInput, to: DESK });
    const handoffId = pendingIdOf(scenario.conversation);
    expect(scenario.refusal('handoffs.accept', { handoffId, by: MARIA }).code).toBe('HANDOFF_LOOP');
    expect(scenario.when('handoffs.accept', { handoffId, by: JONAS }).conversation.owner.agentId).toBe(JONAS);
  });

  it('is still seen after a longer way', () => {
    const scenario = new Scenario();
    for (const to of [CLOSER, OBJECTION_HANDLER, QUALIFIER, OBJECTION_HANDLER]) scenario.transferTo(to);
    expect(scenario.refusal('handoffs.transfer', { ...handoffInput, from: OBJECTION_HANDLER }).code).toBe(
      'HANDOFF_LOOP',
    );
  });

  it('is none where a third agent is between', () => {
    const scenario = almost();
    scenario.transferTo(CLOSER);
    expect(scenario.transferTo(QUALIFIER).conversation.owner.agentId).toBe(QUALIFIER);
  });

  it.each([
    ['a word of the customer', (scenario: Scenario) => scenario.customerSays()],
    ['a new answer', (scenario: Scenario) => scenario.recordAnswers()],
  ])('is none after %s', (_, between) => {
    const scenario = almost();
    between(scenario);
    expect(scenario.transferTo(QUALIFIER).conversation.owner.agentId).toBe(QUALIFIER);
  });

  it.each([
    ['an internal note', (scenario: Scenario) => scenario.agentSays(CLOSER, 'x', { visibility: 'internal' })],
    ["the owner's own words", (scenario: Scenario) => scenario.agentSays(SUPERVISOR)],
    ['an objection', (scenario: Scenario) => scenario.raiseObjection()],
  ])('is still one after %s', (_, between) => {
    const scenario = almost();
    between(scenario);
    expect(scenario.refusal('handoffs.transfer', handoffInput).code).toBe('HANDOFF_LOOP');
  });

  it('is none where a person takes over and gives back, again and again', () => {
    const scenario = new Scenario();
    for (let times = 0; times < 3; times += 1) {
      scenario.when('handoffs.takeover', { by: MARIA });
      scenario.when('handoffs.release', { by: MARIA });
    }
    expect(scenario.conversation.owner).toMatchObject({ agentId: SUPERVISOR, epoch: 7 });
  });
});

describe('a takeover', () => {
  it('gives the conversation to a person at once', () => {
    const { conversation, entries } = new Scenario().when('handoffs.takeover', {
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
    const { scenario, handoffId } = requested();
    const { conversation, entries } = scenario.when('handoffs.takeover', { by: MARIA });
    expect(entries).toMatchObject([
      { action: 'cancelled', handoff: { id: handoffId, resolution: 'maria took over' } },
      { action: 'taken_over' },
      { kind: 'owner' },
    ]);
    expect(conversation).toMatchObject({ pendingHandoff: null, handoffCount: 1 });
    expect(scenario.refusal('handoffs.accept', { handoffId, by: QUALIFIER }).code).toBe(
      'HANDOFF_NOT_PENDING',
    );
  });

  it.each([
    ['away', { availability: 'away' }],
    ['full', { capacity: 1, activeConversations: 1 }],
  ] as const)('is open to a person who is %s', (_, state) => {
    const agents = withAgent(anAgent(MARIA, { kind: 'human', ...state }));
    expect(new Scenario().when('handoffs.takeover', { by: MARIA }, agents).conversation.owner.agentId).toBe(
      MARIA,
    );
  });

  it.each([CLOSER, DESK])('is for people only, not for %s', (by) => {
    expect(new Scenario().refusal('handoffs.takeover', { by }).code).toBe('FORBIDDEN');
  });

  it('is for people whom somebody knows', () => {
    expect(new Scenario().refusal('handoffs.takeover', { by: 'nobody' }).code).toBe('UNKNOWN_AGENT');
  });

  it('of what one has already is refused', () => {
    const scenario = new Scenario();
    scenario.when('handoffs.takeover', { by: MARIA });
    expect(scenario.refusal('handoffs.takeover', { by: MARIA }).code).toBe('ALREADY_OWNER');
  });

  it('is open to another person', () => {
    const scenario = new Scenario();
    scenario.when('handoffs.takeover', { by: MARIA });
    expect(scenario.when('handoffs.takeover', { by: JONAS }).conversation.owner).toMatchObject({
      agentId: JONAS,
      previous: MARIA,
    });
  });
});

describe('a release', () => {
  function takenOver(): Scenario {
    const scenario = new Scenario();
    scenario.transferTo(CLOSER);
    scenario.when('handoffs.takeover', { by: MARIA });
    return scenario;
  }

  it('gives the conversation back to the owner before', () => {
    const { conversation, entries } = takenOver().when('handoffs.release', { by: MARIA });
    expect(entries).toMatchObject([
      { action: 'released', handoff: { kind: 'release', from: MARIA, to: CLOSER, reason: 'Given back' } },
      { kind: 'owner', from: MARIA, to: CLOSER, epoch: 4 },
    ]);
    expect(conversation.owner).toMatchObject({ agentId: CLOSER, previous: MARIA });
  });

  it('may name another', () => {
    const { conversation } = takenOver().when('handoffs.release', { by: MARIA, to: QUALIFIER });
    expect(conversation.owner.agentId).toBe(QUALIFIER);
  });

  it('is for the owner only', () => {
    expect(takenOver().refusal('handoffs.release', { by: CLOSER }).code).toBe('NOT_OWNER');
  });

  it('goes to the supervisor where there was no owner before', () => {
    const scenario = new Scenario({ agentId: MARIA });
    expect(scenario.when('handoffs.release', { by: MARIA }).conversation.owner.agentId).toBe(SUPERVISOR);
  });

  it('to oneself is refused', () => {
    expect(new Scenario().refusal('handoffs.release', { by: SUPERVISOR }).code).toBe('INVALID_INPUT');
  });

  it('ends whatever is pending', () => {
    const scenario = takenOver();
    scenario.wait(MINUTE_MS).when('handoffs.request', { ...handoffInput, from: MARIA });
    const { conversation, entries } = scenario.when('handoffs.release', { by: MARIA });
    expect(entries[0]).toMatchObject({
      action: 'cancelled',
      handoff: { resolution: 'maria gave the conversation back' },
    });
    expect(conversation.pendingHandoff).toBeNull();
  });
});
