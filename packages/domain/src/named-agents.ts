import type { AgentId, Command, Conversation } from '@baton/schema';
import { DEFAULT_OWNER } from './agent.ts';

/** The agents whose state the decision of a command needs; most need none. */
export function namedAgents(command: Command, conversation: Conversation | null): AgentId[] {
  switch (command.type) {
    case 'conversations.create':
      return [command.input.agentId ?? DEFAULT_OWNER];
    case 'conversations.resume':
    case 'conversations.reopen':
      return conversation === null ? [] : [conversation.owner.agentId];
    case 'handoffs.transfer':
    case 'handoffs.request':
      return [command.input.to];
    case 'handoffs.accept': {
      const asked = conversation?.pendingHandoff?.to;
      return asked === undefined ? [command.input.by] : [command.input.by, asked];
    }
    case 'handoffs.takeover':
      return conversation === null ? [command.input.by] : [command.input.by, conversation.owner.agentId];
    case 'handoffs.release':
      return [command.input.to ?? conversation?.owner.previous ?? DEFAULT_OWNER];
    case 'followUps.schedule':
      return command.input.assignee === undefined ? [] : [command.input.assignee];
    case 'objections.defer':
      return command.input.by === undefined || command.input.followUpAt === undefined
        ? []
        : [command.input.by];
    default:
      return [];
  }
}
