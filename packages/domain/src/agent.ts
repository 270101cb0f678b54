import { AgentId } from '@baton/schema';
import type { AgentState, DecideContext } from './decide.ts';
import { Refusal } from './refusal.ts';

/** Owns a new conversation unless the caller names another agent. */
export const DEFAULT_OWNER = AgentId.parse('supervisor');

/**
 * The agent that a command names; undefined where the caller cannot know agents, as in a browser.
 * @throws Refusal UNKNOWN_AGENT
 */
export function requireAgent(agentId: AgentId, context: DecideContext): AgentState | undefined {
  if (context.agents === null) return undefined;
  const agent = context.agents.get(agentId);
  if (agent !== undefined) return agent;
  throw new Refusal('UNKNOWN_AGENT', `No agent ${agentId} is registered`, { agentId });
}

/** @throws Refusal UNKNOWN_AGENT, INVALID_INPUT for a queue */
export function requireNotQueue(agentId: AgentId, context: DecideContext): AgentState | undefined {
  const agent = requireAgent(agentId, context);
  if (agent?.kind !== 'queue') return agent;
  const message = `${agentId} is a queue and cannot speak; ask it with handoffs.request`;
  throw new Refusal('INVALID_INPUT', message, { agentId });
}

/** @throws Refusal UNKNOWN_AGENT, AGENT_UNAVAILABLE, AGENT_FULL, INVALID_INPUT for a queue */
export function requireMayOwn(agentId: AgentId, context: DecideContext): void {
  const agent = requireNotQueue(agentId, context);
  if (agent === undefined) return;
  const { availability, capacity, activeConversations } = agent;
  if (availability === 'away') throw new Refusal('AGENT_UNAVAILABLE', `${agentId} is away`, { agentId });
  if (capacity !== null && activeConversations >= capacity) {
    const message = `${agentId} owns ${activeConversations} of ${capacity} conversations`;
    throw new Refusal('AGENT_FULL', message, { agentId, capacity });
  }
}
