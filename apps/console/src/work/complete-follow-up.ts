import type { Baton } from '@baton/client';
import type { AgentId, FollowUpId } from '@baton/schema';
import { useState } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { mayHaveHappened } from '../format/error-message.ts';

/** Long enough for the answer to come back, in milliseconds; a lease that nobody ends is free again soon. */
const LEASE_MS = 30_000;

/** Thrown where an agent's worker has the follow-up in hand. */
export class InHand extends Error {
  override readonly name = 'InHand';
}

export type CompleteFollowUp = (asked: { followUpId: FollowUpId; by: AgentId }) => Promise<void>;

/**
 * Marks follow-ups done, due or not yet, as a worker does: under a lease, so that nobody does one twice. What got no
 * answer is asked again by the same key, so that a second press goes on with the first one's lease.
 * @throws InHand, and whatever the server refuses
 */
export function followUpCompleter(api: Baton['api']): CompleteFollowUp {
  const unanswered = new Map<FollowUpId, { press: string; at: number }>();
  return async ({ followUpId, by }) => {
    const before = unanswered.get(followUpId);
    const isLeaseLive = before !== undefined && Date.now() - before.at < LEASE_MS;
    const asked = isLeaseLive ? before : { press: crypto.randomUUID(), at: Date.now() };
    unanswered.delete(followUpId);
    try {
      const [claimed] = await api.followUps.claim.mutate({
        followUpId,
        leaseMs: LEASE_MS,
        idempotencyKey: `claim-${asked.press}`,
      });
      if (claimed === undefined) throw new InHand('It is done already, or an agent is doing it right now.');
      const { leaseToken } = claimed;
      await api.followUps.complete.mutate({
        followUpId,
        leaseToken,
        by,
        idempotencyKey: `complete-${asked.press}`,
      });
    } catch (error) {
      if (mayHaveHappened(error)) unanswered.set(followUpId, asked);
      throw error;
    }
  };
}

/** `followUpCompleter` for as long as the place is shown. */
export function useCompleteFollowUp(): CompleteFollowUp {
  const { api } = useBaton();
  const [complete] = useState(() => followUpCompleter(api));
  return complete;
}
