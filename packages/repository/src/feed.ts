import { Refusal } from '@baton/domain';
import type { ConversationFeedInput, Entry, TenantFeedInput, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { type ChangeFeed, eventOf, type FeedEvent, isHistoryLost, tokenOf, watchEntries } from './change-feed.ts';
import { entryOf, type Tables } from './tables.ts';

/** An entry with the id by which a reader comes back after it. */
export type TrackedEntry = { id: string; entry: Entry };

const READ_TIMEOUT_MS = 10_000;
/** A transaction is over after this long, so an entry older than this cannot appear any more. */
const LONGEST_COMMIT_MS = 15_000;

function invalid(lastEventId: string): Refusal {
  return new Refusal('INVALID_CURSOR', 'lastEventId is not one of this feed', { lastEventId });
}

/**
 * A conversation's entries after `lastEventId` (a `seq`), then each new one: in order, none missing, none twice.
 * Without an id, new ones only. Ends when `signal` is aborted.
 * @throws Refusal NOT_FOUND, INVALID_CURSOR, UNAVAILABLE
 */
export async function* conversationFeed(
  tables: Tables,
  feed: ChangeFeed,
  tenantId: TenantId,
  { conversationId, lastEventId }: ConversationFeedInput,
  signal: AbortSignal,
): AsyncGenerator<TrackedEntry, void, void> {
  using subscription = await feed.subscribe(tenantId, conversationId);
  const filter = { tenantId, _id: new ObjectId(conversationId) };
  const found = await tables.conversations.collection.findOne(filter, {
    projection: { lastSeq: 1 },
    maxTimeMS: READ_TIMEOUT_MS,
  });
  if (found === null) throw new Refusal('NOT_FOUND', 'No such conversation');
  const lastSeq = Number(found['lastSeq']);
  let sent = lastEventId == null ? lastSeq : Number(lastEventId);
  if (!Number.isInteger(sent) || sent < 0 || sent > lastSeq) throw invalid(lastEventId ?? '');

  async function* missed(): AsyncGenerator<TrackedEntry, void, void> {
    const cursor = tables.timeline.collection
      .find(
        { tenantId, conversationId: new ObjectId(conversationId), seq: { $gt: sent } },
        { maxTimeMS: READ_TIMEOUT_MS },
      )
      .sort({ seq: 1 });
    for await (const document of cursor) {
      const entry = entryOf(tables.timeline.decode(document));
      sent = entry.seq;
      yield { id: String(entry.seq), entry };
    }
  }

  yield* missed();
  for (;;) {
    const next = await subscription.next(signal);
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

/** The place of an event among all of its tenant: where it stands in the stream, and in the store. */
const idOf = ({ token, entryId }: Pick<FeedEvent, 'token' | 'entryId'>): string => `${entryId}.${token}`;

function placeOf(lastEventId: string): { entryId: string; token: string } {
  const { entryId, token } = /^(?<entryId>[0-9a-f]{24})\.(?<token>[0-9A-Fa-f]{2,2000})$/.exec(lastEventId)?.groups ?? {};
  if (entryId === undefined || token === undefined) throw invalid(lastEventId);
  return { entryId, token };
}

/**
 * Every new entry of a tenant after `lastEventId`, in the order in which they were committed; without an id,
 * from now on. Where the oplog no longer reaches back to the id, what was written since is read from the store
 * instead: then an entry of the last 15 s before the break may come again, known by its conversation and `seq`.
 * @throws Refusal INVALID_CURSOR, UNAVAILABLE
 */
export async function* tenantFeed(
  tables: Tables,
  feed: ChangeFeed,
  tenantId: TenantId,
  { lastEventId, kinds }: TenantFeedInput,
  signal: AbortSignal,
): AsyncGenerator<TrackedEntry, void, void> {
  const last = lastEventId == null ? null : placeOf(lastEventId);
  using subscription = await feed.subscribe(tenantId, null);
  const until = feed.position ?? '';
  let token = last?.token ?? until;
  let entryId = last?.entryId ?? new ObjectId().toHexString();
  const isWanted = (entry: Entry) => kinds === undefined || kinds.includes(entry.kind);

  async function* stored(): AsyncGenerator<TrackedEntry, void, void> {
    const since = Math.floor((new ObjectId(entryId).getTimestamp().getTime() - LONGEST_COMMIT_MS) / 1_000);
    const cursor = tables.timeline.collection
      .find({ tenantId, _id: { $gte: ObjectId.createFromTime(since) } }, { maxTimeMS: READ_TIMEOUT_MS })
      .sort({ _id: 1 });
    for await (const document of cursor) {
      const entry = tables.timeline.decode(document);
      entryId = entry._id;
      if (isWanted(entryOf(entry))) yield { id: idOf({ token, entryId }), entry: entryOf(entry) };
    }
  }

  async function* streamed(): AsyncGenerator<TrackedEntry, void, void> {
    const stream = watchEntries(tables, { 'fullDocument.tenantId': tenantId }, token);
    try {
      while (!signal.aborted) {
        const change = await stream.tryNext();
        const event = change === null ? null : eventOf(tables, change);
        if (event === null && (tokenOf(stream.resumeToken) ?? '') >= until) return;
        if (event === null) continue;
        if (event.token > until) return;
        ({ token, entryId } = event);
        if (isWanted(event.entry)) yield { id: idOf(event), entry: event.entry };
      }
    } finally {
      await stream.close().catch(() => undefined);
    }
  }

  if (last !== null && last.token < until) {
    try {
      yield* streamed();
    } catch (error) {
      if (!isHistoryLost(error)) throw error;
      token = until;
      yield* stored();
    }
  }
  for (;;) {
    const next = await subscription.next(signal);
    if (next === null) return;
    if (next.kind === 'break') {
      token = feed.position ?? token;
      yield* stored();
    } else if (next.event.token > token) {
      ({ token, entryId } = next.event);
      if (isWanted(next.event.entry)) yield { id: idOf(next.event), entry: next.event.entry };
    }
  }
}
