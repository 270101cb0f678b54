import { createHash } from 'node:crypto';
import { Refusal } from '@baton/domain';
import type { ConversationFeedInput, Entry, TenantFeedInput, TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { entryOf } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { type ChangeFeed, type FeedEvent, isHistoryLost } from './hub.ts';

/** An entry with the id by which a reader comes back after it. */
export type TrackedEntry = { id: string; entry: Entry };

/** A transaction is over after this long, so an entry older than this cannot appear any more. */
const LONGEST_COMMIT_MS = 15_000;

function invalid(lastEventId: string): Refusal {
  return new Refusal('INVALID_CURSOR', 'lastEventId is not one of this feed', { lastEventId });
}

/** Entries as they come: whatever is committed from the moment at which the caller has it. */
export type Feed = AsyncGenerator<TrackedEntry, void, void>;

/**
 * A conversation's entries after `lastEventId` (a `seq`), then each new one: in order, none missing, none twice.
 * Without an id, new ones only. Ends when `signal` is aborted.
 * @throws Refusal NOT_FOUND, INVALID_CURSOR, UNAVAILABLE
 */
export async function conversationFeed(
  collections: Collections,
  feed: ChangeFeed,
  tenantId: TenantId,
  { conversationId, lastEventId }: ConversationFeedInput,
  signal: AbortSignal,
): Promise<Feed> {
  using attached = new DisposableStack();
  const subscription = attached.use(await feed.subscribe(tenantId, conversationId, signal));
  const filter = { tenantId, _id: new ObjectId(conversationId) };
  const found = await collections.conversations.collection.findOne(filter, {
    projection: { lastSeq: 1 },
    maxTimeMS: READ_TIMEOUT_MS,
  });
  if (found === null) throw new Refusal('NOT_FOUND', 'No such conversation');
  const lastSeq = Number(found['lastSeq']);
  let sent = lastEventId == null ? lastSeq : /^\d+$/.test(lastEventId) ? Number(lastEventId) : NaN;
  if (!(sent <= lastSeq)) throw invalid(lastEventId ?? '');

  async function* missed(): Feed {
    const cursor = collections.timeline.collection
      .find(
        { tenantId, conversationId: new ObjectId(conversationId), seq: { $gt: sent } },
        { maxTimeMS: READ_TIMEOUT_MS },
      )
      .sort({ seq: 1 });
    for await (const document of cursor) {
      const entry = entryOf(collections.timeline.decode(document));
      sent = entry.seq;
      yield { id: String(entry.seq), entry };
    }
  }

  async function* read(): Feed {
    using reader = subscription;
    yield* missed();
    for (;;) {
      const next = await reader.next(signal);
      if (next === null) return;
      const seq = next.kind === 'event' ? next.event.entry.seq : Infinity;
      if (seq <= sent) continue;
      if (next.kind === 'event' && seq === sent + 1) {
        sent = seq;
        yield { id: String(seq), entry: next.event.entry };
      } else {
        yield* missed();
      }
    }
  }

  // From here on it stays attached until the generator ends or the signal is aborted.
  attached.move();
  return read();
}

/** A place among all of a tenant's entries: where it is in the stream, and the entry there. */
export type FeedPlace = Pick<FeedEvent, 'token' | 'entryId'>;

/** The id of a place in a tenant's feed. Its checksum tells ids that were changed, or are of another tenant. */
export function feedId(tenantId: TenantId, { entryId, token }: FeedPlace): string {
  const checksum = createHash('sha256').update(`${tenantId}.${entryId}.${token}`).digest('base64url');
  return `${entryId}.${token}.${checksum.slice(0, 16)}`;
}

function placeOf(tenantId: TenantId, lastEventId: string): FeedPlace {
  const [entryId, token] = lastEventId.split('.');
  if (entryId === undefined || token === undefined || feedId(tenantId, { entryId, token }) !== lastEventId) {
    throw invalid(lastEventId);
  }
  return { entryId, token };
}

type KeptEntry = WireDocument<'timeline'>;

/** Within one second ids of several servers are in no order; the instants and numbers of their entries are. */
async function* bySecond(
  documents: AsyncIterable<Document>,
  collections: Collections,
): AsyncGenerator<KeptEntry[], void, void> {
  let group: KeptEntry[] = [];
  const secondOf = ({ _id }: KeptEntry) => _id.slice(0, 8);
  const inOrder = () => group.toSorted((a, b) => a.at.localeCompare(b.at) || a.seq - b.seq);
  for await (const document of documents) {
    const entry = collections.timeline.decode(document);
    if (group[0] !== undefined && secondOf(group[0]) !== secondOf(entry)) {
      yield inOrder();
      group = [];
    }
    group.push(entry);
  }
  if (group.length > 0) yield inOrder();
}

/**
 * Every new entry of a tenant after `lastEventId`, in the order in which they were committed; without an id,
 * from now on. Where the oplog no longer reaches back to the id, what was written since is read from the store
 * instead: then an entry of the last 15 s before the break may come again, known by its conversation and `seq`.
 * @throws Refusal INVALID_CURSOR, UNAVAILABLE
 */
export async function tenantFeed(
  collections: Collections,
  feed: ChangeFeed,
  tenantId: TenantId,
  { lastEventId, kinds }: TenantFeedInput,
  signal: AbortSignal,
): Promise<Feed> {
  const last = lastEventId == null ? null : placeOf(tenantId, lastEventId);
  const subscription = await feed.subscribe(tenantId, null, signal);
  const until = feed.position ?? '';
  let token = last?.token ?? until;
  let entryId = last?.entryId ?? new ObjectId().toHexString();
  /** What was read from the store and may come through the stream as well. */
  const alreadyRead = new Set<string>();
  const isWanted = (entry: Entry) => kinds === undefined || kinds.includes(entry.kind);

  /** Reads on in the store. Until all is read the ids keep the old token: one who comes back reads it again. */
  async function* stored(next: string): Feed {
    const since =
      Math.floor(new ObjectId(entryId).getTimestamp().getTime() / 1_000) - LONGEST_COMMIT_MS / 1_000;
    const overlap = ObjectId.createFromTime(
      Math.floor((Date.now() - LONGEST_COMMIT_MS) / 1_000),
    ).toHexString();
    alreadyRead.clear();
    const cursor = collections.timeline.collection
      .find({ tenantId, _id: { $gte: ObjectId.createFromTime(since) } }, { maxTimeMS: READ_TIMEOUT_MS })
      .sort({ _id: 1 });
    for await (const entries of bySecond(cursor, collections)) {
      for (const entry of entries) {
        entryId = entry._id;
        if (entryId > overlap) alreadyRead.add(entryId);
        if (isWanted(entryOf(entry)))
          yield { id: feedId(tenantId, { token, entryId }), entry: entryOf(entry) };
      }
    }
    token = next;
  }

  async function* streamed(): Feed {
    for await (const event of feed.between(tenantId, token, until, signal)) {
      ({ token, entryId } = event);
      if (isWanted(event.entry)) yield { id: feedId(tenantId, event), entry: event.entry };
    }
  }

  async function* read(): Feed {
    using reader = subscription;
    if (last !== null && last.token < until) {
      try {
        yield* streamed();
      } catch (error) {
        if (!isHistoryLost(error)) throw error;
        yield* stored(until);
      }
    }
    for (;;) {
      const next = await reader.next(signal);
      if (next === null) return;
      if (next.kind === 'break') {
        yield* stored(feed.position ?? token);
      } else if (next.event.token > token) {
        ({ token, entryId } = next.event);
        if (isWanted(next.event.entry) && !alreadyRead.delete(entryId)) {
          yield { id: feedId(tenantId, next.event), entry: next.event.entry };
        }
      }
    }
  }

  return read();
}
