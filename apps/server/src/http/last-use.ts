/** Of each credential one write in so long. */
const NOTED_EVERY_MS = 5 * 60_000;

/** Tells the store which credentials were used, behind the calls that use them. */
export class LastUse<Id> {
  readonly #write: (ids: readonly Id[]) => Promise<void>;
  /** When each was noted last, the oldest first; what is older than the pause is dropped. */
  readonly #noted = new Map<Id, number>();

  constructor(write: (ids: readonly Id[]) => Promise<void>) {
    this.#write = write;
  }

  /** @param now as `performance.now()` has it */
  note(ids: readonly Id[], now: number): void {
    for (const [id, at] of this.#noted) {
      if (at > now - NOTED_EVERY_MS) break;
      this.#noted.delete(id);
    }
    const due = [...new Set(ids)].filter((id) => !this.#noted.has(id));
    if (due.length === 0) return;
    for (const id of due) this.#noted.set(id, now);
    // Where the store does not answer, the next note is as good.
    void this.#write(due).catch(() => undefined);
  }
}
