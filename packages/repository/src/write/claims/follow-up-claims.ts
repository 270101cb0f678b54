import { Refusal } from '@baton/domain';
import type {
  ClaimedFollowUp,
  ClaimFollowUps,
  FollowUpId,
  HeartbeatFollowUp,
  TenantId,
  Timestamp,
} from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { ReadGate } from '../../fairness/read-gate.ts';
import { findOwningConversation } from '../../read/find-owning-conversation.ts';
import { followUpOf } from '../../read/follow-up.ts';
import { byId, byIds, type Collections, unreadableRefusal } from '../../schema/open-collections.ts';
import { rethrowUnavailable } from '../commit-error.ts';
import { idempotent } from '../idempotent.ts';
import type { SendPolicies } from '../send-policies.ts';
import { ClaimQueue } from './claim-queue.ts';
import { type Candidate, type Expire, expireAll, lookAtDue, openIn } from './due-follow-ups.ts';
import { claimedOf, extendLease, leaseFor, leaseOf, newSecret } from './lease.ts';
import { type Paused, pausedAmong } from './paused-follow-ups.ts';
import { MAX_EXPIRIES, takeDue } from './take-due.ts';
import { Unsettled } from './unsettled.ts';

export type FollowUpClaims = {
  /**
   * Leases due follow-ups to one worker: each to one, however many ask at once, for `leaseMs` on MongoDB's clock.
   * Of the longest due ones the most urgent come first. A lease that ran out counts as an attempt, and its
   * follow-up goes to the next worker while it may be tried.
   * @throws Refusal NOT_FOUND where the one that it names does not exist; RATE_LIMITED, UNAVAILABLE
   */
  claim(tenantId: TenantId, input: ClaimFollowUps): Promise<ClaimedFollowUp[]>;
  /**
   * Extends a live lease to `leaseMs` from now, on MongoDB's clock.
   * @throws Refusal NOT_FOUND
   * @throws Refusal LEASE_LOST where it ran out, went to another worker, or the follow-up changed
   */
  heartbeat(tenantId: TenantId, input: HeartbeatFollowUp): Promise<ClaimedFollowUp>;
};

/** Puts a follow-up off by a command. */
export type Postpone = (tenantId: TenantId, followUpId: FollowUpId, until: Timestamp) => Promise<unknown>;

export type FollowUpCommands = {
  /** Lets a follow-up expire. */
  expire: Expire;
  postpone: Postpone;
};

/** @param policies say when follow-ups are not done, whenever they were scheduled for */
export function followUpClaims(
  collections: Collections,
  reads: ReadGate,
  { expire, postpone }: FollowUpCommands,
  policies: SendPolicies,
): FollowUpClaims {
  const gateOf =
    (tenantId: TenantId) =>
    <Result>(work: () => Promise<Result>) =>
      reads.run(tenantId, 'quick', work);
  // A fault is the server's own to report, when it looks for what no worker came for.
  const unsettled = new Unsettled();
  const expireIn = (tenantId: TenantId) => async (over: readonly FollowUpId[]) => {
    const { expired, stuck } = await expireAll(tenantId, over, expire);
    unsettled.add(stuck);
    return expired + stuck.length;
  };
  const pausesOf = (tenantId: TenantId) => ({
    pausedAmong: (due: readonly Candidate[]) => pausedAmong(collections, policies, tenantId, due),
  });
  // Another server may have been first, or the follow-up ended: then nothing is left to move.
  const postponeIn = (tenantId: TenantId) => async (paused: Paused) => {
    await Promise.allSettled([...paused].map(([id, until]) => postpone(tenantId, id, until)));
  };
  const queue = new ClaimQueue((list, askers) => {
    const { tenantId } = list;
    return takeDue(collections, list, askers, {
      gate: gateOf(tenantId),
      expire: expireIn(tenantId),
      ...pausesOf(tenantId),
      postpone: postponeIn(tenantId),
      unsettled,
    });
  });

  /** Under a key, or of a certain one. */
  async function claimApart(tenantId: TenantId, input: ClaimFollowUps): Promise<ClaimedFollowUp[]> {
    const { followUpId, assignee, limit, leaseMs } = input;
    const list = { tenantId, assignee };
    const gate = gateOf(tenantId);
    // Expiry is a command with a transaction of its own, so it comes before that of the claim.
    for (let expiries = 0; expiries < MAX_EXPIRIES; expiries += 1) {
      const over = await gate(() => overBefore(collections, tenantId, input, unsettled));
      if (over.length === 0 || (await expireIn(tenantId)(over)) === 0 || followUpId !== undefined) break;
    }
    if (followUpId === undefined) {
      const look = () => lookAtDue(collections, list, limit, { unsettled });
      const { candidates } = await gate(look);
      await postponeIn(tenantId)(await gate(() => pausesOf(tenantId).pausedAmong(candidates)));
    }
    return gate(() =>
      idempotentLeases(collections, tenantId, 'followUps.claim', input, async (session) => {
        if (followUpId !== undefined)
          return claimOne(collections, tenantId, { ...input, followUpId }, session);
        const [own = []] = await takeDue(collections, list, [{ limit, leaseMs }], {
          session,
          ...pausesOf(tenantId),
        });
        return own;
      }),
    );
  }

  return {
    claim(tenantId, input) {
      const { followUpId, assignee, limit, leaseMs, idempotencyKey } = input;
      const isApart = followUpId !== undefined || idempotencyKey !== undefined;
      const claimed = isApart
        ? claimApart(tenantId, input)
        : queue.claim({ tenantId, assignee }, { limit, leaseMs });
      return claimed.catch(rethrowUnavailable);
    },
    async heartbeat(tenantId, input) {
      const [extended] = await gateOf(tenantId)(() =>
        idempotentLeases(collections, tenantId, 'followUps.heartbeat', input, async (session) => [
          await extendLease(collections, tenantId, input, session),
        ]),
      ).catch(rethrowUnavailable);
      if (extended !== undefined) return extended;
      const { followUpId } = input;
      throw new Refusal('NOT_FOUND', 'There is no such follow-up', { followUpId });
    },
  };
}

/** What must expire before a claim is made apart; nothing where its key was used, for its answer stands. */
async function overBefore(
  collections: Collections,
  tenantId: TenantId,
  { followUpId, assignee, limit, idempotencyKey: key }: ClaimFollowUps,
  unsettled: Unsettled,
): Promise<readonly FollowUpId[]> {
  if (key !== undefined) {
    const used = await collections.idempotency.collection.findOne(byId({ tenantId, key }), {
      projection: { _id: 1 },
      maxTimeMS: READ_TIMEOUT_MS,
    });
    if (used !== null) return [];
  }
  if (followUpId === undefined)
    return (await lookAtDue(collections, { tenantId, assignee }, limit, { unsettled })).over;
  const lease = await leaseOf(collections, tenantId, followUpId);
  return lease?.isLive === false ? [followUpId] : [];
}

/** Leases the follow-up that is named, due or not yet; none where it is not open, or another worker has it. */
async function claimOne(
  collections: Collections,
  tenantId: TenantId,
  input: ClaimFollowUps & { followUpId: FollowUpId },
  session?: ClientSession,
): Promise<ClaimedFollowUp[]> {
  const { followUpId, assignee } = input;
  const conversationId = await findOwningConversation(collections, tenantId, 'follow_ups', followUpId);
  const claimed = await collections.follow_ups.collection.findOneAndUpdate(
    {
      ...openIn({ tenantId, assignee }),
      _id: new ObjectId(followUpId),
      conversationId: new ObjectId(conversationId),
      lease: null,
    },
    [{ $set: { lease: leaseFor(newSecret(), input) } }],
    { returnDocument: 'after', maxTimeMS: WRITE_TIMEOUT_MS, ...(session && { session }) },
  );
  if (claimed === null) return [];
  const own = claimedOf(collections, claimed);
  if (own === null) throw unreadableRefusal('follow_ups');
  return [own];
}

/**
 * Leases once under a key. The leases alone are kept under it, for a follow-up's words are kept in one place: a
 * retry is given the same leases, of the follow-ups as they are then.
 */
async function idempotentLeases(
  collections: Collections,
  tenantId: TenantId,
  procedure: string,
  input: { idempotencyKey?: string | undefined },
  work: (session?: ClientSession) => Promise<ClaimedFollowUp[]>,
): Promise<ClaimedFollowUp[]> {
  if (input.idempotencyKey === undefined) return work();
  const leases = await idempotent(collections, tenantId, procedure, input, async (session) => {
    const claimed = await work(session);
    return claimed.map(({ followUp, leaseToken, leaseUntil }) => ({
      followUpId: followUp.id,
      leaseToken,
      leaseUntil,
    }));
  });
  const documents = await collections.follow_ups.collection
    .find(
      { ...byIds(leases.map(({ followUpId }) => new ObjectId(followUpId))), tenantId },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const found = new Map(
    documents
      .map((document) => collections.follow_ups.tryDecode(document))
      .filter((document) => document !== null)
      .map((document) => [document._id, document]),
  );
  return leases.flatMap(({ followUpId, leaseToken, leaseUntil }) => {
    const kept = found.get(followUpId);
    if (kept === undefined) return [];
    // Where the claim has ended meanwhile, its attempt is counted already.
    const isHeld = kept.lease?.token === leaseToken;
    const attempt = isHeld ? kept.attempts + 1 : Math.max(1, kept.attempts);
    return [{ followUp: followUpOf(kept), attempt, leaseToken, leaseUntil }];
  });
}
