import { mayBeTried, Refusal } from '@baton/domain';
import { type AgentId, FollowUpId, type TenantId, timestamp } from '@baton/schema';
import type { ClientSession, Document, Filter } from 'mongodb';
import { READ_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { WireDocument } from '../../schema/collections.ts';
import type { Collections } from '../../schema/open-collections.ts';

/** Whose follow-ups are asked for: everybody's, or one agent's. */
export type DueList = { tenantId: TenantId; assignee?: AgentId | undefined };

/** What a choice among due follow-ups goes by. */
export type Candidate = Pick<
  WireDocument<'follow_ups'>,
  '_id' | 'dueAt' | 'priority' | 'attempts' | 'maxAttempts' | 'finalAttemptAt'
>;

/** Expires one follow-up by the rules, or is refused by them. */
export type Expire = (tenantId: TenantId, followUpId: FollowUpId) => Promise<unknown>;

/** Most claims that nobody reported which one look takes. */
const LAPSED_AT_ONCE = 100;

const IS_DUE = { $lte: ['$dueAt', '$$NOW'] };
/** Before every lease that there is, and after none at all. */
const FIRST_INSTANT = new Date(0);

export const openIn = ({ tenantId, assignee }: DueList): Filter<Document> => ({
  tenantId,
  status: 'open',
  ...(assignee !== undefined && { assignee }),
});

const indexOf = ({ assignee }: DueList) => (assignee === undefined ? 'claimable' : 'claimable_by_assignee');

/** The filter of what may be leased: due, and without a lease, be it one that has run out. */
export const claimable = (list: DueList): Filter<Document> => ({
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

/** Looks at the `window` longest due ones; held ones stand elsewhere in the index. */
export async function lookAtDue(
  collections: Collections,
  list: DueList,
  window: number,
  session?: ClientSession,
): Promise<Found> {
  const { follow_ups: followUps, clock } = collections;
  const free = followUps.collection
    .find(
      { ...openIn(list), 'lease.until': null, $expr: IS_DUE },
      { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) },
    )
    .sort({ dueAt: 1, _id: 1 })
    .hint(indexOf(list))
    .limit(window);
  // A transaction cannot expire anything: that is done before it begins.
  const [documents, lapsed] = await Promise.all([
    free.toArray(),
    session ? [] : findLapsed(collections, list),
  ]);
  const now = timestamp(clock.now());
  const readable = documents.map((document) => followUps.tryDecode(document));
  const due: Candidate[] = readable.filter((document) => document !== null);
  const [candidates, ended] = [true, false].map((may) => due.filter((each) => mayBeTried(each, now) === may));
  return { candidates: candidates ?? [], over: [...lapsed, ...(ended ?? []).map(({ _id }) => _id)] };
}

/** The claims whose lease has run out without a report, the longest lapsed first. */
async function findLapsed({ follow_ups: followUps }: Collections, list: DueList): Promise<FollowUpId[]> {
  const lapsed = await followUps.collection
    .find(
      {
        ...openIn(list),
        'lease.until': { $gt: FIRST_INSTANT },
        $expr: { $lte: ['$lease.until', '$$NOW'] },
      },
      { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .hint(indexOf(list))
    .limit(LAPSED_AT_ONCE)
    .toArray();
  return lapsed.map(({ _id }) => FollowUpId.parse(String(_id)));
}

/**
 * Expires what is over. Another server, or a late report, may have been first: then the rules refuse it.
 * @returns how many it expired, and what else went wrong: one that cannot be expired must not keep back the others
 */
export async function expireAll<Id>(
  tenantId: TenantId,
  over: readonly Id[],
  expire: (tenantId: TenantId, id: Id) => Promise<unknown>,
): Promise<{ expired: number; faults: unknown[] }> {
  const results = await Promise.allSettled(over.map((id) => expire(tenantId, id)));
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  return {
    expired: over.length - faults.length,
    faults: faults.filter((fault) => !(fault instanceof Refusal)),
  };
}
