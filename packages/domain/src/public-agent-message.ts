import type { NewMessage } from '@baton/schema';

/** Whether the customer sees this message, and it comes from an agent. */
export function isPublicAgentMessage(message: Pick<NewMessage, 'author' | 'visibility'>): boolean {
  return message.author.kind === 'agent' && message.visibility === 'public';
}
