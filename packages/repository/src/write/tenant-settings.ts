import { type Tenant, type TenantId, timestamp, type UpdateTenant } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { idempotent } from './idempotent.ts';

/** @throws Refusal IDEMPOTENCY_MISMATCH */
function update(collections: Collections, tenantId: TenantId, input: UpdateTenant): Promise<Tenant> {
  return idempotent(collections, tenantId, 'tenant.update', input, (session) =>
    setBusinessHours(collections, tenantId, input, session),
  );
}

async function setBusinessHours(
  { tenants, clock }: Collections,
  tenantId: TenantId,
  { businessHours }: UpdateTenant,
  session?: ClientSession,
): Promise<Tenant> {
  const created = tenants.encode({ _id: tenantId, businessHours, createdAt: timestamp(clock.now()) });
  await tenants.collection.updateOne(
    byId(tenantId),
    { $set: { businessHours: created['businessHours'] }, $setOnInsert: { createdAt: created['createdAt'] } },
    { maxTimeMS: WRITE_TIMEOUT_MS, upsert: true, ...(session && { session }) },
  );
  return { id: tenantId, businessHours };
}

export const tenantSettings = { update };
