import { AgentId, ConversationMetrics, PREVIEW_LENGTH } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { redactMessage } from './message.ts';
import {
  anAgent,
  defaultAgents,
  CLOSER,
  MARIA,
  MINUTE_MS,
  QUALIFIER,
  Scenario,
  SUPERVISOR,
} from '../test/scenario.ts';

const usage = { model: 'm', inputTokens: 100, outputTokens: 20, costMicros: 300 };
const agentSays = (agentId: string) =>
  ({ clientMessageId: 'm', author: { kind: 'agent', agentId }, text: 'Hello' }) as const;

describe('who may speak', () => {
  it('the owner may', () => {
    const { entries } = new Scenario().agentSays(SUPERVISOR, 'Welcome');
    expect(entries).toMatchObject([
      {
        kind: 'message',
        text: 'Welcome',
        visibility: 'public',
        actor: { kind: 'agent', agentId: SUPERVISOR },
      },
    ]);
  });

  it('another agent may not speak to the customer', () => {
    const refusal = new Scenario().refusal('messages.append', agentSays(CLOSER));
    expect(refusal).toMatchObject({ code: 'NOT_OWNER', details: { owner: { agentId: SUPERVISOR } } });
  });

  it('another agent may leave an internal note', () => {
    const { conversation } = new Scenario().agentSays(CLOSER, 'Mind the budget', { visibility: 'internal' });
    expect(conversation.metrics.byAgent[CLOSER]?.messages).toBe(1);
  });

  it('customer, system and tools always may', () => {
    const scenario = new Scenario();
    for (const author of [
      { kind: 'customer' },
      { kind: 'system' },
      { kind: 'tool', agentId: CLOSER },
    ] as const) {
      scenario.when('messages.append', { clientMessageId: scenario.nextMessageId(), author, text: 'x' });
    }
    expect(scenario.conversation.metrics).toMatchObject({ messages: 3, customerMessages: 1 });
  });

  it('a tool may name the agent that it works for, whose messages it does not raise', () => {
    const author = { kind: 'tool', agentId: CLOSER } as const;
    const { conversation } = new Scenario().when('messages.append', {
      clientMessageId: 'm',
      author,
      text: '{}',
      usage,
    });
    expect(conversation.metrics.byAgent).toEqual({});
  });

  it.each(['conversations.close', 'conversations.abandon'] as const)('nobody may after %s', (end) => {
    const scenario = new Scenario();
    scenario.when(end, {});
    for (const message of [
      { clientMessageId: 'a', author: { kind: 'customer' }, text: 'x' },
      { ...agentSays(SUPERVISOR) },
      { ...agentSays(SUPERVISOR), visibility: 'internal' },
    ] as const) {
      expect(scenario.refusal('messages.append', message).code).toBe('CONVERSATION_CLOSED');
    }
    expect(scenario.refusal('messages.appendTurn', { messages: [agentSays(SUPERVISOR)] }).code).toBe(
      'CONVERSATION_CLOSED',
    );
  });

  it.each(['paused', 'scheduled'] as const)('all may while it is %s', (status) => {
    const { conversation } = new Scenario().given({ status }).customerSays();
    expect(conversation).toMatchObject({ status, metrics: { messages: 1 } });
  });
});

describe('a reply after a takeover', () => {
  it('is refused', () => {
    const scenario = new Scenario();
    scenario.when('handoffs.takeover', { by: MARIA });
    expect(scenario.refusal('messages.append', agentSays(SUPERVISOR)).code).toBe('NOT_OWNER');
    expect(scenario.refusal('messages.append', { ...agentSays(SUPERVISOR), ownerEpoch: 1 }).code).toBe(
      'STALE_OWNER',
    );
  });

  it('is refused even where the agent has got the conversation back since it wrote', () => {
    const scenario = new Scenario();
    scenario.when('handoffs.takeover', { by: MARIA });
    scenario.when('handoffs.release', { by: MARIA });
    expect(scenario.refusal('messages.append', { ...agentSays(SUPERVISOR), ownerEpoch: 1 })).toMatchObject({
      code: 'STALE_OWNER',
      details: { owner: { agentId: SUPERVISOR, epoch: 3 }, ownerEpoch: 1 },
    });
    expect(scenario.agentSays(SUPERVISOR, 'Back', { ownerEpoch: 3 }).conversation.metrics.messages).toBe(1);
  });

  it.each([
    ['an internal note', { ...agentSays(SUPERVISOR), visibility: 'internal' }],
    ["a tool's answer", { clientMessageId: 'm', author: { kind: 'tool', agentId: SUPERVISOR }, text: '{}' }],
    ["the system's word", { clientMessageId: 'm', author: { kind: 'system' }, text: 'x' }],
  ] as const)('is refused too where it is %s under the epoch before', (_, message) => {
    const scenario = new Scenario();
    scenario.when('handoffs.takeover', { by: MARIA });
    expect(scenario.refusal('messages.append', { ...message, ownerEpoch: 1 }).code).toBe('STALE_OWNER');
  });

  it('is refused under an epoch that has not come yet', () => {
    expect(new Scenario().refusal('messages.append', { ...agentSays(SUPERVISOR), ownerEpoch: 2 }).code).toBe(
      'STALE_OWNER',
    );
  });
});

describe('a message', () => {
  it('keeps what was said, and nothing that was not', () => {
    const scenario = new Scenario();
    scenario.customerSays();
    const parts = [{ type: 'tool_call', callId: 'c', name: 'search', arguments: '{}' } as const];
    const { entries } = scenario.agentSays(SUPERVISOR, 'Hello', { inReplyTo: 2, usage, parts });
    expect(entries).toMatchObject([{ seq: 3, inReplyTo: 2, usage, parts, redactedAt: null }]);
    const [plain] = scenario.customerSays().entries;
    expect(Object.keys(plain ?? {}).toSorted()).toEqual([
      'actor',
      'at',
      'author',
      'clientMessageId',
      'conversationId',
      'kind',
      'redactedAt',
      'seq',
      'text',
      'version',
      'visibility',
    ]);
  });

  it('may not answer an entry that does not exist', () => {
    const scenario = new Scenario();
    const reply = { ...agentSays(SUPERVISOR), inReplyTo: 2 };
    expect(scenario.refusal('messages.append', reply)).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: 'inReplyTo', message: 'No entry 2 to reply to' }] },
    });
    scenario.customerSays();
    expect(scenario.when('messages.append', reply).entries).toMatchObject([{ inReplyTo: 2 }]);
  });
});

describe('a turn', () => {
  const turn = [
    { clientMessageId: 'a', author: { kind: 'customer' }, text: 'How much is it?' },
    { clientMessageId: 'b', author: { kind: 'tool', agentId: SUPERVISOR }, text: '{"price":500}' },
    { clientMessageId: 'c', author: { kind: 'agent', agentId: SUPERVISOR }, text: '500 a month.', usage },
  ] as const;

  it('is said whole, in one version', () => {
    const scenario = new Scenario();
    const { conversation, entries } = scenario.when('messages.appendTurn', { messages: [...turn] });
    expect(entries.map(({ seq, version }) => [seq, version])).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
    ]);
    expect(conversation).toMatchObject({
      version: 2,
      metrics: { messages: 3, customerMessages: 1, firstResponseMs: 0, waitingSince: null },
      lastMessage: { seq: 4, preview: '500 a month.' },
    });
  });

  it('says which message of a turn answers an entry that is not there', () => {
    const messages = [
      agentSays(SUPERVISOR),
      { ...agentSays(SUPERVISOR), clientMessageId: 'n', inReplyTo: 9 },
    ];
    expect(new Scenario().refusal('messages.appendTurn', { messages }).details).toMatchObject({
      faults: [{ path: 'messages[1].inReplyTo' }],
    });
  });

  it('is refused whole where one message of it is', () => {
    const scenario = new Scenario();
    const stranger = {
      clientMessageId: 'd',
      author: { kind: 'agent', agentId: CLOSER },
      text: 'Me too',
    } as const;
    expect(scenario.refusal('messages.appendTurn', { messages: [...turn, stranger] }).code).toBe('NOT_OWNER');
    expect(scenario.conversation.metrics.messages).toBe(0);
  });

  it('may answer its own messages', () => {
    const [question, tool, answer] = turn;
    const { entries } = new Scenario().when('messages.appendTurn', {
      messages: [question, tool, { ...answer, inReplyTo: 2 }],
    });
    expect(entries.at(-1)).toMatchObject({ inReplyTo: 2 });
  });

  it('is fenced by one epoch', () => {
    expect(new Scenario().refusal('messages.appendTurn', { messages: [...turn], ownerEpoch: 2 }).code).toBe(
      'STALE_OWNER',
    );
  });
});

describe('metrics', () => {
  it('count the first message like any other', () => {
    const { conversation } = new Scenario({ initialMessage: { text: 'Hello' } });
    expect(conversation.metrics).toEqual({
      messages: 1,
      customerMessages: 1,
      interactionCount: 1,
      byAgent: {},
      firstResponseMs: null,
      waitingSince: conversation.createdAt,
    });
    expect(conversation).toMatchObject({ lastSeq: 2, version: 1, lastMessage: { seq: 2, preview: 'Hello' } });
  });

  it('count the first message of an agent for that agent', () => {
    const author = { kind: 'agent', agentId: SUPERVISOR } as const;
    const { conversation } = new Scenario({ initialMessage: { text: 'Hello', author } });
    expect(conversation.metrics).toMatchObject({
      messages: 1,
      customerMessages: 0,
      byAgent: { [SUPERVISOR]: { messages: 1 } },
      waitingSince: null,
    });
  });

  it('count public and internal messages of each agent, with tokens and cost', () => {
    const scenario = new Scenario();
    const first = scenario.agentSays(SUPERVISOR, 'One', { usage }).conversation.updatedAt;
    scenario.agentSays(CLOSER, 'A note', { visibility: 'internal' });
    const last = scenario.agentSays(SUPERVISOR, 'Two', { usage, visibility: 'internal' }).conversation
      .updatedAt;
    expect(scenario.conversation.metrics.byAgent).toEqual({
      [SUPERVISOR]: {
        messages: 2,
        firstAt: first,
        lastAt: last,
        inputTokens: 200,
        outputTokens: 40,
        costMicros: 600,
      },
      [CLOSER]: {
        messages: 1,
        firstAt: expect.any(String),
        lastAt: expect.any(String),
        inputTokens: 0,
        outputTokens: 0,
        costMicros: 0,
      },
    });
    expect(scenario.conversation.metrics).toMatchObject({ messages: 3, interactionCount: 3 });
  });

  it.each(['constructor', 'valueof', 'tostring'])('count an agent called %s from nothing', (id) => {
    const agentId = AgentId.parse(id);
    const scenario = new Scenario({ agentId }, { agents: defaultAgents(anAgent(agentId)) });
    scenario.agentSays(agentId, 'One', { usage });
    scenario.agentSays(agentId, 'Two', { usage });
    const { byAgent } = ConversationMetrics.parse(scenario.conversation.metrics);
    expect(Object.entries(byAgent)).toMatchObject([[id, { messages: 2, inputTokens: 200 }]]);
  });
});

describe('the wait of a customer', () => {
  it('begins with the first message that has no answer', () => {
    const scenario = new Scenario();
    const since = scenario.customerSays().conversation.updatedAt;
    scenario.customerSays('Anybody?');
    expect(scenario.conversation.metrics.waitingSince).toBe(since);
  });

  it.each([
    ['an internal note', { author: { kind: 'agent', agentId: SUPERVISOR }, visibility: 'internal' }],
    ["a tool's answer", { author: { kind: 'tool' } }],
    ["the system's word", { author: { kind: 'system' } }],
  ] as const)('is not ended by %s', (_, message) => {
    const scenario = new Scenario();
    const since = scenario.customerSays().conversation.updatedAt;
    scenario.when('messages.append', { clientMessageId: 'x', text: 'x', ...message });
    expect(scenario.conversation.metrics).toMatchObject({ waitingSince: since, firstResponseMs: null });
  });

  it('ends with the next public message of an agent, which says how long it was', () => {
    const scenario = new Scenario();
    scenario.customerSays();
    scenario.customerSays();
    scenario.wait(3 * MINUTE_MS);
    const { conversation, entries } = scenario.agentSays(SUPERVISOR);
    expect(entries).toMatchObject([{ responseMs: 5 * MINUTE_MS }]);
    expect(conversation.metrics).toMatchObject({ waitingSince: null, firstResponseMs: 5 * MINUTE_MS });
  });

  it('counts as first response only once', () => {
    const scenario = new Scenario();
    scenario.customerSays();
    scenario.agentSays(SUPERVISOR);
    scenario.customerSays();
    scenario.wait(9 * MINUTE_MS);
    const { conversation, entries } = scenario.agentSays(SUPERVISOR);
    expect(entries).toMatchObject([{ responseMs: 10 * MINUTE_MS }]);
    expect(conversation.metrics.firstResponseMs).toBe(MINUTE_MS);
  });

  it('is not measured where the agent speaks first or speaks again', () => {
    const scenario = new Scenario();
    const { entries } = scenario.agentSays(SUPERVISOR);
    expect(entries[0]).not.toHaveProperty('responseMs');
    expect(scenario.conversation.metrics.firstResponseMs).toBeNull();
    scenario.customerSays();
    scenario.agentSays(SUPERVISOR);
    expect(scenario.agentSays(SUPERVISOR).entries[0]).not.toHaveProperty('responseMs');
  });

  it('of no time at all is a first response too', () => {
    const scenario = new Scenario();
    const at = '2026-01-06T09:00:00.000Z';
    const customer = { clientMessageId: 'a', author: { kind: 'customer' }, text: 'x' } as const;
    scenario.when('messages.append', customer, { at });
    scenario.when('messages.append', agentSays(SUPERVISOR), { at });
    scenario.wait(48 * 60 * MINUTE_MS);
    scenario.customerSays();
    scenario.agentSays(SUPERVISOR);
    expect(scenario.conversation.metrics.firstResponseMs).toBe(0);
  });

  it('ends with the conversation, and does not come back when that is reopened', () => {
    const scenario = new Scenario();
    scenario.customerSays();
    scenario.when('conversations.close', {});
    expect(scenario.conversation.metrics.waitingSince).toBeNull();
    scenario.when('conversations.reopen', {});
    expect(scenario.conversation.metrics.waitingSince).toBeNull();
  });
});

describe('the preview of the last message', () => {
  it('is its beginning', () => {
    const { conversation } = new Scenario().customerSays('x'.repeat(PREVIEW_LENGTH + 1));
    expect(conversation.lastMessage).toEqual({
      seq: 2,
      author: { kind: 'customer' },
      preview: 'x'.repeat(PREVIEW_LENGTH),
      at: conversation.updatedAt,
    });
  });

  it.each([0, 1])('never cuts a surrogate pair (%d before it)', (before) => {
    const { conversation } = new Scenario().customerSays('x'.repeat(before) + '🤝'.repeat(PREVIEW_LENGTH));
    const preview = conversation.lastMessage?.preview ?? '';
    expect(preview.isWellFormed()).toBe(true);
    expect(preview).toHaveLength(PREVIEW_LENGTH - before);
  });

  it('is of the newest, also an internal one', () => {
    const scenario = new Scenario();
    scenario.customerSays('Hello');
    scenario.agentSays(QUALIFIER, 'A note', { visibility: 'internal' });
    expect(scenario.conversation.lastMessage).toMatchObject({
      preview: 'A note',
      author: { kind: 'agent', agentId: QUALIFIER },
    });
  });
});

describe('a redaction', () => {
  function told(): Scenario {
    const scenario = new Scenario();
    scenario.customerSays('My card is 4111 1111 1111 1111');
    return scenario;
  }
  const messageOf = (scenario: Scenario) => scenario.entries.find((entry) => entry.kind === 'message');

  it('is an entry of its own, and the preview shows nothing any more', () => {
    const scenario = told();
    const context = { message: messageOf(scenario) };
    const { conversation, entries } = scenario.when('messages.redact', { seq: 2, reason: 'A card' }, context);
    expect(entries).toMatchObject([{ kind: 'redaction', targetSeq: 2, reason: 'A card' }]);
    expect(conversation.lastMessage).toMatchObject({ seq: 2, preview: '' });
    expect(JSON.stringify([conversation, entries])).not.toContain('4111');
  });

  it('changes no count', () => {
    const scenario = told();
    const { metrics } = scenario.conversation;
    scenario.when('messages.redact', { seq: 2 }, { message: messageOf(scenario) });
    expect(scenario.conversation.metrics).toEqual(metrics);
  });

  it('of an older message leaves the preview of the last one', () => {
    const scenario = told();
    scenario.customerSays('Sorry');
    scenario.when('messages.redact', { seq: 2 }, { message: messageOf(scenario) });
    expect(scenario.conversation.lastMessage?.preview).toBe('Sorry');
  });

  it.each([null, undefined])('of what is no message is refused', (message) => {
    expect(told().refusal('messages.redact', { seq: 1 }, { message }).code).toBe('NOT_FOUND');
  });

  it('happens once', () => {
    const scenario = told();
    const message = messageOf(scenario);
    if (message === undefined) throw new Error('There is a message');
    const redacted = redactMessage(message, scenario.now);
    expect(scenario.refusal('messages.redact', { seq: 2 }, { message: redacted }).code).toBe(
      'ALREADY_REDACTED',
    );
  });

  it('is allowed in a closed conversation', () => {
    const scenario = told();
    scenario.when('conversations.close', {});
    const { entries } = scenario.when('messages.redact', { seq: 2 }, { message: messageOf(scenario) });
    expect(entries).toHaveLength(1);
  });

  it('leaves that something was said, when and by whom, but no word and no part of it', () => {
    const scenario = new Scenario();
    const part = { type: 'attachment', url: 'https://example.com/card.png' } as const;
    scenario.customerSays('My card', { parts: [part] });
    const message = messageOf(scenario);
    if (message === undefined) throw new Error('There is a message');
    const { parts: _, ...rest } = message;
    expect(redactMessage(message, '2026-01-06T00:00:00.000Z')).toEqual({
      ...rest,
      text: '',
      redactedAt: '2026-01-06T00:00:00.000Z',
    });
  });
});
