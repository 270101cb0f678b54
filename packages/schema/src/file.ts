import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { Actor } from './actor.ts';
import { keyedCommandFields } from './command-fields.ts';
import { type AgentId, ConversationId, FileId } from './id.ts';
import { pageFields } from './page.ts';
import { readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** Longest name of a file, in characters. */
export const FILE_NAME_LENGTH = 200;

/** Most bytes of a file, unless the server's settings say otherwise. */
export const FILE_BYTES_LIMIT = 25 * 1024 * 1024;

const mimeType = z.string().regex(/^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/i, 'Expected a type');

/** A file of a conversation. Its content comes and goes by addresses of its own. */
export interface FileRecord {
  id: FileId;
  conversationId: ConversationId;
  /** Without folders, control characters and marks of direction. */
  name: string;
  /** What its content shows; before it has come, what was said of it. */
  mimeType: string;
  bytes: number;
  /** `waiting` until its content has come as a whole. */
  state: 'waiting' | 'stored';
  createdAt: Timestamp;
  createdBy: Actor;
}
export const FileRecord: NamedSchema<FileRecord> = named(
  z.strictObject({
    id: FileId,
    conversationId: ConversationId,
    name: text(FILE_NAME_LENGTH),
    mimeType: text(130),
    bytes: z.int().min(0),
    state: z.enum(['waiting', 'stored']),
    createdAt: Timestamp,
    createdBy: Actor,
  }),
);

/** What a caller says of a file. */
interface NewFile {
  /** What stands before the last slash goes, and so does what nobody would see. */
  name: string;
  /** Counts where the content is text, which alone does not say of which kind. */
  mimeType?: string | undefined;
  /** How large it is, exactly. */
  bytes: number;
  idempotencyKey?: string | undefined;
}
export interface CreateFile extends NewFile {
  conversationId: ConversationId;
  by?: AgentId | undefined;
}
export interface CreateFileInput extends NewFile {
  conversationId: string;
  by?: string | undefined;
}
export const CreateFile: NamedSchema<CreateFile, CreateFileInput> = named(
  z.strictObject({
    conversationId: ConversationId,
    name: readableText(1_000),
    mimeType: mimeType.optional(),
    bytes: z.int().min(0),
    idempotencyKey: keyedCommandFields.idempotencyKey,
    by: keyedCommandFields.by,
  }),
);

/** Where a file's content is sent or fetched, without any other credential, until it expires. */
export interface FileAddress {
  /** Relative to the server's address: `/files/<id>?token=…`. */
  url: string;
  method: 'PUT' | 'GET';
  expiresAt: Timestamp;
}
const address = z
  .strictObject({ url: z.string(), method: z.enum(['PUT', 'GET']), expiresAt: Timestamp })
  .nullable();

export interface CreatedFile {
  file: FileRecord;
  /** Null where the content has come already. */
  upload: FileAddress | null;
}
export const CreatedFile: NamedSchema<CreatedFile> = named(
  z.strictObject({ file: FileRecord, upload: address }),
);

export interface FoundFile {
  file: FileRecord;
  /** Null until the content has come. */
  download: FileAddress | null;
}
export const FoundFile: NamedSchema<FoundFile> = named(
  z.strictObject({ file: FileRecord, download: address }),
);

export interface GetFile {
  fileId: FileId;
}
export interface GetFileInput {
  fileId: string;
}
export const GetFile: NamedSchema<GetFile, GetFileInput> = named(z.strictObject({ fileId: FileId }));

export interface ListFiles {
  conversationId: ConversationId;
  limit: number;
  cursor?: string | undefined;
}
export interface ListFilesInput {
  conversationId: string;
  limit?: number | undefined;
  cursor?: string | undefined;
}
export const ListFiles: NamedSchema<ListFiles, ListFilesInput> = named(
  z.strictObject({ conversationId: ConversationId, ...pageFields }),
);
