import { isRefused } from '@baton/client';
import type { ClaimedFollowUp, FollowUp } from '@baton/schema';
import type { Api } from './api-command.ts';

const CLAIM_SIZE = 100;

const LEASE_MS = 15_000;

/** Claims that may return only other follow-ups before `acquire` gives up. */
const MAX_CLAIMS = 20;

/**
 * Leases of due follow-ups, shared by one run: a claim takes whatever is due, so two claimers would wait for each
 * other's leases.
 */
export class FollowUpLeases {
  readonly #api: Api;
  readonly #held = new Map<FollowUp['id'], ClaimedFollowUp>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(api: Api) {
    this.#api = api;
  }

  /** A valid lease token of this follow-up; null where it is not due or somebody else holds the lease. */
  acquire(followUpId: FollowUp['id']): Promise<string | null> {
    const next = this.#queue.then(() => this.#claim(followUpId));
    this.#queue = next.catch(() => undefined);
    return next;
  }

  async #claim(followUpId: FollowUp['id']): Promise<string | null> {
    for (let claims = 0; claims <= MAX_CLAIMS; claims += 1) {
      const held = this.#held.get(followUpId);
      // A lease serves one command: after it the follow-up has ended or is due later.
      this.#held.delete(followUpId);
      if (held !== undefined && (await this.#isLive(held))) return held.leaseToken;
      const claimed = await this.#api.followUps.claim.mutate({ limit: CLAIM_SIZE, leaseMs: LEASE_MS });
      for (const one of claimed) this.#held.set(one.followUp.id, one);
      if (claimed.length === 0) return null;
    }
    return null;
  }

  /** Extends a lease; it is lost where the follow-up was snoozed since, or where it expired. */
  async #isLive({ followUp: { id: followUpId }, leaseToken }: ClaimedFollowUp): Promise<boolean> {
    try {
      await this.#api.followUps.heartbeat.mutate({ followUpId, leaseToken, leaseMs: LEASE_MS });
      return true;
    } catch (error) {
      if (isRefused(error, 'LEASE_LOST')) return false;
      throw error;
    }
  }
}
