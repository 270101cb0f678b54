import { redactMessage, Refusal } from '@baton/domain';
import type { EntryOf } from '@baton/schema';
import type { FeedEvent } from './change-stream.ts';

/** An event, or a gap: events may be missing and must be read from the store. */
export type FeedSignal = { kind: 'event'; event: FeedEvent } | { kind: 'gap' };

/** Most events that wait for one subscriber; one more and it is disconnected. */
const BUFFER_LIMIT = 1_000;

/** A subscriber with a bounded queue; one that is too slow is disconnected. */
export class Subscription {
  #queue: FeedSignal[] = [];
  #failure: Refusal | null = null;
  #wake: (() => void) | null = null;
  readonly #leave: (subscription: Subscription) => void;

  constructor(leave: (subscription: Subscription) => void) {
    this.#leave = leave;
  }

  push(signal: FeedSignal): void {
    if (this.#failure !== null) return;
    if (signal.kind === 'event' && signal.event.entry.kind === 'redaction') this.#forget(signal.event.entry);
    if (this.#queue.length >= BUFFER_LIMIT) {
      this.fail(
        new Refusal('UNAVAILABLE', 'This reader is too slow; come back with the last id that you have'),
      );
      return;
    }
    this.#queue.push(signal);
    this.#wake?.();
  }

  /** Blanks a redacted message that still waits in the queue. */
  #forget({ conversationId, targetSeq, at }: EntryOf<'redaction'>): void {
    for (const waiting of this.#queue) {
      if (waiting.kind !== 'event') continue;
      const { event } = waiting;
      const { entry } = event;
      if (entry.kind !== 'message' || entry.conversationId !== conversationId || entry.seq !== targetSeq)
        continue;
      waiting.event = { ...event, entry: redactMessage(entry, at) };
    }
  }

  /** Ends it: what waits is dropped, because the reader comes back by its last id. */
  fail(refusal: Refusal): void {
    this.#failure = refusal;
    this.#queue = [];
    this.#wake?.();
  }

  /**
   * The next signal; null once `signal` is aborted.
   * @throws Refusal UNAVAILABLE where the reader was cut off or the process stops
   */
  async next(signal: AbortSignal): Promise<FeedSignal | null> {
    for (;;) {
      if (signal.aborted) return null;
      if (this.#failure !== null) throw this.#failure;
      const [next] = this.#queue.splice(0, 1);
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          this.#wake = null;
          resolve();
        };
        this.#wake = wake;
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }

  [Symbol.dispose](): void {
    this.#leave(this);
  }
}
