import type { Baton } from '@baton/client';
import type { AgentId, FollowUpId } from '@baton/schema';
import { useState } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { isOutcomeUnknown } from '../format/error-message.ts';

/** Long enough for the answer, in milliseconds; an abandoned lease expires soon. */
const LEASE_MS = 30_000;

/** Thrown where a worker holds the follow-up's lease. */
export class FollowUpLeased extends Error {
  override readonly name = 'InHand';
}

export type CompleteFollowUp = (request: { followUpId: FollowUpId; by: AgentId }) => Promise<void>;

/**
 * Completes a follow-up under a lease, so that no worker does it too. A repeated call after a lost answer reuses the
 * idempotency key, and so the lease.
 * @throws FollowUpLeased, or the server's refusal
 */
export function createFollowUpCompleter(api: Baton['api']): CompleteFollowUp {
  // On the monotonic clock: a corrected wall clock must not end or prolong a lease.
  const unanswered = new Map<FollowUpId, { requestId: string; at: number }>();
  return async ({ followUpId, by }) => {
    const previous = unanswered.get(followUpId);
    const isLeaseLive = previous !== undefined && performance.now() - previous.at < LEASE_MS;
    const request = isLeaseLive ? previous : { requestId: crypto.randomUUID(), at: performance.now() };
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

/** One completer while the component is mounted. */
export function useCompleteFollowUp(): CompleteFollowUp {
  const { api } = useBaton();
  const [complete] = useState(() => createFollowUpCompleter(api));
  return complete;
}
