import { timestamp } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { byId, type Collections } from '../schema/open-collections.ts';
import { unlessHeld, withLease } from './leases.ts';

const LEASE_MS = 30_000;
/** How far a look goes back behind the one before: servers' clocks give entries their ids, and commits take time. */
const OVERLAP_MS = 70 * 60_000;
/** A look is not repeated before, whichever server takes it. */
const PAUSE_MS = 4 * 60_000;
const BATCH_SIZE = 500;

/**
 * Looks at what was written since the last time, and only once for all servers in some minutes.
 * @param name of the lease, and of the progress
 * @returns null where another server does it, or has done it, or no migration has noted any progress yet
 */
export async function catchUp<Report>(
  collections: Collections,
  name: string,
  look: (since: ObjectId, signal: AbortSignal) => Promise<Report>,
): Promise<Report | null> {
  const catchingUp = withLease(collections.db, name, { leaseMs: LEASE_MS }, async (signal) => {
    const { progress, clock } = collections;
    const began = clock.now();
    const last = await progress.collection.findOne(byId(name));
    const upTo = last?.['upTo'];
    if (!(upTo instanceof Date) || began - upTo.getTime() < PAUSE_MS) return null;
    const since = Math.floor((upTo.getTime() - OVERLAP_MS) / 1_000);
    const report = await look(ObjectId.createFromTime(since), signal);
    await noteCaughtUp(collections, name, began);
    return report;
  });
  return unlessHeld(catchingUp, null);
}

/** Notes that all is done that was written before an instant. */
export async function noteCaughtUp({ progress }: Collections, name: string, began: number): Promise<void> {
  await progress.collection.updateOne(
    byId(name),
    { $set: { upTo: new Date(timestamp(began)) } },
    { upsert: true },
  );
}

export async function* batchesOf(cursor: AsyncIterable<Document>): AsyncGenerator<Document[]> {
  let batch: Document[] = [];
  for await (const document of cursor) {
    if (batch.push(document) < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
