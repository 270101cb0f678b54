import { AgentId, ClientMessageId, type Command, ConversationId } from '@baton/schema';
import { describe, expect, test } from 'vitest';
import { aConversation, SUPERVISOR } from '../test/scenario.ts';
import { newcomers, requireRegistered } from './registered-agents.ts';

const [known, other] = [AgentId.parse('known'), AgentId.parse('other')];
const conversationId = ConversationId.parse('65f0c0ffee0123456789abcd');
const words = { clientMessageId: ClientMessageId.parse('1'), text: 'Hello', visibility: 'public' as const };

const says = (author: { kind: 'agent' | 'tool' | 'customer'; agentId?: AgentId }): Command => ({
  type: 'messages.append',
  input: { conversationId, ...words, author },
});

describe('the agents that a command says have spoken or acted', () => {
  test.each<[string, Command, AgentId[]]>([
    ['an author', says({ kind: 'agent', agentId: known }), [known]],
    ['the agent whose tool it was', says({ kind: 'tool', agentId: known }), [known]],
    ['nobody for a customer', says({ kind: 'customer' }), []],
    [
      'each author of a turn',
      {
        type: 'messages.appendTurn',
        input: {
          conversationId,
          messages: [known, other].map((agentId) => ({ ...words, author: { kind: 'agent', agentId } })),
        },
      },
      [known, other],
    ],
    [
      'who handled an objection',
      {
        type: 'objections.resolve',
        input: { objectionId: conversationId as never, method: 'talk', handledBy: known, confidence: 1 },
      },
      [known],
    ],
    [
      'who is to follow up',
      {
        type: 'followUps.schedule',
        input: {
          conversationId,
          type: 'nurture',
          dueAt: '2026-01-01T00:00:00.000Z',
          priority: 'low',
          assignee: known,
          maxAttempts: 3,
          cancelOn: [],
        },
      },
      [known],
    ],
  ])('%s', (_, command, agents) => {
    expect(newcomers(command, null)).toEqual(agents);
  });
});

test('an agent that the conversation has already is none of them', () => {
  const { metrics } = aConversation();
  const counted = { messages: 1, firstAt: '', lastAt: '', inputTokens: 0, outputTokens: 0, costMicros: 0 };
  const conversation = aConversation({ metrics: { ...metrics, byAgent: { [known]: counted } } });
  expect(newcomers(says({ kind: 'agent', agentId: known }), conversation)).toEqual([]);
  expect(newcomers(says({ kind: 'agent', agentId: SUPERVISOR }), conversation)).toEqual([]);
  expect(newcomers(says({ kind: 'agent', agentId: other }), conversation)).toEqual([other]);
});

describe('an agent that is not registered', () => {
  const refused = expect.objectContaining({ code: 'UNKNOWN_AGENT', details: { agentId: other } });

  test('neither speaks nor acts', () => {
    const registered = new Set([known]);
    expect(() => requireRegistered(says({ kind: 'agent', agentId: other }), null, { registered })).toThrow(
      refused,
    );
    expect(() =>
      requireRegistered(says({ kind: 'agent', agentId: known }), null, { registered }),
    ).not.toThrow();
  });

  test('is left to the server where nobody knows the agents', () => {
    expect(() => requireRegistered(says({ kind: 'agent', agentId: other }), null, {})).not.toThrow();
  });
});
