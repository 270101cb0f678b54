import { randomBytes } from 'node:crypto';
import { Refusal } from '@baton/domain';
import type {
  ClaimedFollowUp,
  ClaimFollowUps,
  FollowUp,
  FollowUpId,
  FollowUpPriority,
  HeartbeatFollowUp,
  TenantId,
} from '@baton/schema';
import { type ClientSession, type Document, type Filter, ObjectId } from 'mongodb';
import type { Random } from '../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { findOwningConversation } from '../read/find-owning-conversation.ts';
import { followUpOf } from '../read/follow-up.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';
import { idempotent } from './idempotent.ts';

/** A claim takes the most urgent of this many longest due follow-ups, or of four times its limit. */
const SMALLEST_WINDOW = 100;

const WINDOW_OF_A_CLAIM = 4;

/** How often a claim looks again where other workers were quicker. */
const CLAIM_ROUNDS = 20;

const URGENCY: Record<FollowUpPriority, number> = { high: 0, medium: 1, low: 2 };

/** Whether a lease has ended, on mongod's clock: workers' clocks differ. */
const LEASE_IS_FREE = { $lte: [{ $ifNull: ['$lease.until', new Date(0)] }, '$$NOW'] };

const LEASE_IS_LIVE = { $gt: ['$lease.until', '$$NOW'] };

function leaseUntil(leaseMs: number): Document {
  return { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: leaseMs } };
}

function claimedOf(collections: Collections, document: Document): ClaimedFollowUp {
  const decoded = collections.follow_ups.decode(document);
  if (decoded.lease === null) throw new Error(`Follow-up ${decoded._id} has no lease`);
  return { followUp: followUpOf(decoded), leaseToken: decoded.lease.token, leaseUntil: decoded.lease.until };
}

function readableFollowUps({ follow_ups }: Collections, documents: readonly Document[]): FollowUp[] {
  const readable = documents.map((document) => follow_ups.tryDecode(document));
  return readable.filter((document) => document !== null).map(followUpOf);
}

function byUrgency(a: FollowUp, b: FollowUp): number {
  return (
    URGENCY[a.priority] - URGENCY[b.priority] || a.dueAt.localeCompare(b.dueAt) || a.id.localeCompare(b.id)
  );
}

/** A random sample. */
function sample<Item>(items: readonly Item[], size: number, random: Random): Item[] {
  if (items.length <= size) return [...items];
  const drawn = items.map((each) => ({ each, lot: random() })).toSorted((a, b) => a.lot - b.lot);
  return drawn.slice(0, size).map(({ each }) => each);
}

/** One random secret a claim; with the item's id behind it, no two leases share a token. */
const newSecret = () => randomBytes(24).toString('base64url');

function leaseFor(
  secret: string,
  { leaseMs, assignee }: Pick<ClaimFollowUps, 'leaseMs' | 'assignee'>,
): Document {
  return {
    token: { $concat: [secret, '.', { $toString: '$_id' }] },
    until: leaseUntil(leaseMs),
    assignee: { $literal: assignee ?? null },
  };
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
      _id: new ObjectId(followUpId),
      tenantId,
      conversationId: new ObjectId(conversationId),
      status: 'open',
      ...(assignee && { assignee }),
      $expr: LEASE_IS_FREE,
    },
    [{ $set: { lease: leaseFor(newSecret(), input) } }],
    { returnDocument: 'after', maxTimeMS: WRITE_TIMEOUT_MS, ...(session && { session }) },
  );
  return claimed === null ? [] : [claimedOf(collections, claimed)];
}

/**
 * Leases once under a key. The record holds the leases only, so that customer text stays in one place: a
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
    return claimed.map(({ followUp, ...lease }) => ({ followUpId: followUp.id, ...lease }));
  });
  const documents = await collections.follow_ups.collection
    .find(
      { ...byIds(leases.map(({ followUpId }) => new ObjectId(followUpId))), tenantId },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const found = new Map(readableFollowUps(collections, documents).map((followUp) => [followUp.id, followUp]));
  return leases.flatMap(({ followUpId, ...lease }) => {
    const followUp = found.get(followUpId);
    return followUp === undefined ? [] : [{ followUp, ...lease }];
  });
}

/**
 * Leases due follow-ups to one worker: each to one, however many ask at once, for `leaseMs` on mongod's clock.
 * Of the longest due ones the most urgent come first. A lease that ran out is free for the next worker.
 * @throws Refusal NOT_FOUND where the one that it names does not exist
 */
function claim(
  collections: Collections,
  tenantId: TenantId,
  input: ClaimFollowUps,
): Promise<ClaimedFollowUp[]> {
  const { followUpId } = input;
  return idempotentLeases(collections, tenantId, 'followUps.claim', input, (session) =>
    followUpId === undefined
      ? claimDue(collections, tenantId, input, session)
      : claimOne(collections, tenantId, { ...input, followUpId }, session),
  );
}

async function claimDue(
  collections: Collections,
  tenantId: TenantId,
  input: ClaimFollowUps,
  session?: ClientSession,
): Promise<ClaimedFollowUp[]> {
  const { limit, leaseMs, assignee } = input;
  const inSession = session && { session };
  const { collection } = collections.follow_ups;
  const eligible: Filter<Document> = {
    tenantId,
    status: 'open',
    ...(assignee && { assignee }),
    $expr: { $and: [{ $lte: ['$dueAt', '$$NOW'] }, LEASE_IS_FREE] },
  };
  const hint = assignee === undefined ? 'by_status' : 'by_assignee';
  const secret = newSecret();
  const lease = leaseFor(secret, { leaseMs, assignee });
  const claimed: ClaimedFollowUp[] = [];
  for (let round = 0; round < CLAIM_ROUNDS && claimed.length < limit; round += 1) {
    const window = Math.max(SMALLEST_WINDOW, WINDOW_OF_A_CLAIM * limit);
    const due = await collection
      .find(eligible, { maxTimeMS: READ_TIMEOUT_MS, ...inSession })
      .sort({ dueAt: 1, _id: 1 })
      .hint(hint)
      .limit(window)
      .toArray();
    if (due.length === 0) break;
    const urgent = readableFollowUps(collections, due).toSorted(byUrgency);
    if (urgent.length === 0) break;
    const wanted = limit - claimed.length;
    // After a lost round, choose from a longer list, so that workers collide less.
    const ids = sample(urgent.slice(0, wanted * 2 ** round), wanted, collections.random).map(
      ({ id }) => new ObjectId(id),
    );
    await collection.updateMany({ ...eligible, _id: { $in: ids } }, [{ $set: { lease } }], {
      maxTimeMS: WRITE_TIMEOUT_MS,
      ...inSession,
    });
    const won = await collection
      .find(
        {
          _id: { $in: ids },
          tenantId,
          'lease.token': { $in: ids.map((id) => `${secret}.${id.toHexString()}`) },
        },
        { maxTimeMS: READ_TIMEOUT_MS, ...inSession },
      )
      .toArray();
    claimed.push(...won.map((document) => claimedOf(collections, document)));
  }
  return claimed.toSorted((a, b) => byUrgency(a.followUp, b.followUp));
}

/**
 * Extends a live lease to `leaseMs` from now, on mongod's clock.
 * @throws Refusal NOT_FOUND
 * @throws Refusal LEASE_LOST where it ran out, went to another worker, or the follow-up changed
 */
async function heartbeat(
  collections: Collections,
  tenantId: TenantId,
  input: HeartbeatFollowUp,
): Promise<ClaimedFollowUp> {
  const { followUpId } = input;
  const [extended] = await idempotentLeases(
    collections,
    tenantId,
    'followUps.heartbeat',
    input,
    async (session) => [await extend(collections, tenantId, input, session)],
  );
  if (extended === undefined) throw new Refusal('NOT_FOUND', 'There is no such follow-up', { followUpId });
  return extended;
}

async function extend(
  collections: Collections,
  tenantId: TenantId,
  input: HeartbeatFollowUp,
  session?: ClientSession,
): Promise<ClaimedFollowUp> {
  const { followUpId, leaseToken, leaseMs } = input;
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
  return claimedOf(collections, extended);
}

/** The token of a follow-up's lease while it holds, on mongod's clock; null where none does. */
export async function liveLeaseOf(
  collections: Collections,
  tenantId: TenantId,
  followUpId: FollowUpId,
  session?: ClientSession,
): Promise<{ token: string } | null> {
  const found = await collections.follow_ups.collection.findOne(
    { _id: new ObjectId(followUpId), tenantId, $expr: LEASE_IS_LIVE },
    { projection: { lease: 1 }, maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) },
  );
  const token: unknown = found?.['lease']?.token;
  return typeof token === 'string' ? { token } : null;
}

export const followUpClaims = { claim, heartbeat };
