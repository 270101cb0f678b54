import { ConversationId, type TenantId } from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { conversationOf } from '../schema/mapping.ts';
import { byIds } from '../schema/open-collections.ts';
import { readContacts } from './batch-contacts.ts';
import type { BatchState, CommitOptions, WriteRequest } from './batch.ts';
import { findSaidMessages } from './replay.ts';

function mayReopen({ type, input }: WriteRequest['command']): boolean {
  return (
    type === 'conversations.reopen' || (type === 'conversations.continue' && input.reopenSince !== undefined)
  );
}

/** Reads the conversations that are not cached, or that others may have changed, and the keys that were used before. */
export async function readBatch(
  batch: BatchState,
  tenantId: TenantId,
  requests: readonly WriteRequest[],
  { collections, cachedConversations, mayBeStale }: CommitOptions,
  session: ClientSession,
): Promise<void> {
  const toRead = new Set<ConversationId>();
  const unknown: WriteRequest[] = [];
  for (const request of requests) {
    const { conversationId, command } = request;
    const isNew = command.type === 'conversations.create';
    const cached = cachedConversations.get(`${tenantId}/${conversationId}`);
    const isTrusted = cached !== undefined && (isNew || !mayBeStale);
    if (isTrusted) batch.fromCache.add(conversationId);
    else if (!isNew) toRead.add(conversationId);
    if (cached === undefined) unknown.push(request);
    batch.before.set(conversationId, isTrusted ? cached : null);
  }
  if (toRead.size > 0) {
    const ids = [...toRead].map((id) => new ObjectId(id));
    const documents = collections.conversations.collection.find(
      { tenantId, _id: { $in: ids } },
      { session, maxTimeMS: TRANSACTION_TIMEOUT_MS },
    );
    for await (const document of documents) {
      const readable = collections.conversations.tryDecode(document);
      if (readable === null) batch.unreadable.add(ConversationId.parse(String(document['_id'])));
      else batch.before.set(readable._id, conversationOf(readable));
    }
  }
  for (const [id, conversation] of batch.before) batch.current.set(id, conversation);
  const created = requests.flatMap(({ command }) =>
    command.type === 'conversations.create' ? [command.input.contactId] : [],
  );
  const reopened = requests.flatMap(({ command, conversationId }) =>
    mayReopen(command) ? (batch.current.get(conversationId)?.contactId ?? []) : [],
  );
  await readContacts(batch.contacts, tenantId, [...created, ...reopened], collections, session);
  // Here a retry of what another process did is found out before it is tried.
  batch.said = await findSaidMessages(collections, tenantId, unknown, session);

  const keys = requests.flatMap(({ key }) => (key === null ? [] : [{ tenantId, key: key.idempotencyKey }]));
  if (keys.length === 0) return;
  const records = collections.idempotency.collection.find(byIds(keys), {
    session,
    maxTimeMS: TRANSACTION_TIMEOUT_MS,
  });
  for await (const document of records) {
    const record = collections.idempotency.decode(document);
    batch.idempotencyRecords.set(record._id.key, record);
  }
}
