import type { SendPolicy, Tenant, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

/** What is set for a tenant; one that nothing was set for has no document. */
export async function readTenant(
  { tenants, send_policies: policies }: Collections,
  tenantId: TenantId,
  session?: ClientSession,
): Promise<Tenant> {
  const options = { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) };
  const document = await tenants.collection.findOne(byId(tenantId), options);
  const sending = await policies.collection.findOne(byId({ tenantId }), options);
  const { businessHours = null, reopenWithinMs = null } = document === null ? {} : tenants.decode(document);
  return {
    id: tenantId,
    businessHours,
    reopenWithinMs,
    sendPolicy: sending === null ? null : policies.decode(sending).policy,
  };
}

/** A tenant's policy, and the zone of the tenant. */
export type TenantPolicy = { policy: SendPolicy; timeZone: string };

/** A tenant's policy as the store has it; null where it has none. */
export async function readTenantPolicy(
  { send_policies: policies, tenants }: Collections,
  tenantId: TenantId,
  session?: ClientSession,
): Promise<TenantPolicy | null> {
  const options = { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) };
  const document = await policies.collection.findOne(byId({ tenantId }), options);
  if (document === null) return null;
  const { policy } = policies.decode(document);
  if (policy.timeZone !== undefined) return { policy, timeZone: policy.timeZone };
  const tenant = await tenants.collection.findOne(byId(tenantId), options);
  const hours = tenant === null ? null : tenants.decode(tenant).businessHours;
  return { policy, timeZone: hours?.timeZone ?? 'UTC' };
}

export const tenantQueries = {
  get: (collections: Collections, tenantId: TenantId, _input: object) => readTenant(collections, tenantId),
};
