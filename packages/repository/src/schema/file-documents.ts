import {
  Actor,
  ConversationId,
  FILE_NAME_LENGTH,
  FileId,
  storedAs,
  TenantId,
  text,
  Timestamp,
} from '@baton/schema';
import { z } from 'zod';

/** The name of a content in the storage, which says nothing of whose it is. */
export const ContentId = z
  .string()
  .regex(/^[0-9a-f]{24}$/)
  .register(storedAs, { bson: 'objectId' });
export type ContentId = z.infer<typeof ContentId>;

export const FileDocument = z.strictObject({
  _id: FileId,
  tenantId: TenantId,
  conversationId: ConversationId,
  name: text(FILE_NAME_LENGTH),
  mimeType: text(130),
  bytes: z.int().min(0),
  state: z.enum(['waiting', 'stored']),
  createdAt: Timestamp,
  createdBy: Actor,
  /** Null until it is stored. */
  contentId: ContentId.nullable(),
  /** The messages that name it. */
  seqs: z.array(z.int().min(1)),
  /** When it goes unless its content comes; null once it has. */
  removeAt: Timestamp.nullable(),
});

/** A right to send a file's content, or to fetch it. */
export const FileTokenDocument = z.strictObject({
  /** Hash of the token, which is not stored. */
  _id: text(128),
  tenantId: TenantId,
  fileId: FileId,
  use: z.enum(['upload', 'download']),
  expiresAt: Timestamp,
});

/**
 * A content that goes at an instant: that of a file that is gone, or one that is arriving and belongs to no file until it
 * is there as a whole.
 */
export const FileRemovalDocument = z.strictObject({ _id: ContentId, dueAt: Timestamp });
