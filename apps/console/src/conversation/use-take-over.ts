import { useAgents } from '../agents/use-agents.ts';
import { useConversation } from './conversation-context.ts';

/** Takes the conversation over: from an AI or a queue at once, from a person with a reason. */
export function useTakeOver(): () => void {
  const { conversation, commands, runCommand, openDialog } = useConversation();
  const agents = useAgents();
  return () => {
    if (agents.kindOf(conversation.owner.agentId) === 'human') openDialog({ name: 'takeOver' });
    else void runCommand('Taking over', () => commands.takeOver());
  };
}
