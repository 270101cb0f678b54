import { ConversationStatus } from '@baton/schema';
import { anInput } from '@baton/testing';
import { describe, expect, it } from 'vitest';
import { aContext, DESK, MARIA, QUALIFIER, refusalOf, Scenario, SUPERVISOR } from '../test/scenario.ts';
import { execute } from './execute.ts';
import { isClosed } from './status.ts';

describe('a new conversation', () => {
  it('is an active lead of the supervisor', () => {
    const { conversation, entries } = new Scenario();
    const at = entries[0]?.at;
    expect(conversation).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      contactId: 'contact-1',
      channel: 'web',
      status: 'active',
      stage: 'lead',
      stageEnteredAt: at,
      owner: { agentId: SUPERVISOR, epoch: 1, since: at, previous: null },
      handoffChain: [SUPERVISOR],
      qualification: {
        budget: null,
        authority: null,
        need: null,
        timeline: null,
        score: null,
        complete: false,
        met: false,
        qualifiedAt: null,
        qualifiedBy: null,
      },
      isQualified: null,
      deal: null,
      metrics: {
        messages: 0,
        customerMessages: 0,
        interactionCount: 0,
        byAgent: {},
        firstResponseMs: null,
        waitingSince: null,
      },
      handoffCount: 0,
      pendingHandoff: null,
      activeObjections: 0,
      objections: [],
      deferredObjections: [],
      nextFollowUpAt: null,
      followUps: [],
      lastMessage: null,
      tags: [],
      metadata: {},
      lastSeq: 1,
      version: 1,
      createdAt: at,
      updatedAt: at,
      closedAt: null,
    });
  });

  it('begins with an entry that has its birth, and with its first message', () => {
    const scenario = new Scenario({
      tags: ['vip'],
      metadata: { plan: 'pro' },
      agentId: QUALIFIER,
      initialMessage: { text: 'Hello' },
    });
    expect(scenario.entries).toMatchObject([
      { seq: 1, version: 1, kind: 'created', agentId: QUALIFIER, tags: ['vip'], metadata: { plan: 'pro' } },
      {
        seq: 2,
        version: 1,
        kind: 'message',
        text: 'Hello',
        visibility: 'public',
        clientMessageId: 'initial',
      },
    ]);
    expect(scenario.conversation).toMatchObject({ owner: { agentId: QUALIFIER }, tags: ['vip'] });
  });

  it.each([
    ['an agent whom nobody knows', 'nobody', 'UNKNOWN_AGENT'],
    ['a queue, which cannot speak', DESK, 'INVALID_INPUT'],
  ])('is refused to %s', (_, agentId, code) => {
    expect(refusalOf(() => new Scenario({ agentId })).code).toBe(code);
  });

  it('is refused where the supervisor itself is not registered', () => {
    const agents = aContext({ agents: new Map() });
    const create = { type: 'conversations.create', input: anInput('conversations.create') } as const;
    expect(refusalOf(() => execute(null, create, agents)).code).toBe('UNKNOWN_AGENT');
    expect(execute(null, create, { ...agents, agents: null }).entries).toHaveLength(1);
  });

  it('is refused where its first message is of an agent who does not own it', () => {
    const initialMessage = { text: 'Hello', author: { kind: 'agent', agentId: QUALIFIER } } as const;
    expect(refusalOf(() => new Scenario({ initialMessage }))).toMatchObject({
      code: 'NOT_OWNER',
      details: { owner: { agentId: SUPERVISOR } },
    });
    expect(new Scenario({ initialMessage, agentId: QUALIFIER }).conversation.metrics.messages).toBe(1);
  });
});

describe('tags and metadata', () => {
  it('are replaced, each alone', () => {
    const scenario = new Scenario({ tags: ['vip'], metadata: { plan: 'pro' } });
    scenario.when('conversations.update', { tags: [] });
    expect(scenario.conversation).toMatchObject({ tags: [], metadata: { plan: 'pro' } });
    const { conversation, entries } = scenario.when('conversations.update', { metadata: {} });
    expect(conversation.metadata).toEqual({});
    expect(entries).toMatchObject([{ kind: 'details', metadata: {} }]);
    expect(entries[0]).not.toHaveProperty('tags');
  });
});

type Move = 'pause' | 'resume' | 'close' | 'abandon' | 'reopen';

/** Where each move leads, by the status that it starts from; what is missing is refused. */
const MOVES: Record<Move, Partial<Record<ConversationStatus, ConversationStatus>>> = {
  pause: { active: 'paused' },
  resume: { paused: 'active', scheduled: 'active' },
  close: { active: 'completed', paused: 'completed', scheduled: 'completed' },
  abandon: { active: 'abandoned', paused: 'abandoned', scheduled: 'abandoned' },
  reopen: { completed: 'active', abandoned: 'active' },
};
const cases = (Object.keys(MOVES) as Move[]).flatMap((move) =>
  ConversationStatus.options.map((from) => ({ move, from, to: MOVES[move][from] ?? null })),
);

describe('the status', () => {
  it.each(cases.filter(({ to }) => to !== null))('goes by $move from $from to $to', ({ move, from, to }) => {
    const scenario = new Scenario().given({ status: from });
    const { conversation, entries } = scenario.when(`conversations.${move}`, { reason: 'Holidays' });
    expect(entries).toMatchObject([{ kind: 'status', from, to, reason: 'Holidays' }]);
    expect(conversation.status).toBe(to);
    expect(conversation.closedAt).toBe(isClosed(conversation) ? entries[0]?.at : null);
  });

  it.each(cases.filter(({ to }) => to === null))('does not go by $move from $from', ({ move, from }) => {
    const refusal = new Scenario().given({ status: from }).refusal(`conversations.${move}`, {});
    expect(refusal).toMatchObject({ code: 'INVALID_STATUS', details: { status: from } });
  });

  it('says when it was closed, until it is reopened', () => {
    const scenario = new Scenario();
    scenario.when('conversations.close', { by: MARIA });
    expect(scenario.conversation.closedAt).toBe(scenario.conversation.updatedAt);
    scenario.when('conversations.reopen', {});
    expect(scenario.conversation).toMatchObject({ status: 'active', closedAt: null });
  });

  it('goes through a plain pause where closing ends the last follow-up of a scheduled one', () => {
    const scenario = new Scenario();
    scenario.scheduleFollowUp({ cancelOn: ['close'] });
    scenario.when('conversations.pause', {});
    const { conversation, entries } = scenario.when('conversations.close', {});
    expect(entries).toMatchObject([
      { kind: 'follow_up', action: 'cancelled' },
      { kind: 'status', from: 'scheduled', to: 'paused' },
      { kind: 'status', from: 'paused', to: 'completed' },
    ]);
    expect(conversation.status).toBe('completed');
  });

  it('leaves the stage of the sale alone', () => {
    const scenario = new Scenario().given({ stage: 'closing' });
    expect(scenario.when('conversations.abandon', {}).conversation.stage).toBe('closing');
  });
});
