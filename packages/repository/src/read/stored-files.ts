import type { ConversationId, FileId, TenantId } from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';

/** Those of the files that are of the conversation and whose contents have come. */
export async function storedAmong(
  { files }: Collections,
  { tenantId, conversationId }: { tenantId: TenantId; conversationId: ConversationId },
  asked: readonly { fileId: FileId }[],
  session: ClientSession,
): Promise<ReadonlySet<FileId>> {
  if (asked.length === 0) return new Set();
  const ids = new Set(asked.map(({ fileId }) => fileId));
  const found = await files.collection
    .find(
      {
        tenantId,
        _id: { $in: [...ids].map((id) => new ObjectId(id)) },
        conversationId: new ObjectId(conversationId),
        state: 'stored',
      },
      { projection: { _id: 1 }, hint: '_id_', session, maxTimeMS: TRANSACTION_TIMEOUT_MS },
    )
    .toArray();
  const stored = new Set(found.map(({ _id }) => String(_id)));
  return new Set([...ids].filter((id) => stored.has(id)));
}
