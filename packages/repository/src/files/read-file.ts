import { Refusal } from '@baton/domain';
import type { FileId, FileRecord, FoundFile, GetFile, ListFiles, Page, TenantId } from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { pageOfConversation } from '../read/conversation.ts';
import { listByInstant } from '../read/instant-list.ts';
import type { InstantPosition } from '../read/page.ts';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { newAddress } from './file-addresses.ts';

export type StoredFile = WireDocument<'files'>;

export function fileOf({
  _id,
  tenantId: _tenant,
  contentId: _content,
  seqs: _seqs,
  removeAt: _removeAt,
  ...rest
}: StoredFile): FileRecord {
  return { id: _id, ...rest };
}

/** @throws Refusal UNREADABLE */
export async function findFile(
  { files }: Collections,
  tenantId: TenantId,
  fileId: FileId,
  session?: ClientSession,
): Promise<StoredFile | null> {
  const document = await files.collection.findOne(
    { _id: new ObjectId(fileId), tenantId },
    { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) },
  );
  return document === null ? null : files.decode(document);
}

export const noSuchFile = () => new Refusal('NOT_FOUND', 'No such file');

/**
 * A file with an address from which its content may be fetched for some minutes.
 * @throws Refusal NOT_FOUND, UNREADABLE
 */
async function get(collections: Collections, tenantId: TenantId, { fileId }: GetFile): Promise<FoundFile> {
  const stored = await findFile(collections, tenantId, fileId);
  if (stored === null) throw noSuchFile();
  const isThere = stored.state === 'stored';
  return {
    file: fileOf(stored),
    download: isThere ? await newAddress(collections, tenantId, fileId, 'download') : null,
  };
}

/**
 * The files of a conversation, the latest first.
 * @throws Refusal NOT_FOUND, INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListFiles,
): Promise<Page<FileRecord>> {
  const { conversationId } = input;
  const page = listByInstant(
    collections.files,
    { tenantId, procedure: 'files.list', input: { ...input } },
    {
      field: 'createdAt',
      direction: -1,
      filter: { tenantId, conversationId: new ObjectId(conversationId) },
      index: 'by_conversation',
    },
    { fromDocument: fileOf, positionOf: ({ createdAt, id }): InstantPosition => [createdAt, id] },
  );
  return pageOfConversation(collections, tenantId, conversationId, page);
}

export const fileQueries = { get, list };
