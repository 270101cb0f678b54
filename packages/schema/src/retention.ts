import { z } from 'zod';
import { AuditActor } from './audit.ts';
import { keyedCommandFields } from './command-fields.ts';
import { ConversationId } from './id.ts';
import { named, type NamedSchema } from './named.ts';
import { Timestamp } from './timestamp.ts';

// The longest limit, in days: a hundred years.
export const RETENTION_DAYS_LIMIT = 36_500;
const days = z.int().min(1).max(RETENTION_DAYS_LIMIT);

export interface PreviewRetention {
  days: number;
}
export const PreviewRetention: NamedSchema<PreviewRetention, PreviewRetention> = named(
  z.strictObject({ days }),
);

export interface SetRetention {
  // null keeps everything.
  days: number | null;
  idempotencyKey?: string | undefined;
}
export const SetRetention: NamedSchema<SetRetention, SetRetention> = named(
  z.strictObject({ days: days.nullable(), idempotencyKey: keyedCommandFields.idempotencyKey }),
);

// How much is past a limit.
export interface RetentionPreview {
  // What has not changed since is past the limit.
  before: Timestamp;
  // Closed ones without open follow-ups.
  conversations: number;
  // Of whom nothing but such conversations is left.
  contacts: number;
  // False where counting took too long: there are at least so many.
  complete: boolean;
}
const count = z.int().min(0);
export const RetentionPreview: NamedSchema<RetentionPreview> = named(
  z.strictObject({ before: Timestamp, conversations: count, contacts: count, complete: z.boolean() }),
);

// One pass through all that is past the limit.
export interface RetentionRun {
  startedAt: Timestamp;
  // null while it goes on.
  finishedAt: Timestamp | null;
  // It erases what has not changed since.
  before: Timestamp;
  // How many it has erased.
  conversations: number;
  contacts: number;
  // How many conversations it could not erase; the next run tries them again.
  failed: number;
  // `code` is an error code; without a conversation it was none's alone.
  lastError: { at: Timestamp; code: string; conversationId: ConversationId | null } | null;
}
const runObject = z.strictObject({
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  before: Timestamp,
  conversations: count,
  contacts: count,
  failed: count,
  lastError: z
    .strictObject({ at: Timestamp, code: z.string().max(64), conversationId: ConversationId.nullable() })
    .nullable(),
});

// A tenant's limit, and who has set it.
export interface RetentionSetting {
  // null where everything is kept.
  days: number | null;
  changedAt: Timestamp | null;
  changedBy: AuditActor | null;
}
const settingFields = {
  days: days.nullable(),
  changedAt: Timestamp.nullable(),
  changedBy: AuditActor.nullable(),
};
export const RetentionSetting: NamedSchema<RetentionSetting> = named(z.strictObject(settingFields));

// The limit, and how far erasing what is past it has come.
export interface Retention extends RetentionSetting {
  // What is past the limit now.
  left: RetentionPreview | null;
  // The latest.
  run: RetentionRun | null;
  // When a server turns to it next.
  nextAt: Timestamp | null;
}
export const Retention: NamedSchema<Retention> = named(
  z.strictObject({
    ...settingFields,
    left: RetentionPreview.nullable(),
    run: runObject.nullable(),
    nextAt: Timestamp.nullable(),
  }),
);
