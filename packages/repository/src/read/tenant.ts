import type { Tenant, TenantId } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

async function get({ tenants }: Collections, tenantId: TenantId, _input: object): Promise<Tenant> {
  const document = await tenants.collection.findOne(byId(tenantId), { maxTimeMS: READ_TIMEOUT_MS });
  return { id: tenantId, businessHours: document === null ? null : tenants.decode(document).businessHours };
}

export const tenantQueries = { get };
