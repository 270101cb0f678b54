import type { TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { tenantRange } from '../read/tenant-range.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';

const ANSWERED = `{"conversationId":"${'0'.repeat(24)}"`;
const CONVERSATION_IN = /^\{"conversationId":"([0-9a-f]{24})"$/;

/** What tells of an idempotency record which conversation it is of: of what is no command, the answer begins with it; see `create-file.ts`. */
const KEY_CONVERSATION = {
  conversationId: 1,
  answer: { $substrCP: ['$answer', 0, ANSWERED.length] },
} as const;

/** The conversation of an idempotency record that was read by `KEY_CONVERSATION`; null where it is of none. */
function keyConversation({ conversationId, answer }: Document): ObjectId | null {
  if (conversationId instanceof ObjectId) return conversationId;
  const [, id] = CONVERSATION_IN.exec(String(answer)) ?? [];
  return id === undefined ? null : new ObjectId(id);
}

/**
 * Forgets, of a tenant's next keys, those under which commands of erased conversations were sent: a key is the caller's, and
 * may say who it was about.
 * @param erasedAmong those of these conversations that are erased; it may give others beside them
 * @returns the key behind which to go on; null behind the last
 */
export async function forgetNextKeys(
  { idempotency }: Collections,
  tenantId: TenantId,
  { after, limit }: { after: string | undefined; limit: number },
  erasedAmong: (conversationIds: readonly ObjectId[]) => Promise<ReadonlySet<string>>,
): Promise<string | null> {
  const records: Document[] = await idempotency.collection
    .find(tenantRange(tenantId, 'key', after), {
      projection: KEY_CONVERSATION,
      maxTimeMS: READ_TIMEOUT_MS,
    })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray();
  const erased = await erasedAmong(records.flatMap((record) => keyConversation(record) ?? []));
  const ofThem = records.filter((record) => erased.has(String(keyConversation(record))));
  if (ofThem.length > 0)
    await idempotency.collection.deleteMany(byIds(ofThem.map(({ _id }) => _id)), {
      maxTimeMS: WRITE_TIMEOUT_MS,
    });
  return records.length < limit ? null : records.at(-1)?.['_id'].key;
}
