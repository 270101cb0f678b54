import type { Readable } from 'node:stream';
import { Refusal } from '@baton/domain';
import type { FileId, FileRecord, TenantId } from '@baton/schema';
import { timestamp } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { inTransaction } from '../connection/transaction.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import type { ByteRange } from '../storage/file-storage.ts';
import { tenantOfAddress } from './file-addresses.ts';
import { fileOf, findFile, noSuchFile, type StoredFile } from './read-file.ts';
import { removeContent } from './remove-files.ts';

const HOUR_MS = 60 * 60_000;
/** When what is left of an upload goes whose process was killed. */
const REMOVED_AFTER_MS = 2 * HOUR_MS;
/** How long an upload may take: it has ended long before what is left of it goes. */
export const LONGEST_UPLOAD_MS = HOUR_MS;

export type FileAddressInput = { fileId: FileId; token: string };

/** What a content turned out to be. */
export type Received = Pick<FileRecord, 'bytes' | 'mimeType'>;

export type Upload = {
  tenantId: TenantId;
  /** `stored` where the content has come already: then nothing more is taken. */
  file: FileRecord;
  /** Bytes of memory that it takes while it comes. */
  bufferBytes: number;
  /**
   * Keeps the content, which counts once it is there as a whole; of several that come at once, the first does.
   * @param received says what came, once it is there
   * @throws Refusal NOT_FOUND where the file is gone, or another content was first
   */
  store(content: AsyncIterable<Uint8Array>, received: () => Promise<Received>): Promise<FileRecord>;
};

const noSuchAddress = () => new Refusal('NOT_FOUND', 'This address opens no file, or not any more');

async function fileAt(
  collections: Collections,
  input: FileAddressInput & { use: 'upload' | 'download' },
): Promise<StoredFile> {
  const tenantId = await tenantOfAddress(collections, input);
  if (tenantId === null) throw noSuchAddress();
  const stored = await findFile(collections, tenantId, input.fileId);
  if (stored === null) throw noSuchAddress();
  return stored;
}

/** @throws Refusal NOT_FOUND */
export async function openUpload(collections: Collections, input: FileAddressInput): Promise<Upload> {
  const stored = await fileAt(collections, { ...input, use: 'upload' });
  return {
    tenantId: stored.tenantId,
    file: fileOf(stored),
    bufferBytes: collections.contents.bufferBytes,
    store: (content, received) => storeContent(collections, stored, content, received),
  };
}

async function storeContent(
  collections: Collections,
  file: StoredFile,
  content: AsyncIterable<Uint8Array>,
  received: () => Promise<Received>,
): Promise<FileRecord> {
  const { file_removals: removals, contents, clock } = collections;
  const contentId = newObjectId(clock).toHexString();
  const dueAt = timestamp(clock.now() + REMOVED_AFTER_MS);
  // Before the first byte, so that nothing is left of it wherever it stops.
  await removals.collection.insertOne(removals.encode({ _id: contentId, dueAt }), {
    maxTimeMS: WRITE_TIMEOUT_MS,
  });
  let came: Received;
  try {
    await contents.write(contentId, content);
    came = await received();
  } catch (error) {
    // What cannot be removed now is removed later.
    await removeContent(collections, contentId).catch(() => undefined);
    throw error;
  }
  try {
    return await commitContent(collections, file, contentId, came);
  } catch (error) {
    // Nobody may know whether it was committed: then this finds nothing, and else servers remove it.
    await removals.collection
      .updateOne(byId(new ObjectId(contentId)), { $set: { dueAt: new Date(clock.now()) } })
      .catch(() => undefined);
    throw error;
  }
}

async function commitContent(
  { db, files, file_removals: removals, clock }: Collections,
  { _id: fileId, tenantId }: StoredFile,
  contentId: string,
  { bytes, mimeType }: Received,
): Promise<FileRecord> {
  return inTransaction(db.client, async (session) => {
    const now = clock.now();
    const { deletedCount } = await removals.collection.deleteOne(
      { _id: new ObjectId(contentId), dueAt: { $gt: new Date(now) } },
      { session },
    );
    const state = 'stored' as const;
    const document = await files.collection.findOneAndUpdate(
      { _id: new ObjectId(fileId), tenantId, state: 'waiting' },
      { $set: files.encodePart({ state, bytes, mimeType, contentId, removeAt: null }) },
      { session, returnDocument: 'after' },
    );
    if (deletedCount === 0 || document === null) throw noSuchFile();
    return fileOf(files.decode(document));
  });
}

export type Download = {
  tenantId: TenantId;
  file: FileRecord;
  read(range?: ByteRange): Promise<Readable>;
};

/** @throws Refusal NOT_FOUND */
export async function openDownload(collections: Collections, input: FileAddressInput): Promise<Download> {
  const stored = await fileAt(collections, { ...input, use: 'download' });
  const { contentId, tenantId } = stored;
  if (contentId === null) throw noSuchAddress();
  return {
    tenantId,
    file: fileOf(stored),
    read: (range) => collections.contents.read(contentId, range),
  };
}
