import { timestamp } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import type { OfTenant } from '../schema/tenant-collection.ts';

/** How many files one transaction removes. */
const STEP = 100;

/**
 * Removes files with their addresses and their contents. A file that changes meanwhile is looked at again: one that a message
 * has just named stays, where the filter says so.
 * @returns how many
 */
export async function removeFiles(collections: Collections, filter: OfTenant): Promise<number> {
  for (let removed = 0; ;) {
    const { found, contentIds } = await inTransaction(collections.db.client, (session) =>
      moveToRemovals(collections, filter, session),
    );
    // Where this process is stopped here, servers go on with it.
    for (const id of contentIds) await removeContent(collections, id);
    removed += found;
    if (found < STEP) return removed;
  }
}

async function moveToRemovals(
  { files, file_tokens: tokens, file_removals: removals, clock }: Collections,
  filter: OfTenant,
  session: Parameters<Parameters<typeof inTransaction>[1]>[0],
): Promise<{ found: number; contentIds: string[] }> {
  const { tenantId } = filter;
  const found: Document[] = await files.collection
    .find(filter, { projection: { contentId: 1 }, limit: STEP, session, maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  if (found.length === 0) return { found: 0, contentIds: [] };
  const ids = found.map(({ _id }) => _id);
  const contentIds = found.flatMap(({ contentId }) =>
    contentId instanceof ObjectId ? contentId.toHexString() : [],
  );
  await files.collection.deleteMany({ tenantId, _id: { $in: ids } }, { session });
  await tokens.collection.deleteMany({ tenantId, fileId: { $in: ids } }, { session });
  const dueAt = timestamp(clock.now());
  if (contentIds.length > 0)
    await removals.collection.insertMany(
      contentIds.map((_id) => removals.encode({ _id, dueAt })),
      { session },
    );
  return { found: found.length, contentIds };
}

/** Removes a content that is to go, and then what says so. */
export async function removeContent(
  { contents, file_removals: removals }: Collections,
  contentId: string,
): Promise<void> {
  await contents.delete(contentId);
  await removals.collection.deleteOne(byId(new ObjectId(contentId)), { maxTimeMS: WRITE_TIMEOUT_MS });
}
