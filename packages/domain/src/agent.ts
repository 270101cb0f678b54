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

/** Why an agent takes no more conversations; null where it does. Only active ones count. */
function noRoom({ id: agentId, availability, capacity, activeConversations }: AgentState): Refusal | null {
  if (availability === 'away') return new Refusal('AGENT_UNAVAILABLE', `${agentId} is away`, { agentId });
  if (capacity === null || activeConversations < capacity) return null;
  const message = `${agentId} has ${activeConversations} active conversations, and its capacity is ${capacity}`;
  return new Refusal('AGENT_FULL', message, { agentId, capacity, activeConversations });
}

/**
 * The check of every way to get an active conversation: create, resume, reopen, transfer, accept, takeover, release.
 * @returns whether it had to be forced, which the entry then says
 * @throws Refusal UNKNOWN_AGENT, AGENT_UNAVAILABLE, AGENT_FULL, INVALID_INPUT for a queue
 * @throws Refusal FORBIDDEN where the caller may not force it
 */
export function requireMayOwn(
  agentId: AgentId,
  { force = false }: { force?: boolean | undefined },
  context: DecideContext,
): boolean {
  const agent = requireNotQueue(agentId, context);
  const refusal = agent === undefined ? null : noRoom(agent);
  if (refusal === null) return false;
  if (!force) throw refusal;
  requireMayForce(context, `Passing over the limits of ${agentId}`);
  return true;
}

/**
 * Whom a handoff may ask: an agent that may own, or a queue that is available.
 * @throws Refusal UNKNOWN_AGENT, AGENT_UNAVAILABLE, AGENT_FULL
 */
export function requireMayBeAsked(agentId: AgentId, context: DecideContext): void {
  const agent = requireAgent(agentId, context);
  const refusal = agent === undefined ? null : noRoom(agent);
  if (refusal !== null) throw refusal;
}

/** @throws Refusal FORBIDDEN */
export function requireMayForce({ mayForce }: Pick<DecideContext, 'mayForce'>, what: string): void {
  if (!mayForce) throw new Refusal('FORBIDDEN', `${what} is for managers`, { needs: ['manager', 'admin'] });
}
