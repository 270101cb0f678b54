import { cleanFileName, Refusal } from '@baton/domain';
import {
  type Actor,
  type ConversationId,
  type CreatedFile,
  type CreateFile,
  FILE_BYTES_LIMIT,
  FileId,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { noSuchConversation } from '../read/conversation.ts';
import type { Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from '../write/idempotent.ts';
import { newAddress } from './file-addresses.ts';
import { fileOf, findFile, noSuchFile, type StoredFile } from './read-file.ts';
import { removeFiles } from './remove-files.ts';

/** How long a file waits for its content, in milliseconds. */
const WAIT_MS = 60 * 60_000;
const UNKNOWN_TYPE = 'application/octet-stream';

/** What a retry is answered by. It begins with the conversation, so that an erasure finds it; see `run-erasures.ts`. */
type Made = { conversationId: ConversationId; fileId: FileId };

/**
 * A new file of a conversation, with an address to which its content may be sent for some minutes. The same key gives the
 * same file, with a new address.
 * @param actor who creates it, unless the input says it
 * @throws Refusal NOT_FOUND, CONVERSATION_ERASED, FILE_TOO_LARGE, IDEMPOTENCY_MISMATCH
 */
export async function createFile(
  collections: Collections,
  tenantId: TenantId,
  input: CreateFile,
  { actor, maxBytes = FILE_BYTES_LIMIT }: { actor: Actor; maxBytes?: number | undefined },
): Promise<CreatedFile> {
  if (input.bytes > maxBytes)
    throw new Refusal('FILE_TOO_LARGE', `A file has at most ${maxBytes} bytes, and this one ${input.bytes}`, {
      limit: maxBytes,
    });
  const { conversationId } = input;
  const createdBy: Actor = input.by === undefined ? actor : { kind: 'agent', agentId: input.by };
  const { fileId } = await idempotentInTransaction<Made>(
    collections,
    tenantId,
    'files.create',
    input,
    async (session) => {
      await requireUnerased(collections, tenantId, conversationId, session);
      return { conversationId, fileId: await insertFile(collections, tenantId, input, createdBy, session) };
    },
  );
  try {
    // An erasure that was marked meanwhile may have looked for files already.
    await requireUnerased(collections, tenantId, conversationId);
  } catch (error) {
    await removeFiles(collections, { tenantId, _id: new ObjectId(fileId) });
    throw error;
  }
  const stored = await findFile(collections, tenantId, fileId);
  if (stored === null) throw noSuchFile();
  const isThere = stored.state === 'stored';
  return {
    file: fileOf(stored),
    upload: isThere ? null : await newAddress(collections, tenantId, fileId, 'upload'),
  };
}

/** @throws Refusal NOT_FOUND, CONVERSATION_ERASED */
async function requireUnerased(
  { conversations }: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
  session?: ClientSession,
): Promise<void> {
  const found = await conversations.collection.findOne(
    { _id: new ObjectId(conversationId), tenantId },
    { projection: { erasedAt: 1 }, maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) },
  );
  if (found === null) throw noSuchConversation();
  if (found['erasedAt'] != null)
    throw new Refusal('CONVERSATION_ERASED', 'This conversation was erased, and takes no file');
}

async function insertFile(
  { files, clock }: Collections,
  tenantId: TenantId,
  { conversationId, name, mimeType, bytes }: CreateFile,
  createdBy: Actor,
  session: ClientSession,
): Promise<FileId> {
  const now = clock.now();
  const file: StoredFile = {
    _id: FileId.parse(newObjectId(clock).toHexString()),
    tenantId,
    conversationId,
    name: cleanFileName(name),
    mimeType: mimeType?.toLowerCase() ?? UNKNOWN_TYPE,
    bytes,
    state: 'waiting',
    createdAt: timestamp(now),
    createdBy,
    contentId: null,
    seqs: [],
    removeAt: timestamp(now + WAIT_MS),
  };
  await files.collection.insertOne(files.encode(file), { session });
  return file._id;
}
