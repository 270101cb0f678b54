import type { ClaimedFollowUp, FollowUpPriority } from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import type { Random } from '../../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { Collections } from '../../schema/open-collections.ts';
import {
  type Candidate,
  claimable,
  type DueList,
  lookAtDue,
  type LookOptions,
  WINDOW_OF_A_CLAIM,
} from './due-follow-ups.ts';
import type { Paused } from './paused-follow-ups.ts';
import { claimedOf, leaseFor, newSecret, tokenOf } from './lease.ts';

/** Of how many of the longest due follow-ups the most urgent are taken, at least. */
const SMALLEST_WINDOW = 100;
/** How often it looks again where other servers were quicker. */
const MAX_ROUNDS = 20;
/** How often it lets what is over expire before it takes what there is. */
export const MAX_EXPIRIES = 5;

const NONE_PAUSED: Paused = new Map();

const URGENCY: Record<FollowUpPriority, number> = { high: 0, medium: 1, low: 2 };

type Urgent = Pick<Candidate, 'priority' | 'dueAt'>;

function byUrgency(a: Urgent, b: Urgent): number {
  return URGENCY[a.priority] - URGENCY[b.priority] || a.dueAt.localeCompare(b.dueAt);
}

/** Some of the items, by chance; all where there are no more. */
function sample<Item>(items: readonly Item[], size: number, random: Random): Item[] {
  if (items.length <= size) return [...items];
  const drawn = items.map((each) => ({ each, lot: random() })).toSorted((a, b) => a.lot - b.lot);
  return drawn.slice(0, size).map(({ each }) => each);
}

/** One of those who ask at once: for how many, and for how long. */
export type Asker = { limit: number; leaseMs: number };

export type TakeOptions = LookOptions & {
  /** Lets a read or a write through to MongoDB. */
  gate?: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Lets what is over expire and says of how much the next look will be rid; without it that stays as it is. */
  expire?: (over: readonly Candidate['_id'][]) => Promise<number>;
  /** Which of the due ones have to wait, and until when. */
  pausedAmong?: (due: readonly Candidate[]) => Promise<Paused>;
  /** Moves those that have to wait; without it they are passed over. */
  postpone?: (paused: Paused) => Promise<void>;
};

/**
 * Leases due follow-ups to those who ask, each to one of them, however many servers do so at once: of the longest due
 * ones the most urgent, to the first who asked first.
 * @returns for each asker, its own
 */
export async function takeDue(
  collections: Collections,
  list: DueList,
  askers: readonly Asker[],
  { session, unsettled, expire, pausedAmong, postpone, gate = (work) => work() }: TakeOptions = {},
): Promise<ClaimedFollowUp[][]> {
  const taken = askers.map((): ClaimedFollowUp[] => []);
  let expiries = 0;
  let postponed = 0;
  for (let round = 0; round < MAX_ROUNDS;) {
    const missing = askers.flatMap(({ limit }, asker) =>
      Array.from({ length: limit - (taken[asker]?.length ?? 0) }, () => asker),
    );
    if (missing.length === 0) break;
    const window = Math.max(SMALLEST_WINDOW, WINDOW_OF_A_CLAIM * missing.length);
    const { candidates, over } = await gate(() =>
      lookAtDue(collections, list, window, { session, unsettled }),
    );
    // Once is enough while there is other work: whoever asks next goes on.
    const isTurn = over.length > 0 && (expiries === 0 || candidates.length < missing.length);
    if (isTurn && expire !== undefined && expiries < MAX_EXPIRIES) {
      expiries += 1;
      if ((await expire(over)) > 0) continue;
    }
    const paused = await gate(async () => (await pausedAmong?.(candidates)) ?? NONE_PAUSED);
    if (paused.size > 0 && postpone !== undefined && postponed < MAX_EXPIRIES) {
      postponed += 1;
      await postpone(paused);
      continue;
    }
    const free = candidates.filter(({ _id }) => !paused.has(_id));
    if (free.length === 0) break;
    // Who lost a round looks further down the list, so that many servers do not want the same few again.
    const urgent = free.toSorted(byUrgency).slice(0, missing.length * 2 ** round);
    const chosen = sample(urgent, missing.length, collections.random).toSorted(byUrgency);
    const offers = chosen.map(({ _id }, index) => ({ id: _id, asker: missing[index] ?? 0 }));
    const won = await gate(() => lease(collections, list, offers, askers, session));
    for (const { id, asker } of offers) {
      const claimed = won.get(id);
      if (claimed !== undefined) taken[asker]?.push(claimed);
    }
    round += 1;
  }
  return taken.map((own) => own.toSorted((a, b) => byUrgency(a.followUp, b.followUp)));
}

type Offer = { id: Candidate['_id']; asker: number };

/** Leases what is still free of the offers, for as long as each asker wants. */
async function lease(
  collections: Collections,
  list: DueList,
  offers: readonly Offer[],
  askers: readonly Asker[],
  session: ClientSession | undefined,
): Promise<Map<Candidate['_id'], ClaimedFollowUp>> {
  const { collection } = collections.follow_ups;
  const inSession = session && { session };
  const secret = newSecret();
  const byDuration = Map.groupBy(offers, ({ asker }) => askers[asker]?.leaseMs ?? 0);
  const updates = [...byDuration].map(([leaseMs, own]) => ({
    updateMany: {
      filter: { ...claimable(list), _id: { $in: own.map(({ id }) => new ObjectId(id)) } },
      update: [{ $set: { lease: leaseFor(secret, { leaseMs, assignee: list.assignee }) } }],
    },
  }));
  await collection.bulkWrite(updates, {
    ordered: false,
    maxTimeMS: WRITE_TIMEOUT_MS,
    ...inSession,
  });
  const won = await collection
    .find(
      {
        _id: { $in: offers.map(({ id }) => new ObjectId(id)) },
        tenantId: list.tenantId,
        'lease.token': { $in: offers.map(({ id }) => tokenOf(secret, id)) },
      },
      { maxTimeMS: READ_TIMEOUT_MS, ...inSession },
    )
    .toArray();
  const claimed = won.flatMap((document) => claimedOf(collections, document) ?? []);
  return new Map(claimed.map((each) => [each.followUp.id, each]));
}
