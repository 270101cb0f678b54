import type { Document } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { declaredCollections } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';

/** Most held claims that are counted one by one. */
const MOST_COUNTED = 10_000;
/** There is one for each kind of work, and of erasures one for each that is going on. */
const MOST_LEASES = 100;

/** What the whole store has to do, whichever process does it. */
export interface Backlog {
  /** Claims of follow-ups that workers hold now; 10,000 at most. */
  claimsHeld: number;
  /** How long ago the claim ran out that nobody has reported or settled, in milliseconds; 0 without any. */
  claimsOverdueMs: number;
  /** How long ago the pending handoff ran out that is not expired yet, in milliseconds; 0 without any. */
  handoffsOverdueMs: number;
  /** How much work in the background is going on now in all processes, by its kind: `erasure` is one kind. */
  leases: ReadonlyMap<string, number>;
}

/** Four small reads, each by an index or of a few documents. */
export async function readBacklog({ db, clock, follow_ups, handoffs }: Collections): Promise<Backlog> {
  const maxTimeMS = READ_TIMEOUT_MS;
  const now = new Date(clock.now());
  const held = { 'lease.until': { $type: 'date', $gt: now } };
  const lapsed = { 'lease.until': { $type: 'date', $lte: now } };
  const overdue = { status: 'pending', expiresAt: { $lte: now } };
  const [claims, claim, handoff, leases] = await Promise.all([
    follow_ups
      .acrossTenants('due work')
      .find(held, { projection: { _id: 0, 'lease.until': 1 }, limit: MOST_COUNTED, maxTimeMS })
      .toArray(),
    follow_ups.acrossTenants('due work').findOne(lapsed, {
      sort: { 'lease.until': 1 },
      projection: { _id: 0, 'lease.until': 1 },
      maxTimeMS,
    }),
    handoffs.acrossTenants('due work').findOne(overdue, {
      sort: { expiresAt: 1 },
      projection: { _id: 0, expiresAt: 1 },
      maxTimeMS,
    }),
    db
      .collection<{ _id: string; until: Date }>(declaredCollections.leases.name)
      .find({}, { sort: { _id: 1 }, projection: { until: 1 }, limit: MOST_LEASES, maxTimeMS })
      .toArray(),
  ]);
  return {
    claimsHeld: claims.length,
    claimsOverdueMs: msSince(now, (claim?.['lease'] as Document | undefined)?.['until']),
    handoffsOverdueMs: msSince(now, handoff?.['expiresAt']),
    leases: countByKind(leases.filter(({ until }) => until > now)),
  };
}

/** A lease is named by its kind, and by what it is for where there are many: `erasure/<id>`. */
function countByKind(leases: readonly { _id: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { _id } of leases) {
    const [kind = _id] = _id.split('/');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function msSince(now: Date, then: unknown): number {
  return then instanceof Date ? Math.max(0, now.getTime() - then.getTime()) : 0;
}
