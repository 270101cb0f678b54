import type { Tenant, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

export async function readTenant(
  { tenants }: Collections,
  tenantId: TenantId,
  session?: ClientSession,
): Promise<Tenant> {
  const document = await tenants.collection.findOne(byId(tenantId), {
    maxTimeMS: READ_TIMEOUT_MS,
    ...(session && { session }),
  });
  const { businessHours = null, reopenWithinMs = null } = document === null ? {} : tenants.decode(document);
  return { id: tenantId, businessHours, reopenWithinMs };
}

const get = (collections: Collections, tenantId: TenantId, _input: object) =>
  readTenant(collections, tenantId);

export const tenantQueries = { get };
