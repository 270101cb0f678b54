import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@baton/domain';
import type { ConversationId, TenantId } from '@baton/schema';
import type { ChangeStream } from 'mongodb';
import { FEED_OPEN_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import type { TenantActivity } from '../fairness/tenant-activity.ts';
import type { StoreObserver } from '../observe/store-observer.ts';
import type { Collections } from '../schema/open-collections.ts';
import {
  type FeedEvent,
  cannotResume,
  nextEvent,
  tokenOf,
  watchEntries,
  withRedactions,
} from './change-stream.ts';
import { Delivery } from './delivery.ts';
import type { Subscription } from './subscription.ts';
import { TenantReaders } from './tenant-readers.ts';

/** How long a catch-up read waits for changes, in milliseconds: short, because its end is already written. */
const CATCH_UP_AWAIT_MS = 10;

const LONGEST_PAUSE_MS = 5_000;

/** Most readers of one tenant, unless the hub is told otherwise. */
const SUBSCRIPTIONS_OF_A_TENANT = 5_000;
/** What one too many is told. */
const RETRY_AFTER_MS = 5_000;

/** How often the stream is looked after, and after how many looks without an answer of mongod it counts as broken. */
const LOOK_EVERY_MS = 1_000;
const SILENT_LOOKS = 5;

export type FeedHubOptions = {
  reads: ReadGate;
  activity: TenantActivity;
  /** Most readers of one tenant. */
  limit?: number | undefined;
  /** Told of each entry and of breaks. */
  observer?: StoreObserver | undefined;
};

/**
 * The hub of a process: one change stream over the timeline feeds every subscription. It opens with the
 * first subscription and goes on by itself after every break; where the oplog no longer reaches back,
 * each reader is told to read what it missed.
 */
export class FeedHub {
  readonly #collections: Collections;
  readonly #tenants = new Map<TenantId, TenantReaders>();
  readonly #delivery: Delivery;
  readonly #reads: ReadGate;
  readonly #limit: number;
  readonly #observer: StoreObserver;
  readonly #ended = new AbortController();
  #running: Promise<void> | null = null;
  #ready = Promise.withResolvers<void>();
  #position: string | null = null;
  /** Whether it may be subscribed to. */
  #isOpen = false;
  /** Looks since mongod answered last: it does so every 300 ms, news or not. */
  #silentLooks = 0;

  /** @param collections of a MongoClient of the feed's own: a change stream holds its connection */
  constructor(
    collections: Collections,
    { reads, activity, limit = SUBSCRIPTIONS_OF_A_TENANT, observer = {} }: FeedHubOptions,
  ) {
    this.#delivery = new Delivery(activity);
    this.#collections = collections;
    this.#reads = reads;
    this.#limit = limit;
    this.#observer = observer;
  }

  /** The latest place in the stream that was passed on; null before the stream is open. */
  get position(): string | null {
    return this.#position;
  }

  /** How many readers there are. */
  get subscriptions(): number {
    return [...this.#tenants.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Attaches a reader until `signal` is aborted or it leaves: from now on nothing escapes it.
   * @throws Refusal UNAVAILABLE where MongoDB cannot be reached, RATE_LIMITED where its tenant has too many readers
   */
  async subscribe(
    tenantId: TenantId,
    conversationId: ConversationId | null,
    signal: AbortSignal,
  ): Promise<Subscription> {
    this.#running ??= this.#run();
    await this.#opened();
    const readers =
      this.#tenants.get(tenantId) ??
      new TenantReaders(tenantId, this.#collections, this.#reads, this.#delivery);
    if (readers.size >= this.#limit) {
      const details = { limit: this.#limit, retryAfterMs: RETRY_AFTER_MS };
      throw new Refusal('RATE_LIMITED', 'Too many of your feeds are open', details);
    }
    this.#tenants.set(tenantId, readers);
    const subscription = readers.attach(conversationId, () => {
      if (readers.size === 0 && this.#tenants.get(tenantId) === readers) this.#tenants.delete(tenantId);
    });
    const leave = () => subscription[Symbol.dispose]();
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return subscription;
  }

  /** @throws Refusal UNAVAILABLE */
  async #opened(): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const notOpen = new Refusal('UNAVAILABLE', 'The live feed is not open; try again');
    const timer = setTimeout(() => reject(notOpen), FEED_OPEN_TIMEOUT_MS).unref();
    try {
      await Promise.race([this.#ready.promise, late]);
    } finally {
      clearTimeout(timer);
    }
    if (this.#ended.signal.aborted) throw notOpen;
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
      if (event === null) return null;
      const [checked = event] = await withRedactions(collections, tenantId, [event]);
      return checked;
    };
    try {
      while (!signal.aborted && !this.#ended.signal.aborted) {
        const event = await this.#reads.run(tenantId, 'feed', next);
        if (event === null && (tokenOf(stream.resumeToken) ?? '') >= until) return;
        if (event === null) continue;
        if (event.token > until) return;
        yield event;
      }
    } finally {
      await this.#reads.run(tenantId, 'feed', () => stream.close()).catch(() => undefined);
    }
  }

  /** Ends every subscription and the stream. */
  async close(): Promise<void> {
    this.#ended.abort();
    const stopping = new Refusal('UNAVAILABLE', 'The server stops; come back with the last id that you have');
    for (const readers of this.#tenants.values()) readers.fail(stopping);
    this.#ready.resolve();
    await this.#running;
  }

  /**
   * Disconnects the subscribers of a stream that mongod does not answer, so that none takes what it has for the latest.
   * They may come back once it answers again.
   */
  #look(): void {
    this.#silentLooks += 1;
    if (this.#silentLooks < SILENT_LOOKS || !this.#isOpen) return;
    this.#isOpen = false;
    this.#ready = Promise.withResolvers();
    const lost = new Refusal(
      'UNAVAILABLE',
      'The live feed has lost MongoDB; come back with the last id that you have',
    );
    for (const readers of this.#tenants.values()) readers.fail(lost);
  }

  async #run(): Promise<void> {
    using watch = new DisposableStack();
    watch.adopt(setInterval(() => this.#look(), LOOK_EVERY_MS).unref(), clearInterval);
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
        this.#observer.onFeedBreak?.();
        // Nothing to resume from: subscribers read what they missed from the store.
        if (cannotResume(error) || this.#position === null) {
          this.#position = null;
          for (const readers of this.#tenants.values()) readers.tellGap();
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
      this.#silentLooks = 0;
      const place = event?.token ?? tokenOf(stream.resumeToken);
      if (this.#position === null && place !== null) {
        this.#position = place;
        // Subscribers first read what was written while the stream was closed.
        for (const readers of this.#tenants.values()) readers.tellGap();
      }
      if (!this.#isOpen && this.#position !== null) {
        this.#isOpen = true;
        this.#ready.resolve();
      }
      if (event !== null) {
        this.#observer.onFeedEntry?.(Math.max(0, this.#collections.clock.now() - event.writtenAt));
        this.#tenants.get(event.tenantId)?.publish(event);
      }
      this.#position = place ?? this.#position;
    }
  }
}
