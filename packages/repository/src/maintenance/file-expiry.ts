import { TenantId } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { removeContent, removeFiles } from '../files/remove-files.ts';
import type { Collections } from '../schema/open-collections.ts';
import { unlessHeld, withLease } from './leases.ts';

/** How many files one look finds. */
const STEP = 100;
/** How long a server that died in the middle keeps others from going on, in milliseconds. */
const LEASE_MS = 10_000;

/**
 * Removes the files whose content never came, and the contents that are left of files that are
 * gone; of many servers one does it.
 * @returns how many files and contents
 */
export async function removeDueFiles(collections: Collections, stop?: AbortSignal): Promise<number> {
  const work = withLease(collections.db, 'remove_files', { leaseMs: LEASE_MS }, async (lost) => {
    const isOver = () => lost.aborted || stop?.aborted === true;
    const removed = await removeOrphans(collections, isOver);
    return removed + (await removeDueContents(collections, isOver));
  });
  return unlessHeld(work, 0);
}

async function removeOrphans(collections: Collections, isOver: () => boolean): Promise<number> {
  const { files, clock } = collections;
  for (let removed = 0; ;) {
    const isDue = { removeAt: { $type: 'date', $lte: new Date(clock.now()) } };
    const found = await files
      .acrossTenants('due work')
      .find(isDue, { projection: { tenantId: 1 }, limit: STEP, maxTimeMS: READ_TIMEOUT_MS })
      .sort({ removeAt: 1 })
      .toArray();
    let done = 0;
    for (const { _id, tenantId } of found) {
      if (isOver()) return removed;
      // A message that names it at this moment is before it or finds it gone.
      done += await removeFiles(collections, { ...isDue, tenantId: TenantId.parse(tenantId), _id });
    }
    removed += done;
    if (found.length < STEP || done === 0) return removed;
  }
}

async function removeDueContents(collections: Collections, isOver: () => boolean): Promise<number> {
  const { file_removals: removals, clock } = collections;
  for (let removed = 0; ;) {
    const found = await removals.collection
      .find(
        { dueAt: { $lte: new Date(clock.now()) } },
        { limit: STEP, projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
      )
      .sort({ dueAt: 1 })
      .toArray();
    for (const { _id } of found) {
      if (isOver()) return removed;
      await removeContent(collections, _id.toHexString());
      removed += 1;
    }
    if (found.length < STEP) return removed;
  }
}
