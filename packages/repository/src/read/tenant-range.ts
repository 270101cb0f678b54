import type { TenantId } from '@baton/schema';
import { type Document, type Filter, MaxKey, MinKey } from 'mongodb';
import { byId } from '../schema/open-collections.ts';

/**
 * Every document of a tenant in a collection whose `_id` is `{tenantId, <key>}`: a range of the index on `_id`,
 * which compares such documents field by field.
 * @param after a key, to begin behind it
 */
export function tenantRange(
  tenantId: TenantId,
  key: 'agentId' | 'contactId' | 'key',
  after?: string,
): Filter<Document> {
  return byId({ $gt: { tenantId, [key]: after ?? new MinKey() }, $lt: { tenantId, [key]: new MaxKey() } });
}
