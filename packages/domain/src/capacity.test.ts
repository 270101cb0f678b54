import type { AgentId, Conversation, Entry } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import type { DecideContext } from './decide.ts';
import {
  anAgent,
  DESK,
  defaultAgents,
  MARIA,
  QUALIFIER,
  refusalOf,
  Scenario,
  SUPERVISOR,
} from '../test/scenario.ts';
import { handoffInput, requestedHandoff } from '../test/handoff-scenario.ts';

type Given = { force?: boolean; reason?: string };
type Result = { conversation: Conversation; entries: readonly Entry[] };
type Way = (given: Given, context: Partial<DecideContext>) => Result;

function afterwards(prepare: (scenario: Scenario) => void, act: (scenario: Scenario) => Way): Way {
  return (given, context) => {
    const scenario = new Scenario();
    prepare(scenario);
    return act(scenario)(given, context);
  };
}

function create(agentId?: AgentId): Way {
  return ({ force }, context) => {
    const { conversation, entries } = new Scenario({ agentId, force }, context);
    return { conversation, entries };
  };
}

/** Every way to get an active conversation, with who gets it. */
const ways: [string, AgentId, Way][] = [
  ['a create', QUALIFIER, create(QUALIFIER)],
  ["a create without an agent: the default owner's", SUPERVISOR, create()],
  [
    'a resumption',
    SUPERVISOR,
    afterwards(
      (scenario) => scenario.when('conversations.pause', {}),
      (scenario) => (given, context) => scenario.when('conversations.resume', given, context),
    ),
  ],
  [
    'a resumption with a follow-up open',
    SUPERVISOR,
    afterwards(
      (scenario) => {
        scenario.scheduleFollowUp();
        scenario.when('conversations.pause', {});
      },
      (scenario) => (given, context) => scenario.when('conversations.resume', given, context),
    ),
  ],
  [
    'a reopening',
    SUPERVISOR,
    afterwards(
      (scenario) => scenario.when('conversations.close', {}),
      (scenario) => (given, context) => scenario.when('conversations.reopen', given, context),
    ),
  ],
  [
    'a transfer',
    QUALIFIER,
    (given, context) => new Scenario().when('handoffs.transfer', { ...handoffInput, ...given }, context),
  ],
  [
    'an acceptance',
    QUALIFIER,
    ({ force }, context) => {
      const { scenario, handoffId } = requestedHandoff();
      return scenario.when('handoffs.accept', { handoffId, by: QUALIFIER, force }, context);
    },
  ],
  [
    'an acceptance for a queue',
    MARIA,
    ({ force }, context) => {
      const { scenario, handoffId } = requestedHandoff(DESK);
      return scenario.when('handoffs.accept', { handoffId, by: MARIA, force }, context);
    },
  ],
  [
    'a takeover',
    MARIA,
    (given, context) => new Scenario().when('handoffs.takeover', { by: MARIA, ...given }, context),
  ],
  [
    'a release',
    QUALIFIER,
    (given, context) =>
      new Scenario().when('handoffs.release', { by: SUPERVISOR, to: QUALIFIER, ...given }, context),
  ],
];

const kindOf = (agentId: AgentId) => (agentId === MARIA ? 'human' : 'ai');

const limits = [
  ['is full', 'AGENT_FULL', { capacity: 2, activeConversations: 2 }],
  ['is more than full', 'AGENT_FULL', { capacity: 2, activeConversations: 5 }],
  ['takes none', 'AGENT_FULL', { capacity: 0 }],
  ['is away', 'AGENT_UNAVAILABLE', { availability: 'away' }],
] as const;

const reason = 'Nobody else speaks Portuguese';

describe.each(ways)('%s', (_, agentId, way) => {
  const withLimit = (more: Parameters<typeof anAgent>[1]) => ({
    agents: defaultAgents(anAgent(agentId, { kind: kindOf(agentId), ...more })),
  });

  it.each(limits)('is refused where the agent %s', (__, code, limit) => {
    const refusal = refusalOf(() => way({ reason }, withLimit(limit)));
    expect(refusal).toMatchObject({ code, details: { agentId } });
  });

  it('says how full the agent is', () => {
    const refusal = refusalOf(() => way({}, withLimit({ capacity: 2, activeConversations: 2 })));
    expect(refusal.message).toBe(`${agentId} has 2 active conversations, and its capacity is 2`);
    expect(refusal.details).toEqual({ agentId, capacity: 2, activeConversations: 2 });
  });

  it('goes ahead where the agent has room for just one more', () => {
    const { conversation } = way({}, withLimit({ capacity: 3, activeConversations: 2 }));
    expect(conversation).toMatchObject({ status: 'active', owner: { agentId } });
  });

  it.each(limits)('goes ahead by force of a manager where the agent %s, and says so', (__, ___, limit) => {
    const { entries, conversation } = way({ force: true, reason }, { ...withLimit(limit), mayForce: true });
    expect(conversation).toMatchObject({ status: 'active', owner: { agentId } });
    expect(entries.filter((entry) => 'forced' in entry && entry.forced)).toHaveLength(1);
  });

  it('is not forced by who is no manager', () => {
    expect(refusalOf(() => way({ force: true, reason }, withLimit({ availability: 'away' })))).toMatchObject({
      code: 'FORBIDDEN',
      details: { needs: ['manager', 'admin'] },
    });
  });

  it('says nothing of force where none was needed', () => {
    const { entries } = way({ force: true, reason }, { ...withLimit({ capacity: 3 }), mayForce: true });
    expect(entries.filter((entry) => 'forced' in entry && entry.forced)).toEqual([]);
  });

  it('is left to the server where the caller cannot know the agents', () => {
    expect(way({ force: true, reason }, { agents: null }).conversation.owner.agentId).toBe(agentId);
  });
});

describe('a forced return of a conversation', () => {
  it.each(['conversations.resume', 'conversations.reopen'] as const)('by %s needs a reason', (type) => {
    const scenario = new Scenario();
    scenario.when(type === 'conversations.resume' ? 'conversations.pause' : 'conversations.close', {});
    const agents = defaultAgents(anAgent(SUPERVISOR, { capacity: 0 }));
    expect(scenario.refusal(type, { force: true }, { agents, mayForce: true })).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: 'reason' }] },
    });
  });
});

describe('a request to a queue', () => {
  it('is refused while the queue is away', () => {
    const agents = defaultAgents(anAgent(DESK, { kind: 'queue', availability: 'away' }));
    expect(
      new Scenario().refusal('handoffs.request', { ...handoffInput, to: DESK }, { agents }),
    ).toMatchObject({ code: 'AGENT_UNAVAILABLE', details: { agentId: DESK } });
  });

  it('that was asked before is accepted for it while it is away', () => {
    const { scenario, handoffId } = requestedHandoff(DESK);
    const agents = defaultAgents(anAgent(DESK, { kind: 'queue', members: [MARIA], availability: 'away' }));
    const { conversation } = scenario.when('handoffs.accept', { handoffId, by: MARIA }, { agents });
    expect(conversation.owner.agentId).toBe(MARIA);
  });
});
