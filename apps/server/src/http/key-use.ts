import type { Store } from '@baton/repository';
import type { ApiKeyId } from '@baton/schema';

/** Of each key one write in so long. */
const NOTED_EVERY_MS = 5 * 60_000;

/** Tells the store which keys were used, behind the calls that use them. */
export class KeyUse {
  readonly #store: Pick<Store, 'apiKeys'>;
  /** When each was noted last; what is older than the pause is dropped. */
  readonly #noted = new Map<ApiKeyId, number>();

  constructor(store: Pick<Store, 'apiKeys'>) {
    this.#store = store;
  }

  /** @param now as `performance.now()` has it */
  note(keyIds: readonly ApiKeyId[], now: number): void {
    for (const [keyId, at] of this.#noted) {
      if (at > now - NOTED_EVERY_MS) break;
      this.#noted.delete(keyId);
    }
    const due = [...new Set(keyIds)].filter((keyId) => !this.#noted.has(keyId));
    if (due.length === 0) return;
    for (const keyId of due) this.#noted.set(keyId, now);
    // Where the store does not answer, the next note is as good.
    void this.#store.apiKeys.noteUse(due).catch(() => undefined);
  }
}
