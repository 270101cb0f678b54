import { describe, expect, it } from 'vitest';
import { MINUTE_MS, refusalOf, Scenario, SUPERVISOR } from '../test/scenario.ts';
import { addMs } from './instant.ts';

const REOPEN_SINCE = '2000-01-01T00:00:00.000Z';

/** Paused for an hour. */
function pausedScenario(): { scenario: Scenario; until: string } {
  const scenario = new Scenario();
  const until = addMs(scenario.conversation.updatedAt, 60 * MINUTE_MS);
  scenario.when('conversations.pause', { until });
  return { scenario, until };
}

const over = (until: string) => ({ at: addMs(until, 1) });

describe('a pause with an end', () => {
  it('says when it ends, in the entry and in the conversation', () => {
    const { scenario, until } = pausedScenario();
    expect(scenario.conversation).toMatchObject({ status: 'paused', pausedUntil: until });
    expect(scenario.entries.at(-1)).toMatchObject({ kind: 'status', to: 'paused', until });
  });

  it('cannot end in the past', () => {
    const scenario = new Scenario();
    const { updatedAt: until } = scenario.conversation;
    expect(scenario.refusal('conversations.pause', { until }).code).toBe('INVALID_INSTANT');
  });

  it('ends by its time, and not before', () => {
    const { scenario, until } = pausedScenario();
    expect(scenario.refusal('conversations.endPause', {}).code).toBe('INVALID_STATUS');
    const { conversation, entries } = scenario.when('conversations.endPause', {}, over(until));
    expect(entries).toMatchObject([
      { kind: 'status', from: 'paused', to: 'active', reason: 'The pause is over' },
    ]);
    expect(conversation.status).toBe('active');
    expect(conversation).not.toHaveProperty('pausedUntil');
    const again = () => scenario.when('conversations.endPause', {}, over(until));
    expect(refusalOf(again).code).toBe('INVALID_STATUS');
  });

  it('goes on without an end where the contact has another active conversation', () => {
    const { scenario, until } = pausedScenario();
    const context = { ...over(until), staysPaused: true };
    const { conversation } = scenario.when('conversations.endPause', {}, context);
    expect(conversation.status).toBe('paused');
    expect(conversation).not.toHaveProperty('pausedUntil');
  });

  it('keeps its end while follow-ups come and go', () => {
    const { scenario, until } = pausedScenario();
    scenario.scheduleFollowUp({});
    expect(scenario.conversation).toMatchObject({ status: 'scheduled', pausedUntil: until });
    const followUpId = scenario.conversation.followUps[0]?.id ?? '';
    scenario.when('followUps.cancel', { followUpId });
    expect(scenario.conversation).toMatchObject({ status: 'paused', pausedUntil: until });
  });

  it.each(['resume', 'close', 'abandon'] as const)('is forgotten by %s', (move) => {
    const { scenario } = pausedScenario();
    scenario.when(`conversations.${move}`, {});
    expect(scenario.conversation).not.toHaveProperty('pausedUntil');
  });
});

describe('the customer’s words', () => {
  it('end a pause, with an end or without, whoever is full or away', () => {
    for (const input of [{}, { until: '2999-01-01T00:00:00.000Z' }]) {
      const scenario = new Scenario();
      scenario.when('conversations.pause', input);
      const { conversation, entries } = scenario.customerSays();
      expect(entries).toMatchObject([{ kind: 'message' }, { kind: 'status', from: 'paused', to: 'active' }]);
      expect(conversation.status).toBe('active');
      expect(conversation).not.toHaveProperty('pausedUntil');
    }
  });

  it('end it once in a turn of several', () => {
    const { scenario } = pausedScenario();
    const says = (clientMessageId: string) =>
      ({ clientMessageId, author: { kind: 'customer' }, text: 'Hello' }) as const;
    const { entries } = scenario.when('messages.appendTurn', { messages: [says('one'), says('two')] });
    expect(entries.map(({ kind }) => kind)).toEqual(['message', 'status', 'message']);
  });

  it.each([
    ['where the contact has another active conversation', {}, { staysPaused: true }],
    ['where they are a note', { visibility: 'internal' }, {}],
  ] as const)('leave it paused %s', (_, more, context) => {
    const { scenario, until } = pausedScenario();
    const message = {
      clientMessageId: 'said',
      author: { kind: 'customer' },
      text: 'Hello',
      ...more,
    } as const;
    const { conversation } = scenario.when('messages.append', message, context);
    expect(conversation).toMatchObject({ status: 'paused', pausedUntil: until, metrics: { messages: 1 } });
  });
});

describe('a contact who comes back', () => {
  const initialMessage = { text: 'It is me again', clientMessageId: 'again' };

  it('finds a paused conversation active, with what was said', () => {
    const { scenario } = pausedScenario();
    const { conversation, entries } = scenario.when('conversations.continue', { initialMessage });
    expect(entries).toMatchObject([
      { kind: 'status', from: 'paused', to: 'active', actor: { kind: 'customer' } },
      { kind: 'message', text: 'It is me again' },
    ]);
    expect(conversation.status).toBe('active');
  });

  it('finds one that has just closed reopened, and an older one closed', () => {
    const closed = () => {
      const scenario = new Scenario();
      scenario.when('conversations.close', {});
      return scenario;
    };
    expect(closed().when('conversations.continue', { reopenSince: REOPEN_SINCE }).conversation).toMatchObject(
      {
        status: 'active',
        closedAt: null,
      },
    );
    for (const input of [{}, { reopenSince: '2999-01-01T00:00:00.000Z' }])
      expect(closed().refusal('conversations.continue', input).code).toBe('CONVERSATION_CLOSED');
  });

  it('finds what they said about messages since it closed', () => {
    const scenario = new Scenario();
    scenario.when('conversations.close', {});
    const consent = { state: 'withdrawn', at: scenario.now, source: 'Replied STOP' } as const;
    const { conversation } = scenario.when(
      'conversations.continue',
      { reopenSince: REOPEN_SINCE },
      { consent },
    );
    expect(conversation.consent).toEqual(consent);
  });

  it('adds to an active one, and without words finds nothing to do', () => {
    const scenario = new Scenario();
    expect(scenario.refusal('conversations.continue', {}).code).toBe('ALREADY_ACTIVE');
    const { entries } = scenario.when('conversations.continue', { initialMessage });
    expect(entries).toMatchObject([{ kind: 'message' }]);
  });

  it('is held to who may speak, as anywhere', () => {
    const { scenario } = pausedScenario();
    const author = { kind: 'agent', agentId: 'closer' } as const;
    const given = { initialMessage: { ...initialMessage, author } };
    expect(scenario.refusal('conversations.continue', given).code).toBe('NOT_OWNER');
    const own = {
      initialMessage: { ...initialMessage, author: { kind: 'agent', agentId: SUPERVISOR } },
    } as const;
    expect(scenario.when('conversations.continue', own).conversation.status).toBe('active');
  });
});
