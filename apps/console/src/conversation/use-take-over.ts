import type { AgentId } from '@baton/schema';
import { useAgents } from '../agents/use-agents.ts';
import { contactName } from '../format/contact-name.ts';
import { useToast } from '../ui/toast-provider.tsx';
import { useConversation } from './conversation-context.ts';

/** Says that the conversation was taken over, and for ten seconds offers to give it back to whom it was taken from. */
export function useTakenOver(): (from: AgentId) => void {
  const { conversation, commands, runCommand } = useConversation();
  const toast = useToast();
  return (from) =>
    toast({
      message: `You hold ${contactName(conversation)} now.`,
      durationMs: 10_000,
      undo: () => void runCommand('Giving it back', () => commands.release(from, 'The takeover was undone')),
    });
}

/** Takes the conversation over: from an AI or a queue at once, from a person with a reason. */
export function useTakeOver(): () => void {
  const { conversation, commands, runCommand, openDialog } = useConversation();
  const agents = useAgents();
  const takenOver = useTakenOver();
  const { agentId } = conversation.owner;
  return () => {
    if (agents.kindOf(agentId) === 'human') openDialog({ name: 'takeOver' });
    else
      void runCommand('Taking over', () => commands.takeOver()).then(
        (isDone) => isDone && takenOver(agentId),
      );
  };
}
