import type { AuditRecord, ListAudit, Page, TenantId } from '@baton/schema';
import { listByInstant } from '../read/instant-list.ts';
import type { WireDocument } from '../schema/collections.ts';
import { dateOfInstant } from '../schema/instant.ts';
import type { Collections } from '../schema/open-collections.ts';

function recordOf({ _id, at, action, actor, target, details }: WireDocument<'audit'>): AuditRecord {
  return { id: _id, at, action, actor, target, details };
}

/**
 * A tenant's audit log, the newest first.
 * @throws Refusal INVALID_CURSOR
 */
async function audit(
  collections: Collections,
  tenantId: TenantId,
  input: ListAudit,
): Promise<Page<AuditRecord>> {
  const { action, actor, from, to } = input;
  const period = {
    ...(from !== undefined && { $gte: dateOfInstant(from) }),
    ...(to !== undefined && { $lt: dateOfInstant(to) }),
  };
  const filter = {
    tenantId,
    ...(actor !== undefined && { actorIds: actor }),
    ...(action !== undefined && { action }),
    ...((from ?? to) !== undefined && { at: period }),
  };
  return listByInstant(
    collections.audit,
    { tenantId, procedure: 'admin.audit', input: { ...input } },
    { filter, index: indexFor(input), field: 'at', direction: -1 },
    { fromDocument: recordOf, positionOf: ({ at, id }) => [at, id] },
  );
}

function indexFor({ action, actor }: ListAudit): string {
  if (actor !== undefined) return action === undefined ? 'by_actor' : 'by_actor_action';
  return action === undefined ? 'by_time' : 'by_action';
}

export const auditQueries = { audit };
