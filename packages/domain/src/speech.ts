import type { NewMessage } from '@baton/schema';

/** Whether a message is one that a customer gets from an agent. */
export function isPublicAgentMessage(message: Pick<NewMessage, 'author' | 'visibility'>): boolean {
  return message.author.kind === 'agent' && message.visibility === 'public';
}
