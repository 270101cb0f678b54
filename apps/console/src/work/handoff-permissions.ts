import type { Agent, AgentId, Handoff } from '@baton/schema';

/** The recipient may accept, or any member of a recipient queue. */
export function mayAccept({ to }: Pick<Handoff, 'to'>, me: AgentId, recipient: Agent | undefined): boolean {
  return to === me || (recipient?.id === to && recipient.kind === 'queue' && recipient.members.includes(me));
}

/** Only the recipient: one member does not decide for a queue. */
export const mayDecline = ({ to }: Pick<Handoff, 'to'>, me: AgentId): boolean => to === me;
