import type { AgentId, Conversation } from '@baton/schema';
import { Refusal } from './refusal.ts';

/** @throws Refusal STALE_OWNER */
export function requireEpoch({ owner }: Conversation, ownerEpoch: number | undefined): void {
  if (ownerEpoch === undefined || ownerEpoch === owner.epoch) return;
  throw new Refusal('STALE_OWNER', `Ownership has moved on to epoch ${owner.epoch}`, { owner, ownerEpoch });
}

/** @throws Refusal NOT_OWNER */
export function requireOwner({ owner }: Conversation, agentId: AgentId | undefined): void {
  if (owner.agentId === agentId) return;
  throw new Refusal('NOT_OWNER', `${owner.agentId} owns the conversation`, { owner });
}

/** @throws Refusal ALREADY_OWNER */
export function requireNotOwner({ owner }: Conversation, agentId: AgentId): void {
  if (owner.agentId !== agentId) return;
  throw new Refusal('ALREADY_OWNER', `${agentId} owns the conversation already`, { owner });
}
