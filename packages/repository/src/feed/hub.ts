import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@baton/domain';
import type { ConversationId, TenantId } from '@baton/schema';
import type { ChangeStream } from 'mongodb';
import pLimit from 'p-limit';
import { FEED_OPEN_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import {
  type FeedEvent,
  isHistoryLost,
  nextEvent,
  tokenOf,
  watchEntries,
  withRedaction,
} from './change-stream.ts';
import { Subscription } from './subscription.ts';

/** How long a catch-up read waits for changes, in milliseconds: short, because its end is already written. */
const CATCH_UP_AWAIT_MS = 10;

/** Most catch-up reads at once. */
const CATCHING_UP_AT_ONCE = 8;

/** A message older than this, in milliseconds, is read again before it is passed on: it may be redacted by now. */
const FRESH_MS = 1_000;

const LONGEST_PAUSE_MS = 5_000;

/**
 * The hub of a process: one change stream over the timeline feeds every subscription. It opens with the
 * first subscription and goes on by itself after every break; where the oplog no longer reaches back,
 * each reader is told to read what it missed.
 */
export class FeedHub {
  readonly #collections: Collections;
  readonly #byConversation = new Map<string, Set<Subscription>>();
  readonly #byTenant = new Map<TenantId, Set<Subscription>>();
  readonly #ended = new AbortController();
  readonly #catchingUp = pLimit(CATCHING_UP_AT_ONCE);
  #running: Promise<void> | null = null;
  #ready = Promise.withResolvers<void>();
  #position: string | null = null;

  /** @param collections of a MongoClient of the feed's own: a change stream holds its connection */
  constructor(collections: Collections) {
    this.#collections = collections;
  }

  /** The latest place in the stream that was passed on; null before the stream is open. */
  get position(): string | null {
    return this.#position;
  }

  /** How many readers there are. */
  get subscriptions(): number {
    const count = (sets: Iterable<Set<Subscription>>) => [...sets].reduce((sum, { size }) => sum + size, 0);
    return count(this.#byConversation.values()) + count(this.#byTenant.values());
  }

  /**
   * Attaches a reader until `signal` is aborted or it leaves: from now on nothing escapes it.
   * @throws Refusal UNAVAILABLE where MongoDB cannot be reached
   */
  async subscribe(
    tenantId: TenantId,
    conversationId: ConversationId | null,
    signal: AbortSignal,
  ): Promise<Subscription> {
    this.#running ??= this.#run();
    const timeout = sleep(FEED_OPEN_TIMEOUT_MS, 'late' as const, { ref: false });
    const first = await Promise.race([this.#ready.promise, timeout]);
    if (first === 'late' || this.#ended.signal.aborted) {
      throw new Refusal('UNAVAILABLE', 'The live feed is not open; try again');
    }
    const subscription =
      conversationId === null
        ? this.#attach(this.#byTenant, tenantId)
        : this.#attach(this.#byConversation, `${tenantId}/${conversationId}`);
    const leave = () => subscription[Symbol.dispose]();
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return subscription;
  }

  /**
   * A tenant's events after one place up to another that was passed on, in a stream of its own; messages that were
   * redacted since come as they are now. Many who come back at once take turns.
   */
  async *readBetween(
    tenantId: TenantId,
    after: string,
    until: string,
    signal: AbortSignal,
  ): AsyncGenerator<FeedEvent, void, void> {
    const collections = this.#collections;
    const stream = watchEntries(collections, { 'fullDocument.tenantId': tenantId }, after, CATCH_UP_AWAIT_MS);
    const next = async () => {
      const event = await nextEvent(collections, stream);
      return event === null ? null : withRedaction(collections, event);
    };
    try {
      while (!signal.aborted && !this.#ended.signal.aborted) {
        const event = await this.#catchingUp(next);
        if (event === null && (tokenOf(stream.resumeToken) ?? '') >= until) return;
        if (event === null) continue;
        if (event.token > until) return;
        yield event;
      }
    } finally {
      await this.#catchingUp(() => stream.close()).catch(() => undefined);
    }
  }

  #attach<Key>(readers: Map<Key, Set<Subscription>>, key: Key): Subscription {
    const set = readers.get(key) ?? new Set();
    readers.set(key, set);
    const subscription = new Subscription((leaving) => {
      set.delete(leaving);
      if (set.size === 0 && readers.get(key) === set) readers.delete(key);
    });
    set.add(subscription);
    return subscription;
  }

  /** Ends every subscription and the stream. */
  async close(): Promise<void> {
    this.#ended.abort();
    const stopping = new Refusal('UNAVAILABLE', 'The server stops; come back with the last id that you have');
    for (const reader of this.#readers()) reader.fail(stopping);
    this.#ready.resolve();
    await this.#running;
  }

  *#readers(): Iterable<Subscription> {
    for (const readers of this.#byConversation.values()) yield* readers;
    for (const readers of this.#byTenant.values()) yield* readers;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#ended.signal.aborted) {
      const stream = watchEntries(this.#collections, {}, this.#position);
      const stop = () => void stream.close().catch(() => undefined);
      this.#ended.signal.addEventListener('abort', stop, { once: true });
      try {
        await this.#pass(stream, () => (failures = 0));
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        failures += 1;
        // Nothing to resume from: subscribers read what they missed from the store.
        if (isHistoryLost(error) || this.#position === null) {
          this.#position = null;
          for (const reader of this.#readers()) reader.push({ kind: 'gap' });
        }
        const pause = Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(failures, 10));
        await sleep(pause, undefined, { signal: this.#ended.signal }).catch(() => undefined);
      } finally {
        this.#ended.signal.removeEventListener('abort', stop);
        await stream.close().catch(() => undefined);
      }
    }
  }

  /** Passes every change on to those who read its conversation or tenant, until the stream fails. */
  async #pass(stream: ChangeStream, onOpen: () => void): Promise<void> {
    for (;;) {
      const event = await nextEvent(this.#collections, stream);
      onOpen();
      const place = event?.token ?? tokenOf(stream.resumeToken);
      if (this.#position === null && place !== null) {
        this.#position = place;
        this.#ready.resolve();
        // Subscribers first read what was written while the stream was closed.
        for (const reader of this.#readers()) reader.push({ kind: 'gap' });
      }
      if (event !== null) await this.#publish(event);
      this.#position = place ?? this.#position;
    }
  }

  async #publish(event: FeedEvent): Promise<void> {
    const readers = () => [
      ...(this.#byConversation.get(`${event.tenantId}/${event.entry.conversationId}`) ?? []),
      ...(this.#byTenant.get(event.tenantId) ?? []),
    ];
    if (readers().length === 0) return;
    const isFresh = Date.now() - event.writtenAt < FRESH_MS;
    const current = isFresh ? event : await withRedaction(this.#collections, event);
    for (const reader of readers()) reader.push({ kind: 'event', event: current });
  }
}
