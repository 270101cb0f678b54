import { setTimeout as sleep } from 'node:timers/promises';
import type { Refusal } from '@baton/domain';
import type { ConversationId, TenantId } from '@baton/schema';
import type { ReadGate } from '../fairness/read-gate.ts';
import type { Collections } from '../schema/open-collections.ts';
import { type FeedEvent, withRedactions } from './change-stream.ts';
import type { Delivery } from './delivery.ts';
import { FeedLog } from './feed-log.ts';
import type { Subscription } from './subscription.ts';

/** A message older than this, in milliseconds, is read again before it is passed on: it may be redacted by now. */
const FRESH_MS = 1_000;
/** Most messages that are read again together, and most events that wait for that. */
const CHECKED_TOGETHER = 100;
const MOST_UNCHECKED = 10_000;
/** Until a read that failed is made again, in milliseconds. */
const PAUSE_MS = 100;

/** The readers of one tenant: what comes late for them, or takes long to pass on, delays no other tenant. */
export class TenantReaders {
  readonly #tenantId: TenantId;
  readonly #collections: Collections;
  readonly #reads: ReadGate;
  readonly #delivery: Delivery;
  readonly #ofTenant = new FeedLog();
  readonly #ofConversations = new Map<ConversationId, FeedLog>();
  #size = 0;
  /** Events whose messages are read again first, in order. */
  #unchecked: FeedEvent[] = [];
  #isChecking = false;

  constructor(tenantId: TenantId, collections: Collections, reads: ReadGate, delivery: Delivery) {
    this.#tenantId = tenantId;
    this.#collections = collections;
    this.#reads = reads;
    this.#delivery = delivery;
  }

  /** How many readers there are. */
  get size(): number {
    return this.#size;
  }

  /** @param onLeave called once it has left */
  attach(conversationId: ConversationId | null, onLeave: () => void): Subscription {
    const log = conversationId === null ? this.#ofTenant : this.#logOf(conversationId);
    this.#size += 1;
    return log.attach(
      () => this.#delivery.add(this.#tenantId, log),
      () => {
        this.#size -= 1;
        if (log.size === 0 && conversationId !== null && this.#ofConversations.get(conversationId) === log)
          this.#ofConversations.delete(conversationId);
        onLeave();
      },
    );
  }

  publish(event: FeedEvent): void {
    if (this.#ofTenant.size === 0 && !this.#ofConversations.has(event.entry.conversationId)) return;
    const isFresh = this.#collections.clock.now() - event.writtenAt < FRESH_MS;
    if (isFresh && this.#unchecked.length === 0) {
      this.#append(event);
      return;
    }
    this.#unchecked.push(event);
    if (this.#unchecked.length > MOST_UNCHECKED) {
      this.#unchecked = [];
      this.tellGap();
    }
    if (!this.#isChecking) void this.#check();
  }

  /** Tells every reader that events may have been missed. */
  tellGap(): void {
    for (const log of this.#logs()) {
      log.append({ kind: 'gap' });
      this.#delivery.add(this.#tenantId, log);
    }
  }

  fail(refusal: Refusal): void {
    for (const log of this.#logs()) for (const reader of log.readers()) reader.fail(refusal);
  }

  #append(event: FeedEvent): void {
    const ofConversation = this.#ofConversations.get(event.entry.conversationId);
    for (const log of [this.#ofTenant, ofConversation]) {
      if (log === undefined || log.size === 0) continue;
      log.append({ kind: 'event', event });
      this.#delivery.add(this.#tenantId, log);
    }
  }

  /** Passes on what waits to be read again, many messages in one read, until there is nobody to pass it on to. */
  async #check(): Promise<void> {
    this.#isChecking = true;
    while (this.#unchecked.length > 0 && this.#size > 0) {
      const events = this.#unchecked.slice(0, CHECKED_TOGETHER);
      try {
        const checked = await this.#reads.run(this.#tenantId, 'feed', () =>
          withRedactions(this.#collections, this.#tenantId, events),
        );
        // Whoever was told of a gap meanwhile reads them from the store.
        if (this.#unchecked[0] !== events[0]) continue;
        this.#unchecked.splice(0, events.length);
        for (const event of checked) this.#append(event);
      } catch {
        await sleep(PAUSE_MS);
      }
    }
    this.#unchecked = [];
    this.#isChecking = false;
  }

  #logOf(conversationId: ConversationId): FeedLog {
    const known = this.#ofConversations.get(conversationId);
    if (known !== undefined) return known;
    const log = new FeedLog();
    this.#ofConversations.set(conversationId, log);
    return log;
  }

  *#logs(): Iterable<FeedLog> {
    yield this.#ofTenant;
    yield* this.#ofConversations.values();
  }
}
