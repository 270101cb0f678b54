import type { Actor, Command } from '@baton/schema';

/** The actor of a command: the author of its message, the agent it names, else the caller. */
export function actorOfCommand(command: Command, caller: Actor): Actor {
  const { input } = command;
  if ('author' in input) return input.author;
  if (command.type === 'conversations.continue' && command.input.initialMessage !== undefined)
    return command.input.initialMessage.author;
  if ('messages' in input) return input.messages[0]?.author ?? caller;
  if ('from' in input) return { kind: 'agent', agentId: input.from };
  if ('handledBy' in input) return { kind: 'agent', agentId: input.handledBy };
  if ('by' in input && input.by !== undefined) return { kind: 'agent', agentId: input.by };
  return caller;
}
