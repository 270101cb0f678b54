import {
  AuditActor,
  ContactId,
  ConversationId,
  RETENTION_DAYS_LIMIT,
  TenantId,
  text,
  Timestamp,
} from '@baton/schema';
import { z } from 'zod';

const count = z.int().min(0);

/** A conversation that a run of the retention is about to erase, as it was found. */
const ConversationInHand = z.strictObject({
  conversationId: ConversationId,
  version: z.int().min(1),
  pseudonym: ContactId,
});

/** A tenant's limit, and the latest run that erases what is past it. It never has a contact's key. */
export const RetentionDocument = z.strictObject({
  _id: TenantId,
  tenantId: TenantId,
  days: z.int().min(1).max(RETENTION_DAYS_LIMIT).nullable(),
  changedAt: Timestamp,
  changedBy: AuditActor,
  /** When a server turns to it next; null where there is nothing to do. */
  dueAt: Timestamp.nullable(),
  /** Of the process that turned to it last: what another writes is refused. */
  turn: text(64).optional(),
  run: z
    .strictObject({
      startedAt: Timestamp,
      finishedAt: Timestamp.nullable(),
      before: Timestamp,
      conversations: count,
      contacts: count,
      failed: count,
      lastError: z
        .strictObject({ at: Timestamp, code: text(64), conversationId: ConversationId.nullable() })
        .nullable(),
      phase: z.enum(['conversations', 'contacts', 'keys', 'copies']),
      /** Where a phase that goes through conversations has come to: the number of the list, and the last one in it. */
      place: z.strictObject({
        list: count,
        last: z.strictObject({ updatedAt: Timestamp, id: ConversationId }).nullable(),
      }),
      inHand: z.array(ConversationInHand),
      /** Those that are marked, and of which words are left that could not be removed. */
      unfinished: z.array(ConversationInHand),
      /** When no copy of what was erased is on its way any more. */
      settledAt: Timestamp.nullable(),
    })
    .nullable(),
});
