import type { Baton } from '@baton/client';
import type { AgentId, FollowUpId } from '@baton/schema';

/** Long enough for the answer to come back, in milliseconds; a lease that nobody ends is free again soon. */
const LEASE_MS = 30_000;

/** Thrown where an agent's worker has the follow-up in hand. */
export class InHand extends Error {
  override readonly name = 'InHand';
}

/**
 * Marks a follow-up done, due or not yet, as a worker does: under its lease, so that nobody does it twice.
 * @throws InHand, and whatever the server refuses
 */
export async function completeFollowUp(
  api: Baton['api'],
  { followUpId, by, outcome }: { followUpId: FollowUpId; by: AgentId; outcome?: string | undefined },
): Promise<void> {
  const [claimed] = await api.followUps.claim.mutate({ followUpId, leaseMs: LEASE_MS });
  if (claimed === undefined) throw new InHand('It is done already, or an agent is doing it right now.');
  const { leaseToken } = claimed;
  await api.followUps.complete.mutate({ followUpId, leaseToken, by, ...(outcome && { outcome }) });
}
