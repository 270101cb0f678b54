import { type AuditActor, type Tenant, type TenantId, timestamp, type UpdateTenant } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from './idempotent.ts';

/** @throws Refusal IDEMPOTENCY_MISMATCH */
function update(
  collections: Collections,
  tenantId: TenantId,
  input: UpdateTenant,
  by: AuditActor = OPERATOR,
): Promise<Tenant> {
  return idempotentInTransaction(collections, tenantId, 'tenant.update', input, async (session) => {
    const { businessHours } = input;
    const details = { businessHours: businessHours === null ? 'none' : businessHours.timeZone };
    await appendAudit(collections, { tenantId, action: 'tenant.update', by, details }, session);
    return setBusinessHours(collections, tenantId, input, session);
  });
}

async function setBusinessHours(
  { tenants, clock }: Collections,
  tenantId: TenantId,
  { businessHours }: UpdateTenant,
  session: ClientSession,
): Promise<Tenant> {
  const created = tenants.encode({ _id: tenantId, businessHours, createdAt: timestamp(clock.now()) });
  await tenants.collection.updateOne(
    byId(tenantId),
    { $set: { businessHours: created['businessHours'] }, $setOnInsert: { createdAt: created['createdAt'] } },
    { maxTimeMS: WRITE_TIMEOUT_MS, upsert: true, session },
  );
  return { id: tenantId, businessHours };
}

export const tenantSettings = { update };
