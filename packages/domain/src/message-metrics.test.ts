import { AgentId, ConversationMetrics, PREVIEW_LENGTH } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import {
  anAgent,
  defaultAgents,
  CLOSER,
  MINUTE_MS,
  QUALIFIER,
  Scenario,
  SUPERVISOR,
} from '../test/scenario.ts';
import { evolve } from './evolve.ts';
import { isPreviewOf } from './truncate.ts';

const usage = { model: 'm', inputTokens: 100, outputTokens: 20, costMicros: 300 };
const agentSays = (agentId: string) =>
  ({ clientMessageId: 'm', author: { kind: 'agent', agentId }, text: 'Hello' }) as const;

describe('metrics', () => {
  it('stay integers that are exact, however much is used', () => {
    const scenario = new Scenario({ initialMessage: { text: 'Hello' } });
    scenario.agentSays(SUPERVISOR, 'Hi', { usage });
    const [last] = scenario.entries.slice(-1);
    if (last?.kind !== 'message') throw new Error('The last entry is the message');
    const most = { model: 'm', inputTokens: 1e9, outputTokens: 1e9, costMicros: 1e12 };
    let { conversation } = scenario;
    for (let count = 0; count < 9_010; count += 1)
      conversation = evolve(conversation, { ...last, seq: conversation.lastSeq + 1, usage: most });
    expect(ConversationMetrics.parse(conversation.metrics).byAgent[SUPERVISOR]).toMatchObject({
      messages: 9_011,
      inputTokens: 9_010e9 + 100,
      costMicros: Number.MAX_SAFE_INTEGER,
    });
  });

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

  it.each([
    ['a flag', '🇳🇴'],
    ['a family', '👨‍👩‍👧‍👧'],
    ['a letter and its accent', 'a\u030A'],
  ])('ends before %s that would not fit', (_, character) => {
    const letters = 'b'.repeat(PREVIEW_LENGTH - 1);
    for (const text of [letters + character, letters + character + 'c'.repeat(31_000)])
      expect(new Scenario().customerSays(text).conversation.lastMessage?.preview).toBe(letters);
  });

  it('is known for what it is where the version before cut it', () => {
    const text = `${'b'.repeat(PREVIEW_LENGTH - 2)}👨‍👩‍👧‍👧 said hello`;
    expect(isPreviewOf(text.slice(0, PREVIEW_LENGTH), text)).toBe(true);
    expect(isPreviewOf(text.slice(0, PREVIEW_LENGTH - 2), text)).toBe(true);
    expect(isPreviewOf(text.slice(0, PREVIEW_LENGTH - 3), text)).toBe(false);
    expect(isPreviewOf('', text)).toBe(false);
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
