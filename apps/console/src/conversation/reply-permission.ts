import { isClosed } from '@baton/domain';
import type { AgentId, AgentKind, Conversation } from '@baton/schema';

/** Who may reply to the customer now. */
export type ReplyPermission =
  | { state: 'closed'; status: Conversation['status'] }
  | { state: 'other'; owner: AgentId; ownerKind: AgentKind }
  | {
      state: 'mine';
      /** The AI whose next reply will be refused. */
      refused: AgentId | null;
      giveBackTo: AgentId | null;
    };

/** @param kindOf how an agent is registered */
export function replyPermissionOf(
  conversation: Conversation,
  me: AgentId,
  kindOf: (agentId: AgentId) => AgentKind,
): ReplyPermission {
  const { owner, status } = conversation;
  if (isClosed(conversation)) return { state: 'closed', status };
  if (owner.agentId !== me) return { state: 'other', owner: owner.agentId, ownerKind: kindOf(owner.agentId) };
  const previousOwner = owner.previous === me ? null : owner.previous;
  return {
    state: 'mine',
    refused: previousOwner !== null && kindOf(previousOwner) === 'ai' ? previousOwner : null,
    giveBackTo: previousOwner,
  };
}
