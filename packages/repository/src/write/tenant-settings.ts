import {
  type AuditActor,
  type AuditDetails,
  type SendPolicy,
  type Tenant,
  type TenantId,
  timestamp,
  type UpdateTenant,
} from '@baton/schema';
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
    const { businessHours, reopenWithinMs, sendPolicy } = input;
    const details: AuditDetails = {
      ...(businessHours !== undefined && { businessHours: businessHours?.timeZone ?? 'none' }),
      ...(reopenWithinMs !== undefined && { reopenWithinMs }),
      ...(sendPolicy !== undefined && { sendPolicy: partsOf(sendPolicy) }),
    };
    await appendAudit(collections, { tenantId, action: 'tenant.update', by, details }, session);
    await setTenant(collections, tenantId, input, session);
    if (sendPolicy !== undefined) await setSendPolicy(collections, tenantId, sendPolicy, session);
    return readTenant(collections, tenantId, session);
  });
}

/** The names of the parts of a policy that are on, as the audit log has them. */
function partsOf(policy: SendPolicy | null): string {
  const parts = Object.entries(policy ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return parts.length === 0 ? 'none' : parts.join(', ');
}

async function setSendPolicy(
  { send_policies: policies, clock }: Collections,
  tenantId: TenantId,
  policy: SendPolicy | null,
  session: ClientSession,
): Promise<void> {
  const options = { maxTimeMS: WRITE_TIMEOUT_MS, session };
  const _id = { tenantId };
  if (policy === null) {
    await policies.collection.deleteOne(byId(_id), options);
    return;
  }
  const replacement = policies.encode({ _id, policy, updatedAt: timestamp(clock.now()) });
  await policies.collection.replaceOne(byId(_id), replacement, { ...options, upsert: true });
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
