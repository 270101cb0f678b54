import type { TenantId } from '@baton/schema';
import type { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';

/**
 * Of these conversations, those that were erased. An erasure marks the conversation first and then deletes what is kept
 * beside it. So who writes beside it, outside of a command's transaction, looks after the write, and takes it back: one of the
 * two sees the other.
 */
export async function erasedAmong(
  { conversations }: Pick<Collections, 'conversations'>,
  tenantIds: readonly TenantId[],
  ids: readonly ObjectId[],
): Promise<ObjectId[]> {
  const documents = await conversations
    .acrossTenants('late copies')
    .find(
      { tenantId: { $in: [...tenantIds] }, _id: { $in: [...ids] }, erasedAt: { $exists: true } },
      { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  return documents.map(({ _id }) => _id);
}
