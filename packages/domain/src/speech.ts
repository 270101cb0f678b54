import type { MessageInput } from '@baton/schema';

/** Whether a message is one that a customer gets from an agent. */
export function isPublicAgentMessage(message: Pick<MessageInput, 'author' | 'visibility'>): boolean {
  return message.author.kind === 'agent' && message.visibility === 'public';
}
