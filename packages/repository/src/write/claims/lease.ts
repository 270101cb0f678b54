import { randomBytes } from 'node:crypto';
import { Refusal } from '@baton/domain';
import type { AgentId, ClaimedFollowUp, FollowUpId, HeartbeatFollowUp, TenantId } from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../../connection/deadlines.ts';
import { findOwningConversation } from '../../read/find-owning-conversation.ts';
import { followUpOf } from '../../read/follow-up.ts';
import { type Collections, unreadableRefusal } from '../../schema/open-collections.ts';

/** Whether a lease holds on MongoDB's clock. */
const LEASE_IS_LIVE = { $gt: ['$lease.until', '$$NOW'] };

/** `leaseMs` from now, on MongoDB's clock. */
function leaseUntil(leaseMs: number): Document {
  return { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: leaseMs } };
}

/** One random secret a claim; with the follow-up's id behind it, no two leases share a token. */
export const newSecret = () => randomBytes(24).toString('base64url');

export const tokenOf = (secret: string, id: FollowUpId) => `${secret}.${id}`;

/** A lease in the words of an update. */
export function leaseFor(
  secret: string,
  { leaseMs, assignee }: { leaseMs: number; assignee?: AgentId | undefined },
): Document {
  return {
    token: { $concat: [secret, '.', { $toString: '$_id' }] },
    until: leaseUntil(leaseMs),
    assignee: { $literal: assignee ?? null },
  };
}

/** A document under a lease, as its worker is given it; null where it cannot be read. */
export function claimedOf(collections: Collections, document: Document): ClaimedFollowUp | null {
  const decoded = collections.follow_ups.tryDecode(document);
  if (decoded === null) return null;
  const { lease, attempts } = decoded;
  if (lease === null) throw new Error(`Follow-up ${decoded._id} has no lease`);
  return {
    followUp: followUpOf(decoded),
    attempt: attempts + 1,
    leaseToken: lease.token,
    leaseUntil: lease.until,
  };
}

/**
 * Extends a live lease to `leaseMs` from now, on MongoDB's clock.
 * @throws Refusal NOT_FOUND
 * @throws Refusal LEASE_LOST where it ran out, went to another worker, or the follow-up changed
 */
export async function extendLease(
  collections: Collections,
  tenantId: TenantId,
  { followUpId, leaseToken, leaseMs }: HeartbeatFollowUp,
  session?: ClientSession,
): Promise<ClaimedFollowUp> {
  const conversationId = await findOwningConversation(collections, tenantId, 'follow_ups', followUpId);
  const extended = await collections.follow_ups.collection.findOneAndUpdate(
    {
      _id: new ObjectId(followUpId),
      tenantId,
      conversationId: new ObjectId(conversationId),
      'lease.token': leaseToken,
      $expr: LEASE_IS_LIVE,
    },
    [{ $set: { 'lease.until': leaseUntil(leaseMs) } }],
    { returnDocument: 'after', maxTimeMS: WRITE_TIMEOUT_MS, ...(session && { session }) },
  );
  if (extended === null) {
    throw new Refusal('LEASE_LOST', 'The lease ran out or went to another worker', { followUpId });
  }
  const own = claimedOf(collections, extended);
  if (own === null) throw unreadableRefusal('follow_ups');
  return own;
}

/** A follow-up's latest lease, which may have run out on MongoDB's clock; null where its claim has ended. */
export async function leaseOf(
  collections: Collections,
  tenantId: TenantId,
  followUpId: FollowUpId,
  session?: ClientSession,
): Promise<{ token: string; isLive: boolean } | null> {
  const found = await collections.follow_ups.collection.findOne(
    { _id: new ObjectId(followUpId), tenantId },
    {
      projection: { 'lease.token': 1, isLive: LEASE_IS_LIVE },
      maxTimeMS: READ_TIMEOUT_MS,
      ...(session && { session }),
    },
  );
  const token: unknown = found?.['lease']?.token;
  return typeof token === 'string' ? { token, isLive: found?.['isLive'] === true } : null;
}
