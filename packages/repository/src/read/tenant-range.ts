import type { TenantId } from '@baton/schema';
import { MaxKey, MinKey } from 'mongodb';
import { byId } from '../schema/open-collections.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/**
 * Every document of a tenant in a collection whose `_id` is `{tenantId, <key>}`: a range of the index on `_id`,
 * which compares such documents field by field.
 * @param after a key, to begin behind it
 */
export function tenantRange(
  tenantId: TenantId,
  key: 'agentId' | 'contactId' | 'key' | 'term',
  after?: string,
): TenantFilter {
  return byId({ $gt: { tenantId, [key]: after ?? new MinKey() }, $lt: { tenantId, [key]: new MaxKey() } });
}
