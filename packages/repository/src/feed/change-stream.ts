import type { Entry, TenantId } from '@baton/schema';
import { type ChangeStream, type Document, MongoError, MongoServerError, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
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

/** How long one wait for changes holds, in milliseconds; an event ends it at once, and a close waits for its end. */
const AWAIT_MS = 300;

const HISTORY_LOST = new Set([286, 280, 260, 222]);

/** Whether the stream cannot go on from its token: the oplog no longer reaches back to it. */
export function isHistoryLost(error: unknown): boolean {
  if (error instanceof MongoServerError && HISTORY_LOST.has(Number(error.code))) return true;
  return error instanceof MongoError && error.hasErrorLabel('NonResumableChangeStreamError');
}

/** A change stream over new entries that match, from a place in it or from now. */
export function watchEntries(
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
export async function nextEvent(collections: Collections, stream: ChangeStream): Promise<FeedEvent | null> {
  const change = await stream.tryNext();
  if (change !== null) return eventOf(collections, change);
  if (stream.closed) throw new Error('The change stream has ended');
  return null;
}

/** The place that a resume token names. */
export function tokenOf(resumeToken: unknown): string | null {
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

/** Events of a tenant as the store has them by now: the oplog keeps the words of messages that were redacted since. */
export async function withRedactions(
  { timeline }: Collections,
  tenantId: TenantId,
  events: readonly FeedEvent[],
): Promise<FeedEvent[]> {
  const messages = events.filter(({ entry }) => entry.kind === 'message');
  if (messages.length === 0) return [...events];
  const ids = messages.map(({ entryId }) => new ObjectId(entryId));
  const documents = await timeline.collection
    .find({ _id: { $in: ids }, tenantId, redactedAt: { $ne: null } }, { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const redacted = new Map(documents.map((document) => [document._id.toHexString(), document]));
  return events.map((event) => {
    const document = redacted.get(event.entryId);
    return document === undefined ? event : { ...event, entry: entryOf(timeline.decode(document)) };
  });
}
