import { type AuditActor, type Tenant, type TenantId, timestamp, type UpdateTenant } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { readTenant } from '../read/tenant.ts';
import { idempotentInTransaction } from './idempotent.ts';

/** @throws Refusal IDEMPOTENCY_MISMATCH */
function update(
  collections: Collections,
  tenantId: TenantId,
  input: UpdateTenant,
  by: AuditActor = OPERATOR,
): Promise<Tenant> {
  return idempotentInTransaction(collections, tenantId, 'tenant.update', input, async (session) => {
    const { businessHours, reopenWithinMs } = input;
    const details = {
      ...(businessHours !== undefined && { businessHours: businessHours?.timeZone ?? 'none' }),
      ...(reopenWithinMs !== undefined && { reopenWithinMs }),
    };
    await appendAudit(collections, { tenantId, action: 'tenant.update', by, details }, session);
    await setTenant(collections, tenantId, input, session);
    return readTenant(collections, tenantId, session);
  });
}

async function setTenant(
  { tenants, clock }: Collections,
  tenantId: TenantId,
  { businessHours, reopenWithinMs }: UpdateTenant,
  session: ClientSession,
): Promise<void> {
  const created = tenants.encode({
    _id: tenantId,
    businessHours: businessHours ?? null,
    ...(reopenWithinMs != null && { reopenWithinMs }),
    createdAt: timestamp(clock.now()),
  });
  const { _id: _, createdAt, ...settings } = created;
  if (businessHours === undefined) delete settings['businessHours'];
  await tenants.collection.updateOne(
    byId(tenantId),
    {
      $set: settings,
      $setOnInsert: { createdAt, ...(businessHours === undefined && { businessHours: null }) },
      ...(reopenWithinMs === null && { $unset: { reopenWithinMs: '' } }),
    },
    { maxTimeMS: WRITE_TIMEOUT_MS, upsert: true, session },
  );
}

export const tenantSettings = { update };
