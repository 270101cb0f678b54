import type { Tenant, TenantId, UpdateTenant } from '@baton/schema';
import { timestamp } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { once } from '../write/idempotent.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

const TIMEOUT = { maxTimeMS: 10_000 };

async function get({ tenants }: Collections, tenantId: TenantId, _input: object): Promise<Tenant> {
  const document = await tenants.collection.findOne(byId(tenantId), TIMEOUT);
  return { id: tenantId, businessHours: document === null ? null : tenants.decode(document).businessHours };
}

/** @throws Refusal IDEMPOTENCY_MISMATCH */
function update(collections: Collections, tenantId: TenantId, input: UpdateTenant): Promise<Tenant> {
  return once(collections, tenantId, 'tenant.update', input, (session) =>
    setBusinessHours(collections, tenantId, input, session),
  );
}

async function setBusinessHours(
  { tenants }: Collections,
  tenantId: TenantId,
  { businessHours }: UpdateTenant,
  session?: ClientSession,
): Promise<Tenant> {
  const created = tenants.encode({ _id: tenantId, businessHours, createdAt: timestamp(Date.now()) });
  await tenants.collection.updateOne(
    byId(tenantId),
    { $set: { businessHours: created['businessHours'] }, $setOnInsert: { createdAt: created['createdAt'] } },
    { ...TIMEOUT, upsert: true, ...(session && { session }) },
  );
  return { id: tenantId, businessHours };
}

export const tenantQueries = { get, update };
