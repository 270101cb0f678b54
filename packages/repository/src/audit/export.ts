import { createHash } from 'node:crypto';
import type { AuditActor, Entry, ExportConversations, Page, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { exportEntries, exportPlace } from '../read/export.ts';
import type { Collections } from '../schema/open-collections.ts';
import { auditDocument, OPERATOR } from './append.ts';

const DUPLICATE_KEY = 11_000;

/**
 * A page of an export, which the audit log has before it is given. An export of many pages is recorded once for each
 * credential that reads it, with whichever page comes first: a cursor can be made up.
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
  const document = auditDocument(collections, { tenantId, action: 'conversations.export', by, details });
  const whose = JSON.stringify([tenantId, place.until, by.kind, by.id]);
  const _id = new ObjectId(createHash('sha256').update(whose).digest().subarray(0, 12));
  try {
    await collections.audit.collection.insertOne({ ...document, _id }, { maxTimeMS: WRITE_TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY)) throw error;
  }
  return exportEntries(collections, tenantId, input, place);
}

export const auditedExport = { export: exportAudited };
