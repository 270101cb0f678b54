import type { Agent, AgentId, Handoff } from '@baton/schema';

/** Whoever was asked may accept, and any member of the queue that was asked. */
export function mayAccept({ to }: Pick<Handoff, 'to'>, me: AgentId, recipient: Agent | undefined): boolean {
  return to === me || (recipient?.id === to && recipient.kind === 'queue' && recipient.members.includes(me));
}

/** Only whoever was asked may decline: one member does not decide for a queue. */
export const mayDecline = ({ to }: Pick<Handoff, 'to'>, me: AgentId): boolean => to === me;
