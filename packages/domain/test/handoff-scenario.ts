import type { AgentId, Conversation } from '@baton/schema';
import type { AgentState } from '../src/decide.ts';
import { defaultAgents, QUALIFIER, Scenario, SUPERVISOR } from './scenario.ts';

export const handoffInput = {
  from: SUPERVISOR,
  to: QUALIFIER,
  reason: 'Wants a quote',
  trigger: 'user_intent',
} as const;
export const brief = {
  goal: 'Qualify',
  done: ['Greeted'],
  open: ['Budget'],
  facts: [{ text: 'Has a shop', seqs: [2] }],
  nextStep: 'Ask for the budget',
};

export function pendingIdOf({ pendingHandoff }: Conversation): string {
  if (pendingHandoff === null) throw new Error('No handoff is pending');
  return pendingHandoff.id;
}

/** A conversation with a pending request to `to`. */
export function requestedHandoff(
  to: AgentId = QUALIFIER,
  more: { stage?: 'qualification'; expiresAt?: string } = {},
) {
  const scenario = new Scenario();
  scenario.when('handoffs.request', { ...handoffInput, to, ...more });
  return { scenario, handoffId: pendingIdOf(scenario.conversation) };
}

export function withAgent(agent: AgentState) {
  return { agents: defaultAgents(agent) };
}
