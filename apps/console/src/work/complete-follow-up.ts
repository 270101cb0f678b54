import type { Baton } from '@baton/client';
import type { AgentId, FollowUpId } from '@baton/schema';
import { useState } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { isOutcomeUnknown } from '../format/error-message.ts';

/** Long enough for the answer to come back, in milliseconds; a lease that nobody ends is free again soon. */
const LEASE_MS = 30_000;

/** Thrown where an agent's worker has the follow-up in hand. */
export class FollowUpLeased extends Error {
  override readonly name = 'InHand';
}

export type CompleteFollowUp = (request: { followUpId: FollowUpId; by: AgentId }) => Promise<void>;

/**
 * Marks follow-ups done, due or not yet, as a worker does: under a lease, so that nobody does one twice. What got no
 * answer is asked again by the same key, so that a second press goes on with the first one's lease.
 * @throws InHand, and whatever the server refuses
 */
export function createFollowUpCompleter(api: Baton['api']): CompleteFollowUp {
  const unanswered = new Map<FollowUpId, { requestId: string; at: number }>();
  return async ({ followUpId, by }) => {
    const previous = unanswered.get(followUpId);
    const isLeaseLive = previous !== undefined && Date.now() - previous.at < LEASE_MS;
    const request = isLeaseLive ? previous : { requestId: crypto.randomUUID(), at: Date.now() };
    unanswered.delete(followUpId);
    try {
      const [claimed] = await api.followUps.claim.mutate({
        followUpId,
        leaseMs: LEASE_MS,
        idempotencyKey: `claim-${request.requestId}`,
      });
      if (claimed === undefined)
        throw new FollowUpLeased('It is done already, or an agent is doing it right now.');
      const { leaseToken } = claimed;
      await api.followUps.complete.mutate({
        followUpId,
        leaseToken,
        by,
        idempotencyKey: `complete-${request.requestId}`,
      });
    } catch (error) {
      if (isOutcomeUnknown(error)) unanswered.set(followUpId, request);
      throw error;
    }
  };
}

/** `followUpCompleter` for as long as the place is shown. */
export function useCompleteFollowUp(): CompleteFollowUp {
  const { api } = useBaton();
  const [complete] = useState(() => createFollowUpCompleter(api));
  return complete;
}
