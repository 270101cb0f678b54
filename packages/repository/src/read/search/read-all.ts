import type { TenantId } from '@baton/schema';
import type { Document, ObjectId } from 'mongodb';
import { SEARCH_TIMEOUT_MS } from '../../connection/deadlines.ts';
import type { TenantCollection } from '../../schema/tenant-collection.ts';

/** Documents that are read at once: they can be large, and a page may be full before. */
export const READ_AT_ONCE = 34;

/** Documents of a tenant, by their ids. */
export async function readAll(
  collection: TenantCollection,
  tenantId: TenantId,
  ids: ObjectId[],
): Promise<Map<string, Document>> {
  if (ids.length === 0) return new Map();
  const found = await collection
    .find({ _id: { $in: ids }, tenantId }, { maxTimeMS: SEARCH_TIMEOUT_MS })
    .toArray();
  return new Map(found.map((document) => [document._id.toHexString(), document]));
}
