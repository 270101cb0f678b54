import { Refusal } from '@baton/domain';
import type { FeedEvent } from './change-stream.ts';

/** What a reader gets next: an event, or that events may have been missed and must be read. */
export type FeedSignal = { kind: 'event'; event: FeedEvent } | { kind: 'gap' };

/** A signal with its place; each reader holds on to the last one that it had. */
export type LoggedSignal = {
  signal: FeedSignal;
  number: number;
  /** How many characters of JSON there were up to here. */
  characters: number;
  next: LoggedSignal | null;
};

/** Most signals that a reader takes in a turn; then the others have theirs. */
const SIGNALS_OF_A_TURN = 8;

type SubscriptionOptions = {
  /** The latest signal of its log. */
  latest: () => LoggedSignal;
  isTooFarBehind: (place: LoggedSignal) => boolean;
  /** Called when it waits, with whether there is more for it. */
  park: (hasMore: boolean) => void;
  leave: () => void;
};

/** A reader of a log. One that falls too far behind is cut off, and comes back by its last id. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  #place: LoggedSignal;
  #left = SIGNALS_OF_A_TURN;
  #failure: Refusal | null = null;
  #hasLeft = false;
  #isCut = false;
  #wake: (() => void) | null = null;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#place = options.latest();
  }

  /** The last signal that it had. */
  get place(): LoggedSignal {
    return this.#place;
  }

  /**
   * The next signal; null once it has left.
   * @throws Refusal UNAVAILABLE where the reader was cut off or the process stops
   */
  async next(): Promise<FeedSignal | null> {
    for (;;) {
      this.cutIfSlow();
      if (this.#failure !== null) throw this.#failure;
      if (this.#hasLeft) return null;
      if (this.#isCut) throw tooSlow();
      const { next } = this.#place;
      if (next !== null && this.#left > 0) {
        this.#left -= 1;
        this.#place = next;
        return next.signal;
      }
      await this.#turn(next !== null);
    }
  }

  /** Gives it its turn. */
  wake(): void {
    this.#left = SIGNALS_OF_A_TURN;
    this.#wake?.();
    this.#wake = null;
  }

  /** Cuts it off where it is too far behind: nothing is held for it any more, and in its next turn it is told. */
  cutIfSlow(): void {
    if (this.#isCut || !this.#options.isTooFarBehind(this.#place)) return;
    this.#isCut = true;
    this.#place = this.#options.latest();
  }

  /** Ends it with an error. */
  fail(refusal: Refusal): void {
    this.#failure ??= refusal;
    this.wake();
  }

  /** Ends it; it may be called again. */
  [Symbol.dispose](): void {
    this.#hasLeft = true;
    this.#options.leave();
    this.wake();
  }

  #turn(hasMore: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#options.park(hasMore);
    });
  }
}

function tooSlow(): Refusal {
  return new Refusal('UNAVAILABLE', 'This reader is too slow; come back with the last id that you have');
}
