import { isDeepStrictEqual } from 'node:util';
import { evolve, FOLD_VERSION } from '@baton/domain';
import type { Conversation, Entry } from '@baton/schema';
import { ObjectId } from 'mongodb';
import type { Collections } from '../schema/open-collections.ts';
import { conversationOfState, type Place, stateOf } from '../write/snapshots.ts';

/** Whether the snapshots of a conversation, up to its last entry, are what the timeline gives. */
export async function areSnapshotsRight(
  { snapshots }: Collections,
  { tenantId, conversationId }: Place,
  entries: readonly Entry[],
): Promise<boolean> {
  const documents = snapshots.collection
    .find({ tenantId, conversationId: new ObjectId(conversationId), foldVersion: FOLD_VERSION })
    .sort({ version: 1 });
  let conversation: Conversation | null = null;
  let next = 0;
  for await (const document of documents) {
    const snapshot = snapshots.tryDecode(document);
    if (snapshot === null) continue;
    const { version, state } = snapshot;
    for (let entry = entries[next]; entry !== undefined && entry.version <= version; entry = entries[next]) {
      conversation = evolve(conversation, entry);
      next += 1;
    }
    // What was committed since the timeline was read comes last.
    if (conversation?.version !== version) return next === entries.length;
    const kept = conversationOfState(state);
    // No retry reads a state with other fields.
    if (kept !== null && !isDeepStrictEqual(kept, conversationOfState(stateOf(conversation)))) return false;
  }
  return true;
}
