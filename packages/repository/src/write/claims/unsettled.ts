/** How long something is passed over after it could not be settled, in milliseconds. */
const PASSED_OVER_MS = 10_000;
/** Most that are remembered; the oldest is forgotten first. */
const MOST_REMEMBERED = 50_000;

/** Remembers for 10 s what could not be settled, so that looks go on past it. */
export class Unsettled {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(ids: readonly string[]): void {
    const until = this.#now() + PASSED_OVER_MS;
    for (const id of ids) {
      // Behind those that are forgotten sooner.
      this.#until.delete(id);
      this.#until.set(id, until);
    }
    for (const [id, end] of this.#until) {
      if (end > this.#now() && this.#until.size <= MOST_REMEMBERED) break;
      this.#until.delete(id);
    }
  }

  has(id: string): boolean {
    return (this.#until.get(id) ?? 0) > this.#now();
  }
}
