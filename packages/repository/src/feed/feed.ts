import { Refusal } from '@baton/domain';
import type { Entry } from '@baton/schema';

/** An entry with the id by which a reader comes back after it. */
export type TrackedEntry = { id: string; entry: Entry };

export function invalidEventId(lastEventId: string): Refusal {
  return new Refusal('INVALID_CURSOR', 'lastEventId is not one of this feed', { lastEventId });
}

/** Entries as they come: whatever is committed from the moment at which the caller has it. */
export type Feed = AsyncGenerator<TrackedEntry, void, void>;
