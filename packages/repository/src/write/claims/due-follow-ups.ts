import { mayBeTried, Refusal } from '@baton/domain';
import { type AgentId, FollowUpId, type TenantId, timestamp } from '@baton/schema';
import type { ClientSession, Document } from 'mongodb';
import { READ_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { WireDocument } from '../../schema/collections.ts';
import type { Collections } from '../../schema/open-collections.ts';
import type { Unsettled } from './unsettled.ts';
import type { OfTenant } from '../../schema/tenant-collection.ts';

/** Whose follow-ups are asked for: everybody's, or one agent's. */
export type DueList = { tenantId: TenantId; assignee?: AgentId | undefined };

/** What a choice among due follow-ups goes by. */
export type Candidate = Pick<
  WireDocument<'follow_ups'>,
  '_id' | 'conversationId' | 'dueAt' | 'priority' | 'attempts' | 'maxAttempts' | 'finalAttemptAt'
>;

/** Expires one follow-up by the rules, or is refused by them. */
export type Expire = (tenantId: TenantId, followUpId: FollowUpId) => Promise<unknown>;

/** How many due ones are looked at for each that is wanted. */
export const WINDOW_OF_A_CLAIM = 4;
/** Most claims that nobody reported which one look takes. */
const LAPSED_AT_ONCE = 100;
/** How many more are looked at where the first cannot be read or settled. */
const LOOKED_PAST = 10_000;
const LOOKED_PAST_AT_ONCE = 250;

const IS_DUE = { $lte: ['$dueAt', '$$NOW'] };
/** Before every lease that there is, and after none at all. */
const FIRST_INSTANT = new Date(0);

export const openIn = ({ tenantId, assignee }: DueList): OfTenant => ({
  tenantId,
  status: 'open',
  ...(assignee !== undefined && { assignee }),
});

const indexOf = ({ assignee }: DueList) => (assignee === undefined ? 'claimable' : 'claimable_by_assignee');

/** The filter of what may be leased: due, and without a lease, be it one that has run out. */
export const claimable = (list: DueList): OfTenant => ({
  ...openIn(list),
  lease: null,
  $expr: IS_DUE,
});

/** What one look at a list finds. */
export type Found = {
  /** The longest due that may be tried. */
  candidates: Candidate[];
  /** Claims that nobody reported in time, and retries that nobody made in time. */
  over: FollowUpId[];
};

export type LookOptions = {
  session?: ClientSession | undefined;
  /** Those that could not be expired a moment ago. */
  unsettled?: Pick<Unsettled, 'has'>;
};

/**
 * Looks at the `window` longest due ones; held ones stand elsewhere in the index. Where few of these can be read and
 * may be tried, it looks at more, so that the others keep nobody from their work.
 */
export async function lookAtDue(
  collections: Collections,
  list: DueList,
  window: number,
  { session, unsettled }: LookOptions = {},
): Promise<Found> {
  const { follow_ups: followUps, clock } = collections;
  const free = () =>
    followUps.collection
      .find(
        { ...openIn(list), 'lease.until': null, $expr: IS_DUE },
        { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) },
      )
      .sort({ dueAt: 1, _id: 1 })
      .hint(indexOf(list));
  // A transaction cannot expire anything: that is done before it begins.
  const [documents, lapsed] = await Promise.all([
    free().limit(window).toArray(),
    session ? [] : findLapsed(collections, list, unsettled),
  ]);
  const now = timestamp(clock.now());
  const candidates: Candidate[] = [];
  const ended: FollowUpId[] = [];
  const sortOut = (document: Document) => {
    const due = followUps.tryDecode(document);
    if (due === null) return;
    if (mayBeTried(due, now)) candidates.push(due);
    else if (ended.length < window && unsettled?.has(due._id) !== true) ended.push(due._id);
  };
  documents.forEach(sortOut);
  if (documents.length === window && candidates.length < window / WINDOW_OF_A_CLAIM)
    for await (const document of free().skip(window).limit(LOOKED_PAST).batchSize(LOOKED_PAST_AT_ONCE)) {
      sortOut(document);
      if (candidates.length === window) break;
    }
  return { candidates, over: [...lapsed, ...ended] };
}

/** The claims whose lease has run out without a report, the longest lapsed first. */
async function findLapsed(
  { follow_ups: followUps }: Collections,
  list: DueList,
  unsettled: LookOptions['unsettled'],
): Promise<FollowUpId[]> {
  const find = () =>
    followUps.collection
      .find(
        {
          ...openIn(list),
          'lease.until': { $gt: FIRST_INSTANT },
          $expr: { $lte: ['$lease.until', '$$NOW'] },
        },
        { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
      )
      .hint(indexOf(list));
  const lapsed: FollowUpId[] = [];
  const sortOut = ({ _id }: Document) => {
    const id = FollowUpId.safeParse(String(_id));
    if (id.success && unsettled?.has(id.data) !== true) lapsed.push(id.data);
  };
  const first = await find().limit(LAPSED_AT_ONCE).toArray();
  first.forEach(sortOut);
  if (first.length === LAPSED_AT_ONCE && lapsed.length < 1)
    for await (const document of find().skip(LAPSED_AT_ONCE).limit(LOOKED_PAST)) {
      sortOut(document);
      if (lapsed.length === LAPSED_AT_ONCE) break;
    }
  return lapsed;
}

/** Whether something cannot be settled now, and not that another server, or a late report, was first. */
const isStuck = (fault: unknown) =>
  !(fault instanceof Refusal) || fault.code === 'UNREADABLE' || fault.code === 'NOT_FOUND';

/**
 * Expires what is over. Another server, or a late report, may have been first: then the rules refuse it.
 * @returns how many it expired, which ones cannot be now, and what went wrong but for refusals
 */
export async function expireAll<Id>(
  tenantId: TenantId,
  over: readonly Id[],
  expire: (tenantId: TenantId, id: Id) => Promise<unknown>,
): Promise<{ expired: number; stuck: Id[]; faults: unknown[] }> {
  const results = await Promise.allSettled(over.map((id) => expire(tenantId, id)));
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  return {
    expired: over.length - faults.length,
    stuck: over.filter((_, index) => {
      const result = results[index];
      return result?.status === 'rejected' && isStuck(result.reason);
    }),
    faults: faults.filter((fault) => !(fault instanceof Refusal)),
  };
}
