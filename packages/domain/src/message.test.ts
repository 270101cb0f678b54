import { describe, expect, it } from 'vitest';
import { redactMessage } from './message.ts';
import { CLOSER, MARIA, Scenario, SUPERVISOR } from '../test/scenario.ts';

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
    const scenario = new Scenario().given({ status });
    const { conversation } = scenario.when('messages.append', agentSays(SUPERVISOR));
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
