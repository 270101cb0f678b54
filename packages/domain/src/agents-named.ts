import type { AgentId, Command, Conversation } from '@baton/schema';
import { FIRST_OWNER } from './agent.ts';

/** The agents whose state a command's decision looks at; none for most, so that most need no read. */
export function agentsNamed(command: Command, conversation: Conversation | null): AgentId[] {
  switch (command.type) {
    case 'conversations.create':
      return [command.input.agentId ?? FIRST_OWNER];
    case 'handoffs.transfer':
    case 'handoffs.request':
      return [command.input.to];
    case 'handoffs.accept': {
      const asked = conversation?.pendingHandoff?.to;
      return asked === undefined ? [command.input.by] : [command.input.by, asked];
    }
    case 'handoffs.takeover':
      return [command.input.by];
    case 'handoffs.release':
      return [command.input.to ?? conversation?.owner.previous ?? FIRST_OWNER];
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
