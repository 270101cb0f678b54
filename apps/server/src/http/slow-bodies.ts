/** How long a body may be slow at its beginning. */
const GRACE_MS = 5_000;
const LOOK_EVERY_MS = 1_000;

/** A body that is arriving. */
export interface ArrivingBody extends Disposable {
  /** That have come. */
  bytes: number;
}

type Arriving = ArrivingBody & { since: number; onSlow: () => void };

/** Finds bodies that arrive more slowly than they may: all that come at once need a look a second, and no timer each. */
export class SlowBodies {
  readonly #bytesPerSecond: number;
  readonly #now: () => number;
  readonly #arriving = new Set<Arriving>();
  #timer: NodeJS.Timeout | undefined;

  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#now = now;
  }

  /** Watches a body until it is disposed of. */
  watch(onSlow: () => void): ArrivingBody {
    const arriving: Arriving = {
      bytes: 0,
      since: this.#now(),
      onSlow,
      [Symbol.dispose]: () => void this.#arriving.delete(arriving),
    };
    this.#arriving.add(arriving);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    return arriving;
  }

  #look(): void {
    const now = this.#now();
    for (const { since, bytes, onSlow } of this.#arriving) {
      const ms = now - since;
      if (ms >= GRACE_MS && bytes < (ms / 1_000) * this.#bytesPerSecond) onSlow();
    }
    if (this.#arriving.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
