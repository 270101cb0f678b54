import { takeWords } from '@baton/domain';
import type { Entry } from '@baton/schema';
import { Fifo } from '../fairness/fifo.ts';
import { entryJson } from './entry-json.ts';
import { type FeedSignal, type LoggedSignal, Subscription } from './subscription.ts';

/** How far a reader may fall behind before it is cut off. */
const LONGEST_LAG = 1_000;
const LARGEST_LAG_CHARACTERS = 4_000_000;
/** After so many signals it is looked who has fallen behind. */
const SIGNALS_BETWEEN_CHECKS = 64;

/**
 * What the readers of one conversation, or of one tenant, have still to be given. It is kept once for all of them, for
 * as long as one of them needs it.
 */
export class FeedLog {
  readonly #readers = new Set<Subscription>();
  /** Those that wait for a signal, and those that have had their turn and may take more. */
  #idle = new Set<Subscription>();
  #paused = new Set<Subscription>();
  /** Those for whom there is something, in the order of their turns. */
  readonly #due = new Fifo<{ readers: Set<Subscription>; next: Iterator<Subscription> }>();
  #latest: LoggedSignal = { signal: { kind: 'gap' }, number: 0, characters: 0, next: null };

  /** How many readers there are. */
  get size(): number {
    return this.#readers.size;
  }

  /** @param onPause called whenever a reader has had its turn and there is more for it */
  attach(onPause: () => void, onLeave: () => void): Subscription {
    const reader = new Subscription({
      latest: () => this.#latest,
      isTooFarBehind: (place) => this.#isTooFarBehind(place),
      park: (hasMore) => {
        (hasMore ? this.#paused : this.#idle).add(reader);
        if (hasMore) onPause();
      },
      leave: () => {
        if (!this.#readers.delete(reader)) return;
        this.#idle.delete(reader);
        this.#paused.delete(reader);
        onLeave();
      },
    });
    this.#readers.add(reader);
    return reader;
  }

  append(signal: FeedSignal): void {
    const { number, characters } = this.#latest;
    const length = signal.kind === 'event' ? entryJson(signal.event.entry).length : 0;
    const latest = { signal, number: number + 1, characters: characters + length, next: null };
    this.#latest.next = latest;
    this.#latest = latest;
    if (signal.kind === 'event') this.#forget(signal.event.entry);
    if (
      latest.number % SIGNALS_BETWEEN_CHECKS === 0 ||
      length > LARGEST_LAG_CHARACTERS / SIGNALS_BETWEEN_CHECKS
    )
      for (const reader of this.#readers) reader.cutIfSlow();
    this.#idle = this.#makeDue(this.#idle);
  }

  /** The next reader whose turn it is; undefined where there is nothing for anybody. */
  takeDue(): Subscription | undefined {
    for (;;) {
      const first = this.#due.peek();
      if (first === undefined) {
        if (this.#paused.size === 0) return undefined;
        this.#paused = this.#makeDue(this.#paused);
        continue;
      }
      const { value, done } = first.next.next();
      if (done === true) this.#due.shift();
      else if (this.#readers.has(value)) return value;
    }
  }

  #isTooFarBehind({ number, characters }: LoggedSignal): boolean {
    return (
      this.#latest.number - number > LONGEST_LAG ||
      this.#latest.characters - characters > LARGEST_LAG_CHARACTERS
    );
  }

  *readers(): Iterable<Subscription> {
    yield* this.#readers;
  }

  #makeDue(readers: Set<Subscription>): Set<Subscription> {
    if (readers.size === 0) return readers;
    this.#due.push({ readers, next: readers.values() });
    return new Set();
  }

  /** Takes the words from what waits for a reader and was redacted or erased. */
  #forget(by: Entry): void {
    if (by.kind !== 'redaction' && by.kind !== 'erasure') return;
    let oldest = this.#latest;
    for (const { place } of this.#readers) if (place.number < oldest.number) oldest = place;
    for (let waiting = oldest.next; waiting !== null; waiting = waiting.next) {
      const { signal } = waiting;
      if (signal.kind !== 'event') continue;
      const entry = takeWords(signal.event.entry, by);
      if (entry !== signal.event.entry) waiting.signal = { kind: 'event', event: { ...signal.event, entry } };
    }
  }
}
