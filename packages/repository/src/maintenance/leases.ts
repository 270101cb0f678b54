import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db, Document } from 'mongodb';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import { declaredCollections } from '../schema/collections.ts';

type LeaseRecord = { _id: string; holder: string; token: string; until: Date };

/** The lease is somebody else's until the instant that it names, by the server's clock. */
export class LeaseHeld extends Error {
  override readonly name = 'LeaseHeld';
  readonly holder: string;
  readonly until: Date;

  constructor(lease: string, holder: string, until: Date) {
    super(`${lease} is held by ${holder} until ${until.toISOString()}`);
    this.holder = holder;
    this.until = until;
  }
}

/** The lease ran out, or somebody else took it, before the work under it was done. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor(lease: string, options?: ErrorOptions) {
    super(`${lease} was lost before its work was done`, options);
  }
}

export type Lease = { name: string; token: string; until: Date };

/**
 * Takes a named lease for `leaseMs` milliseconds, by the server's clock: processes need not agree on theirs.
 *
 * @throws LeaseHeld where another has it
 */
export async function acquireLease(
  db: Db,
  name: string,
  { holder, leaseMs }: { holder: string; leaseMs: number },
): Promise<Lease> {
  const token = randomUUID();
  // A missing `until` sorts before every date, so a lease that nobody has counts as expired.
  const expired = { $lte: ['$until', '$$NOW'] };
  const taken = {
    holder: { $cond: [expired, { $literal: holder }, '$holder'] },
    token: { $cond: [expired, { $literal: token }, '$token'] },
    until: { $cond: [expired, { $add: ['$$NOW', leaseMs] }, '$until'] },
  };
  const lease = await retryOnDuplicate(() =>
    leaseRecords(db).findOneAndUpdate({ _id: name }, [{ $set: taken }], {
      upsert: true,
      returnDocument: 'after',
      maxTimeMS: WRITE_TIMEOUT_MS,
    }),
  );
  if (lease === null) throw new LeaseLost(name);
  if (lease.token !== token) throw new LeaseHeld(name, lease.holder, lease.until);
  return { name, token, until: lease.until };
}

/** Holds a lease for `leaseMs` milliseconds more. False where it is no longer this holder's. */
export async function heartbeatLease(db: Db, { name, token }: Lease, leaseMs: number): Promise<boolean> {
  const longer: Document[] = [{ $set: { until: { $add: ['$$NOW', leaseMs] } } }];
  const { matchedCount } = await leaseRecords(db).updateOne({ _id: name, token }, longer, {
    maxTimeMS: WRITE_TIMEOUT_MS,
  });
  return matchedCount === 1;
}

/** Gives a lease back. False where it was no longer this holder's. */
export async function releaseLease(db: Db, { name, token }: Lease): Promise<boolean> {
  const { deletedCount } = await leaseRecords(db).deleteOne(
    { _id: name, token },
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
  return deletedCount === 1;
}

export type LeaseOptions = {
  /** Who holds it, for people to read; this process unless given. */
  holder?: string;
  /** How long a holder that died keeps others out, in milliseconds. A live one renews it three times as often. */
  leaseMs: number;
  /** How long to wait for another holder, in milliseconds; 0 by default. */
  waitMs?: number;
};

/**
 * Runs `work` while holding a lease. The signal is aborted as soon as the lease is, or may be, somebody else's.
 *
 * @throws LeaseHeld where another still has it after `waitMs`
 * @throws LeaseLost where it was lost meanwhile, even if the work came to an end
 */
export async function withLease<Result>(
  db: Db,
  name: string,
  { holder = `${hostname()}:${process.pid}`, leaseMs, waitMs = 0 }: LeaseOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  let heldUntil = performance.now() + leaseMs;
  const lease = await acquireOrWait(waitMs, () => {
    heldUntil = performance.now() + leaseMs;
    return acquireLease(db, name, { holder, leaseMs });
  });
  const lost = new AbortController();
  const done = new AbortController();
  const renewing = renew();
  try {
    const result = await work(lost.signal);
    lost.signal.throwIfAborted();
    return result;
  } finally {
    done.abort();
    await renewing;
    // A lease that cannot be given back runs out by itself.
    await releaseLease(db, lease).catch(() => false);
  }

  async function renew(): Promise<void> {
    while (!done.signal.aborted && !lost.signal.aborted) {
      // `done` ends the wait early by an AbortError.
      await sleep(leaseMs / 3, undefined, { signal: done.signal }).catch(() => undefined);
      if (done.signal.aborted) return;
      const asked = performance.now();
      try {
        if (await heartbeatLease(db, lease, leaseMs)) heldUntil = asked + leaseMs;
        else lost.abort(new LeaseLost(name));
      } catch (cause) {
        if (performance.now() >= heldUntil) lost.abort(new LeaseLost(name, { cause }));
      }
    }
  }
}

/** What work under a lease gave; `nothing` where another holds the lease and does it. */
export async function unlessHeld<Result>(work: Promise<Result>, nothing: Result): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LeaseHeld) return nothing;
    throw error;
  }
}

const POLL_MS = 100;

async function acquireOrWait(waitMs: number, acquire: () => Promise<Lease>): Promise<Lease> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await acquire();
    } catch (error) {
      if (!(error instanceof LeaseHeld) || performance.now() + POLL_MS > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}

/** Of two concurrent upserts of a new lease, the second fails with a duplicate key, and succeeds when retried. */
async function retryOnDuplicate<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (isDuplicate(error)) return await ask();
    throw error;
  }
}

function leaseRecords(db: Db) {
  return db.collection<LeaseRecord>(declaredCollections.leases.name);
}
