import { type Conversation, type FollowUp, type Handoff, HandoffId, timestamp } from '@baton/schema';
import { screen, within } from '@testing-library/react';
import { followUp } from './follow-up-factory.ts';
import { conversation } from './conversation-factory.ts';
import { ANA, type Answers, CLOSER } from './render-console.tsx';

export const HOUR = 3_600_000;
export const inHours = (hours: number) => timestamp(Date.now() + hours * HOUR);

export const petrov = conversation('Ana Petrov');
export const weber = conversation('Jonas Weber');
const all = [petrov, weber];

export function handoff(over: Partial<Handoff> = {}): Handoff {
  return {
    id: HandoffId.parse('b'.repeat(24)),
    conversationId: petrov.id,
    kind: 'request',
    status: 'pending',
    from: CLOSER.id,
    to: ANA.id,
    acceptedBy: null,
    reason: 'Wants a person for the contract',
    trigger: 'user_intent',
    confidence: 0.62,
    brief: null,
    stage: null,
    requestedAt: inHours(-1),
    expiresAt: null,
    resolvedAt: null,
    resolution: null,
    ...over,
  };
}

export const due = (dueAt: string, over: Partial<FollowUp> = {}) =>
  followUp(dueAt, { conversationId: petrov.id, ...over });

/** Answers with these follow-ups and handoffs. */
export function workAnswers(followUps: FollowUp[], handoffs: Handoff[] = [], over: Answers = {}): Answers {
  return {
    ...over,
    followUps: { list: () => ({ items: followUps, nextCursor: null }), ...over.followUps },
    handoffs: { pending: () => ({ items: handoffs, nextCursor: null }), ...over.handoffs },
    conversations: {
      get: ({ conversationId }) => all.find(({ id }) => id === conversationId) ?? petrov,
      ...over.conversations,
    },
  };
}

export const followUpChange = (changed: FollowUp, of: Conversation = petrov) => ({
  conversation: of,
  entries: [],
  followUp: changed,
});
export const row = async (name: string) => {
  const link = await screen.findByRole('link', { name });
  const item = link.closest('li');
  if (item === null) throw new Error(`${name} stands in no row`);
  return within(item);
};
