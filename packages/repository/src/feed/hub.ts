import { setTimeout as sleep } from 'node:timers/promises';
import { blanked, Refusal } from '@baton/domain';
import type { ConversationId, Entry, EntryOf, TenantId } from '@baton/schema';
import { type ChangeStream, type Document, MongoError, MongoServerError, ObjectId } from 'mongodb';
import pLimit from 'p-limit';
import { FEED_OPEN_TIMEOUT_MS, READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { entryOf } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';

/** One entry as it came through the change stream. */
export type FeedEvent = {
  tenantId: TenantId;
  entry: Entry;
  /** Its place in the stream: later events have greater ones, compared as strings. */
  token: string;
  /** The entry's own id in the store, which tells when it was written. */
  entryId: string;
  /** When mongod wrote it, milliseconds since 1970. */
  writtenAt: number;
};

/** What a subscription gives next: an event, or that events may have been missed and must be read. */
export type FeedSignal = { kind: 'event'; event: FeedEvent } | { kind: 'break' };

/** Most events that wait for one slow reader before it is cut off. */
const BUFFER_LIMIT = 1_000;
/** How long one wait for changes holds, in milliseconds; an event ends it at once, and a close waits for its end. */
const AWAIT_MS = 300;
/** The same for one who only reads up to a place that others have passed: there is nothing to wait for. */
const CATCH_UP_AWAIT_MS = 10;
/** Most reads at once of those who catch up; the others wait their turn. */
const CATCHING_UP_AT_ONCE = 8;
/** What was written longer ago may have been redacted since, before the redaction itself has come. */
const FRESH_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

const HISTORY_LOST = new Set([286, 280, 260, 222]);

/** Whether the stream cannot go on from its token: the oplog no longer reaches back to it. */
export function isHistoryLost(error: unknown): boolean {
  if (error instanceof MongoServerError && HISTORY_LOST.has(Number(error.code))) return true;
  return error instanceof MongoError && error.hasErrorLabel('NonResumableChangeStreamError');
}

/** A reader of the feed: what waits for it is bounded, and when it is too slow it is cut off. */
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

  /** Takes the words from a message that waits and was redacted. */
  #forget({ conversationId, targetSeq, at }: EntryOf<'redaction'>): void {
    for (const waiting of this.#queue) {
      if (waiting.kind !== 'event') continue;
      const { event } = waiting;
      const { entry } = event;
      if (entry.kind !== 'message' || entry.conversationId !== conversationId || entry.seq !== targetSeq)
        continue;
      waiting.event = { ...event, entry: blanked(entry, at) };
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

/**
 * The hub of a process: one change stream over the timeline feeds every subscription. It opens with the
 * first subscription and goes on by itself after every break; where the oplog no longer reaches back,
 * each reader is told to read what it missed.
 */
export class ChangeFeed {
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
    // Who has gone before it read anything leaves nothing behind.
    const leave = () => subscription[Symbol.dispose]();
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return subscription;
  }

  /**
   * A tenant's events after one place up to another that was passed on, in a stream of its own; messages that were
   * redacted since come as they are now. Many who come back at once take turns.
   */
  async *between(
    tenantId: TenantId,
    after: string,
    until: string,
    signal: AbortSignal,
  ): AsyncGenerator<FeedEvent, void, void> {
    const collections = this.#collections;
    const stream = watchEntries(collections, { 'fullDocument.tenantId': tenantId }, after, CATCH_UP_AWAIT_MS);
    const next = async () => {
      const event = await nextEvent(collections, stream);
      return event === null ? null : asKept(collections, event);
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
        // Without a place to go on from, whatever came in between is found by reading.
        if (isHistoryLost(error) || this.#position === null) {
          this.#position = null;
          for (const reader of this.#readers()) reader.push({ kind: 'break' });
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
        // What was written while the stream was not open is found by reading, before anything that came later.
        for (const reader of this.#readers()) reader.push({ kind: 'break' });
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
    const kept = isFresh ? event : await asKept(this.#collections, event);
    for (const reader of readers()) reader.push({ kind: 'event', event: kept });
  }
}

/** A change stream over new entries that match, from a place in it or from now. */
function watchEntries(
  { timeline }: Collections,
  match: Document,
  after: string | null,
  maxAwaitTimeMS = AWAIT_MS,
): ChangeStream {
  return timeline.collection.watch([{ $match: { operationType: 'insert', ...match } }], {
    maxAwaitTimeMS,
    ...(after !== null && { resumeAfter: { _data: after } }),
  });
}

/**
 * The next event of a stream; null where none came in time, or where a change is no new entry.
 * @throws Error where the stream has ended: it would give nothing, at once and for ever
 */
async function nextEvent(collections: Collections, stream: ChangeStream): Promise<FeedEvent | null> {
  const change = await stream.tryNext();
  if (change !== null) return eventOf(collections, change);
  if (stream.closed) throw new Error('The change stream has ended');
  return null;
}

/** The place that a resume token names. */
function tokenOf(resumeToken: unknown): string | null {
  if (typeof resumeToken !== 'object' || resumeToken === null || !('_data' in resumeToken)) return null;
  return typeof resumeToken._data === 'string' ? resumeToken._data : null;
}

/** The event of one change; null for a change that is no new entry. */
function eventOf({ timeline }: Collections, change: Document): FeedEvent | null {
  const token = tokenOf(change['_id']);
  const { fullDocument } = change;
  if (token === null || fullDocument === undefined) return null;
  const document = timeline.decode(fullDocument);
  const { tenantId, _id: entryId } = document;
  return { tenantId, entry: entryOf(document), token, entryId, writtenAt: Number(change['wallTime']) };
}

/** An event as the store has it by now: the oplog keeps the words of a message that was redacted since. */
async function asKept({ timeline }: Collections, event: FeedEvent): Promise<FeedEvent> {
  const { tenantId, entry } = event;
  if (entry.kind !== 'message') return event;
  const place = { tenantId, conversationId: new ObjectId(entry.conversationId), seq: entry.seq };
  const redacted = await timeline.collection.findOne(
    { ...place, redactedAt: { $ne: null } },
    { maxTimeMS: READ_TIMEOUT_MS },
  );
  return redacted === null ? event : { ...event, entry: entryOf(timeline.decode(redacted)) };
}
