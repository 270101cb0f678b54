/** Runs something once, after the shortest of the waits that are asked for until then. Keeps no process alive. */
export class SoonestTimer {
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** On the process's own clock. */
  #dueAt = Infinity;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** @param waitMs in so many milliseconds at most */
  runWithin(waitMs: number): void {
    const dueAt = performance.now() + waitMs;
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#dueAt = Infinity;
      this.#run();
    }, Math.ceil(waitMs)).unref();
  }
}
