import { AgentId } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import type { AgentState } from './decide.ts';
import { brief, handoffInput, requestedHandoff, withAgent } from '../test/handoff-scenario.ts';
import {
  anAgent,
  defaultAgents,
  CLOSER,
  MARIA,
  OBJECTION_HANDLER,
  QUALIFIER,
  Scenario,
  SUPERVISOR,
} from '../test/scenario.ts';

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
    const { scenario, handoffId } = requestedHandoff();
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
      const { scenario, handoffId } = requestedHandoff();
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
