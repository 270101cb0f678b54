import { TenantId, timestamp } from '@baton/schema';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { conversationIdsOf } from './contact-conversations.ts';
import { removeCopies } from './erase-conversation.ts';

/** How long after an erasure nothing is on its way any more that was read before: several writes' time. */
const SETTLED_AFTER_MS = 60_000;

/** From when on nothing is on its way any more of what was read before now. */
export function settledAt({ clock }: Pick<Collections, 'clock'>): string {
  return timestamp(clock.now() + SETTLED_AFTER_MS);
}

export function copiesDueAt(collections: Pick<Collections, 'clock'>): Date {
  return new Date(settledAt(collections));
}

/**
 * Deletes what was still written of erased conversations while their erasures ended. A process takes its copies back by
 * itself, unless it is killed between the write and the look.
 * @returns of how many erasures
 */
export async function removeLateCopies(collections: Collections, signal?: AbortSignal): Promise<number> {
  const { erasures, clock } = collections;
  const maxTimeMS = WRITE_TIMEOUT_MS;
  const now = new Date(timestamp(clock.now()));
  for (let done = 0; ; done += 1) {
    // Others turn to it again if this process does not come to the end.
    const document = await erasures
      .acrossTenants('due work')
      .findOneAndUpdate(
        { copiesDueAt: { $exists: true, $lte: now } },
        { $set: { copiesDueAt: copiesDueAt(collections) } },
        { sort: { copiesDueAt: 1 }, bypassDocumentValidation: true, maxTimeMS },
      );
    if (document === null) return done;
    const { _id } = document;
    const tenantId = TenantId.parse(document['tenantId']);
    for (const conversationId of await conversationIdsOf(collections, tenantId, document['pseudonym'])) {
      if (signal?.aborted === true) return done;
      await removeCopies(collections, { tenantId, conversationId });
    }
    await erasures.collection.updateOne(
      { _id, tenantId },
      { $unset: { copiesDueAt: '' } },
      { bypassDocumentValidation: true, maxTimeMS },
    );
  }
}
