import type { AuditAction, AuditActor, AuditRecord, TenantId } from '@baton/schema';
import { timestamp } from '@baton/schema';
import type { ClientSession, Document } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';

/** Somebody who works on the store itself, past the API. */
export const OPERATOR: AuditActor = { kind: 'operator', id: null, agentId: null };

/** What was done. `target` and `details` never hold a customer's words, a contact's key or a secret. */
export type AuditEvent = {
  tenantId: TenantId;
  action: AuditAction;
  by: AuditActor;
  target?: string | null;
  details?: AuditRecord['details'];
};

export function auditDocument(
  { audit, clock }: Collections,
  { tenantId, action, by, target = null, details = {} }: AuditEvent,
): Document {
  return audit.encode({
    _id: newObjectId(clock).toHexString(),
    tenantId,
    at: timestamp(clock.now()),
    action,
    actor: by,
    actorIds: [by.id, by.agentId].filter((id) => id !== null),
    target,
    details,
  });
}

/**
 * Adds a record to the audit log.
 * @param session the transaction of the act itself, so that both happen or neither; without one, add it before the act
 */
export async function appendAudit(
  collections: Collections,
  event: AuditEvent,
  session?: ClientSession,
): Promise<void> {
  await collections.audit.collection.insertOne(auditDocument(collections, event), {
    maxTimeMS: WRITE_TIMEOUT_MS,
    ...(session && { session }),
  });
}
