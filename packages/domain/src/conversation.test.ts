import { ConversationStatus } from '@baton/schema';
import { anInput } from '@baton/testing';
import { describe, expect, it } from 'vitest';
import { decideContext, DESK, MARIA, QUALIFIER, refusalOf, Story, SUPERVISOR } from '../test/scenario.ts';
import { execute } from './execute.ts';
import { isClosed } from './status.ts';

describe('a new conversation', () => {
  it('is an active lead of the supervisor', () => {
    const { conversation, entries } = new Story();
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
    const story = new Story({
      tags: ['vip'],
      metadata: { plan: 'pro' },
      agentId: QUALIFIER,
      initialMessage: { text: 'Hello' },
    });
    expect(story.entries).toMatchObject([
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
    expect(story.conversation).toMatchObject({ owner: { agentId: QUALIFIER }, tags: ['vip'] });
  });

  it.each([
    ['an agent whom nobody knows', 'nobody', 'UNKNOWN_AGENT'],
    ['a queue, which cannot speak', DESK, 'INVALID_INPUT'],
  ])('is refused to %s', (_, agentId, code) => {
    expect(refusalOf(() => new Story({ agentId })).code).toBe(code);
  });

  it('is refused where the supervisor itself is not registered', () => {
    const agents = decideContext({ agents: new Map() });
    const create = { type: 'conversations.create', input: anInput('conversations.create') } as const;
    expect(refusalOf(() => execute(null, create, agents)).code).toBe('UNKNOWN_AGENT');
    expect(execute(null, create, { ...agents, agents: null }).entries).toHaveLength(1);
  });

  it('is refused where its first message is of an agent who does not own it', () => {
    const initialMessage = { text: 'Hello', author: { kind: 'agent', agentId: QUALIFIER } } as const;
    expect(refusalOf(() => new Story({ initialMessage }))).toMatchObject({
      code: 'NOT_OWNER',
      details: { owner: { agentId: SUPERVISOR } },
    });
    expect(new Story({ initialMessage, agentId: QUALIFIER }).conversation.metrics.messages).toBe(1);
  });
});

describe('tags and metadata', () => {
  it('are replaced, each alone', () => {
    const story = new Story({ tags: ['vip'], metadata: { plan: 'pro' } });
    story.do('conversations.update', { tags: [] });
    expect(story.conversation).toMatchObject({ tags: [], metadata: { plan: 'pro' } });
    const { conversation, entries } = story.do('conversations.update', { metadata: {} });
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
    const story = new Story().at({ status: from });
    const { conversation, entries } = story.do(`conversations.${move}`, { reason: 'Holidays' });
    expect(entries).toMatchObject([{ kind: 'status', from, to, reason: 'Holidays' }]);
    expect(conversation.status).toBe(to);
    expect(conversation.closedAt).toBe(isClosed(conversation) ? entries[0]?.at : null);
  });

  it.each(cases.filter(({ to }) => to === null))('does not go by $move from $from', ({ move, from }) => {
    const refusal = new Story().at({ status: from }).refusal(`conversations.${move}`, {});
    expect(refusal).toMatchObject({ code: 'INVALID_STATUS', details: { status: from } });
  });

  it('says when it was closed, until it is reopened', () => {
    const story = new Story();
    story.do('conversations.close', { by: MARIA });
    expect(story.conversation.closedAt).toBe(story.conversation.updatedAt);
    story.do('conversations.reopen', {});
    expect(story.conversation).toMatchObject({ status: 'active', closedAt: null });
  });

  it('goes through a plain pause where closing ends the last follow-up of a scheduled one', () => {
    const story = new Story();
    story.schedule({ cancelOn: ['close'] });
    story.do('conversations.pause', {});
    const { conversation, entries } = story.do('conversations.close', {});
    expect(entries).toMatchObject([
      { kind: 'follow_up', action: 'cancelled' },
      { kind: 'status', from: 'scheduled', to: 'paused' },
      { kind: 'status', from: 'paused', to: 'completed' },
    ]);
    expect(conversation.status).toBe('completed');
  });

  it('leaves the stage of the sale alone', () => {
    const story = new Story().at({ stage: 'closing' });
    expect(story.do('conversations.abandon', {}).conversation.stage).toBe('closing');
  });
});
