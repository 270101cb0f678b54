import { createHash } from 'node:crypto';
import type { AuditActor, Entry, ExportConversations, Page, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import { exportEntries, exportPlace } from '../read/export.ts';
import type { Collections } from '../schema/open-collections.ts';
import { appendAudit, auditDocument, type AuditEvent, OPERATOR } from './append.ts';

const HOUR_MS = 3_600_000;

/**
 * Records a page of an export before it is given: a first page always, others once an hour for each credential, since a
 * cursor can be made up.
 * @param what the export that the page is of
 */
export async function appendExport(
  collections: Collections,
  event: AuditEvent,
  { what, isFirst }: { what: string; isFirst: boolean },
): Promise<void> {
  const { tenantId, action, by } = event;
  const hour = Math.floor(collections.clock.now() / HOUR_MS);
  const whose = JSON.stringify([tenantId, action, what, by.kind, by.id, hour]);
  const _id = new ObjectId(createHash('sha256').update(whose).digest().subarray(0, 12));
  try {
    const document = { ...auditDocument(collections, event), _id };
    await collections.audit.collection.insertOne(document, { maxTimeMS: WRITE_TIMEOUT_MS });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    if (isFirst) await appendAudit(collections, event);
  }
}

/**
 * A page of an export, which the audit log has before it is given.
 * @throws Refusal INVALID_CURSOR
 */
async function exportAudited(
  collections: Collections,
  tenantId: TenantId,
  input: ExportConversations,
  by: AuditActor = OPERATOR,
): Promise<Page<Entry>> {
  const place = exportPlace(collections, tenantId, input);
  const details = { upTo: place.until };
  const event = { tenantId, action: 'conversations.export', by, details } as const;
  await appendExport(collections, event, { what: place.until, isFirst: input.cursor === undefined });
  return exportEntries(collections, tenantId, input, place);
}

export const auditedExport = { export: exportAudited };
