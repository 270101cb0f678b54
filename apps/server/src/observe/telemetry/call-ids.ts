import { AgentId, ConversationId } from '@baton/schema';
import { GEN_AI } from './semantic-conventions.ts';

/** What an input says of which conversation and which agent: ids in their own form, and nothing else of it. */
export function idsOf(input: unknown): Record<string, string> {
  const conversation = ConversationId.safeParse(memberOf(input, 'conversationId'));
  const agent = AgentId.safeParse(
    memberOf(memberOf(input, 'author'), 'agentId') ?? memberOf(input, 'by') ?? memberOf(input, 'agentId'),
  );
  return {
    ...(conversation.success && { [GEN_AI.conversation]: conversation.data }),
    ...(agent.success && { [GEN_AI.agent]: agent.data }),
  };
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  // It is an object that has this member.
  return (value as Record<string, unknown>)[name];
}
