import type { AgentId, Command, Conversation } from '@baton/schema';
import type { DecideContext } from './decide.ts';
import { Refusal } from './refusal.ts';

/**
 * The agents that a command says have spoken, acted or are to act, but for those that the conversation has already: its
 * owner, and whoever has spoken in it, also before agents had to be registered.
 */
export function newcomers({ input }: Command, conversation: Conversation | null): AgentId[] {
  const authors = [
    ...('author' in input ? [input.author] : []),
    ...('messages' in input ? input.messages.map(({ author }) => author) : []),
    ...('initialMessage' in input && input.initialMessage !== undefined ? [input.initialMessage.author] : []),
  ];
  const named = [
    ...authors.map(({ agentId }) => agentId),
    'by' in input ? input.by : undefined,
    'from' in input ? input.from : undefined,
    'handledBy' in input ? input.handledBy : undefined,
    'assignee' in input ? input.assignee : undefined,
  ];
  return named
    .filter((agentId) => agentId !== undefined)
    .filter((agentId) => !isKnownIn(conversation, agentId));
}

function isKnownIn(conversation: Conversation | null, agentId: AgentId): boolean {
  if (conversation === null) return false;
  return conversation.owner.agentId === agentId || Object.hasOwn(conversation.metrics.byAgent, agentId);
}

/**
 * Only agents that are registered speak, act and are counted. A caller that does not know them, as in a browser, leaves
 * that to the server.
 * @throws Refusal UNKNOWN_AGENT
 */
export function requireRegistered(
  command: Command,
  conversation: Conversation | null,
  { registered }: Pick<DecideContext, 'registered'>,
): void {
  if (registered === undefined) return;
  for (const agentId of newcomers(command, conversation)) {
    if (registered.has(agentId)) continue;
    throw new Refusal('UNKNOWN_AGENT', `No agent ${agentId} is registered`, { agentId });
  }
}
