import type { TenantId } from '@baton/schema';
import type { ObjectId } from 'mongodb';
import type { Collections } from '../schema/open-collections.ts';
import { binOf } from './histogram.ts';
import { countConversation } from './count-conversation.ts';
import { Tally } from './tally.ts';
import { readUncounted } from './uncounted.ts';
import { writeTally } from './write-tally.ts';

/** How many conversations are counted in one transaction, and how many of their entries. */
const CONVERSATIONS = 500;
const ENTRIES = 8_000;

/**
 * Counts what some conversations have that is not counted yet. Buckets and what they count are written in one
 * transaction, so that each entry counts once, whoever counts and however often.
 * @returns how many entries
 */
export async function countConversations(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
  signal?: AbortSignal,
): Promise<number> {
  let total = 0;
  for (let from = 0; from < ids.length; from += CONVERSATIONS) {
    const chunk = ids.slice(from, from + CONVERSATIONS);
    for (let entries = ENTRIES; entries >= ENTRIES;) {
      signal?.throwIfAborted();
      entries = await countChunk(collections, tenantId, chunk);
      total += entries;
    }
  }
  return total;
}

function countChunk(collections: Collections, tenantId: TenantId, ids: readonly ObjectId[]): Promise<number> {
  const { counted_conversations: counts, db } = collections;
  return db.client.withSession((session) =>
    session.withTransaction(
      async () => {
        const uncounted = await readUncounted(collections, tenantId, ids, {
          session,
          limit: ENTRIES,
          onlyWhole: true,
        });
        const tally = new Tally();
        // The pieces of a conversation that is not restored whole are not counted for good: they are in no list yet.
        const writes = uncounted.map(({ id, counted, conversation, entries }) => {
          const now = countConversation(counted, conversation, entries, tally, binOf);
          const replacement = { tenantId, ...now };
          return { replaceOne: { filter: { _id: id, tenantId }, replacement, upsert: true } };
        });
        if (writes.length === 0) return 0;
        await counts.collection.bulkWrite(writes, { session });
        await writeTally(collections, tenantId, tally, session);
        return uncounted.reduce((sum, { entries }) => sum + entries.length, 0);
      },
      { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } },
    ),
  );
}
