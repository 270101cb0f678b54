import type { TenantId } from '@baton/schema';
import type { Collection, Document, ObjectId } from 'mongodb';
import { SEARCH_TIMEOUT_MS } from '../../connection/deadlines.ts';

/** Documents that are read at once: they can be large, and a page may be full before. */
export const READ_AT_ONCE = 34;

/** Documents of a tenant, by their ids. */
export async function readAll(
  collection: Collection,
  tenantId: TenantId,
  ids: ObjectId[],
): Promise<Map<string, Document>> {
  if (ids.length === 0) return new Map();
  const found = await collection
    .find({ _id: { $in: ids }, tenantId }, { maxTimeMS: SEARCH_TIMEOUT_MS })
    .toArray();
  return new Map(found.map((document) => [document._id.toHexString(), document]));
}
