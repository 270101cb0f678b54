import { Refusal } from '@baton/domain';
import { type Entry, TenantId } from '@baton/schema';
import { type ChangeStream, type Document, MongoError, MongoServerError, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readEntry, readStoredEntry, unknownEntry } from '../schema/mapping.ts';
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

/** FailedToParse, Overflow, and the errors of mongod's readers of resume tokens and key strings. */
const NO_RESUME_TOKEN = new Set([
  9, 15, 40_646, 40_647, 40_648, 40_649, 50_795, 50_796, 50_797, 50_798, 50_799, 50_810, 50_811, 50_812,
]);

/** Whether mongod cannot read the token at all: it never gave it. */
export function isNoResumeToken(error: unknown): boolean {
  return error instanceof MongoServerError && NO_RESUME_TOKEN.has(Number(error.code));
}

/** Whether the stream cannot go on from its token: the oplog no longer reaches back to it. */
function isHistoryLost(error: unknown): boolean {
  if (error instanceof MongoServerError && HISTORY_LOST.has(Number(error.code))) return true;
  return error instanceof MongoError && error.hasErrorLabel('NonResumableChangeStreamError');
}

/** A stream that was closed under its reader: the next one resumes where it was. */
class StreamEnded extends Error {
  override readonly name = 'StreamEnded';
}

/**
 * Whether what comes next cannot be passed on, from the same place never: its history is lost, or the driver itself
 * cannot read it. Then the store is read instead.
 */
export function cannotResume(error: unknown): boolean {
  if (isHistoryLost(error)) return true;
  return !(error instanceof MongoError || error instanceof StreamEnded || error instanceof Refusal);
}

/** A change stream over new entries that match, from a place in it or from now. */
export function watchEntries(
  { timeline }: Collections,
  match: Document,
  after: string | null,
  maxAwaitTimeMS = AWAIT_MS,
): ChangeStream {
  const entries = timeline.acrossTenants('live feed');
  return entries.watch([{ $match: { operationType: 'insert', ...match } }], {
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
  if (stream.closed) throw new StreamEnded('The change stream has ended');
  return null;
}

/** The place that a resume token names. */
export function tokenOf(resumeToken: unknown): string | null {
  if (typeof resumeToken !== 'object' || resumeToken === null || !('_data' in resumeToken)) return null;
  return typeof resumeToken._data === 'string' ? resumeToken._data : null;
}

/** The event of one change; null for a change that is no new entry, and for one of which nobody can say whose it is. */
function eventOf(collections: Collections, change: Document): FeedEvent | null {
  const token = tokenOf(change['_id']);
  const { fullDocument } = change;
  if (token === null || fullDocument === undefined) return null;
  const stored = readStoredEntry(collections, fullDocument);
  const tenantId = TenantId.safeParse(fullDocument['tenantId']);
  if (stored === null || !tenantId.success) return null;
  const writtenAt = Number(change['wallTime']);
  // Who resumes by its id reads from then on where the oplog is too short.
  const entryId = stored.id ?? ObjectId.createFromTime(Math.floor(writtenAt / 1_000)).toHexString();
  return { tenantId: tenantId.data, entry: stored.entry, token, entryId, writtenAt };
}

/** Events of a tenant as the store has them by now: the oplog keeps words that were redacted or erased since. */
export async function withRedactions(
  collections: Collections,
  tenantId: TenantId,
  events: readonly FeedEvent[],
): Promise<FeedEvent[]> {
  if (events.length === 0) return [];
  const ids = events.map(({ entryId }) => new ObjectId(entryId));
  // A message with its words is as it was; of other kinds nothing tells whether they have changed.
  const mayHaveChanged = { $nor: [{ kind: 'message', redactedAt: null }] };
  const documents = await collections.timeline.collection
    .find({ _id: { $in: ids }, tenantId, ...mayHaveChanged }, { maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const stored = new Map(documents.map((document) => [document._id.toHexString(), document]));
  return events.map((event) => {
    const document = stored.get(event.entryId);
    if (document === undefined) return event;
    return { ...event, entry: readEntry(collections, document) ?? unknownEntry(event.entry) };
  });
}
