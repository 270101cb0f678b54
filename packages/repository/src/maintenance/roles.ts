import type { AnyBulkWriteOperation, Db } from 'mongodb';
import { roleOf } from '../auth/role-of-rights.ts';
import { openCollections } from '../schema/open-collections.ts';

const BATCH_SIZE = 1_000;

/**
 * Gives each key and session that has rights the role that they stand for. The rights stay, so that servers of the version
 * before go on; what those write meanwhile is read by its rights.
 */
export async function giveRoles(db: Db, { signal }: { signal: AbortSignal }): Promise<void> {
  const { api_keys, sessions } = openCollections(db);
  for (const { acrossTenants, tryDecode } of [api_keys, sessions]) {
    const collection = acrossTenants('migration');
    let updates: AnyBulkWriteOperation[] = [];
    const flush = async () => {
      signal.throwIfAborted();
      if (updates.length > 0) await collection.bulkWrite(updates, { ordered: false });
      updates = [];
    };
    for await (const document of collection.find({ role: { $exists: false } })) {
      // One that cannot be read opens nothing, and the doctor finds it.
      const granted = tryDecode(document);
      const role = granted && roleOf(granted);
      if (!role) continue;
      const filter = { _id: document._id, role: { $exists: false } };
      updates.push({ updateOne: { filter, update: { $set: { role } } } });
      if (updates.length === BATCH_SIZE) await flush();
    }
    await flush();
  }
}
