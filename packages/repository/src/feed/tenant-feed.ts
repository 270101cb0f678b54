import { createHash } from 'node:crypto';
import type { Entry, SubscribeToTenant, TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { readStoredEntry } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { cannotResume, type FeedEvent, isNoResumeToken } from './change-stream.ts';
import { type Feed, invalidEventId } from './feed.ts';
import type { FeedHub } from './hub.ts';
import { READ_TOGETHER, readInTurns } from './read-in-turns.ts';

/** A transaction is over after this long, so an entry older than this cannot appear any more. */
const LONGEST_COMMIT_MS = 15_000;

/** A place among all of a tenant's entries: where it is in the stream, and the entry there. */
export type FeedPosition = Pick<FeedEvent, 'token' | 'entryId'>;

/** The id of a place in a tenant's feed. Its checksum tells ids that were changed, or are of another tenant. */
export function feedId(tenantId: TenantId, { entryId, token }: FeedPosition): string {
  const checksum = createHash('sha256').update(`${tenantId}.${entryId}.${token}`).digest('base64url');
  return `${entryId}.${token}.${checksum.slice(0, 16)}`;
}

/** An entry's id, a resume token of mongod (a key string that begins with a timestamp) and the checksum. */
const FORM = /^(?<entryId>[0-9a-f]{24})\.(?<token>82(?:[0-9A-F]{2}){8,255})\.[A-Za-z0-9_-]{16}$/;
/** How far a place may lie ahead of this process: another has read on in the stream. */
const AHEAD_SECONDS = 60;

function positionOf(tenantId: TenantId, lastEventId: string): FeedPosition {
  const { entryId, token } = FORM.exec(lastEventId)?.groups ?? {};
  if (entryId === undefined || token === undefined || feedId(tenantId, { entryId, token }) !== lastEventId) {
    throw invalidEventId(lastEventId);
  }
  return { entryId, token };
}

/** Whether a place lies in the future: whoever waits for it would see nothing until then. */
function isAhead({ entryId, token }: FeedPosition, latestToken: string): boolean {
  const seconds = Math.max(secondsOf(token), Number.parseInt(entryId.slice(0, 8), 16));
  return seconds > secondsOf(latestToken) + AHEAD_SECONDS;
}

function secondsOf(token: string): number {
  return Number.parseInt(token.slice(2, 10), 16);
}

type IdentifiedEntry = { id: string; entry: Entry };

/** Groups entries by second and sorts each group: ids of several servers have no order within a second. */
async function* bySecond(
  documents: AsyncIterable<Document>,
  collections: Collections,
): AsyncGenerator<IdentifiedEntry[], void, void> {
  let group: IdentifiedEntry[] = [];
  const secondOf = ({ id }: IdentifiedEntry) => id.slice(0, 8);
  const inOrder = () =>
    group.toSorted((a, b) => a.entry.at.localeCompare(b.entry.at) || a.entry.seq - b.entry.seq);
  for await (const document of documents) {
    const { id, entry } = readStoredEntry(collections, document) ?? {};
    if (id == null || entry === undefined) continue;
    const stored = { id, entry };
    if (group[0] !== undefined && secondOf(group[0]) !== secondOf(stored)) {
      yield inOrder();
      group = [];
    }
    group.push(stored);
  }
  if (group.length > 0) yield inOrder();
}

/**
 * Every new entry of a tenant after `lastEventId`, in the order in which they were committed; without an id,
 * from now on. Where the oplog no longer reaches back to the id, what was written since is read from the store
 * instead: then an entry of the last 15 s before the break may come again, known by its conversation and `seq`.
 * @throws Refusal INVALID_CURSOR, UNAVAILABLE, RATE_LIMITED
 */
export async function tenantFeed(
  collections: Collections,
  reads: ReadGate,
  feed: FeedHub,
  tenantId: TenantId,
  { lastEventId, kinds }: SubscribeToTenant,
  signal: AbortSignal,
): Promise<Feed> {
  const last = lastEventId == null ? null : positionOf(tenantId, lastEventId);
  const subscription = await feed.subscribe(tenantId, null, signal);
  const until = feed.position ?? '';
  if (last !== null && isAhead(last, until)) {
    subscription[Symbol.dispose]();
    throw invalidEventId(lastEventId ?? '');
  }
  let token = last?.token ?? until;
  let entryId = last?.entryId ?? newObjectId(collections.clock).toHexString();
  /** What was read from the store and may come through the stream as well. */
  const alreadyRead = new Set<string>();
  const isWanted = (entry: Entry) => kinds === undefined || kinds.includes(entry.kind);

  /** Reads on in the store. Until all is read the ids keep the old token: one who comes back reads it again. */
  async function* stored(next: string): Feed {
    const since =
      Math.floor(new ObjectId(entryId).getTimestamp().getTime() / 1_000) - LONGEST_COMMIT_MS / 1_000;
    const overlap = ObjectId.createFromTime(
      Math.floor((collections.clock.now() - LONGEST_COMMIT_MS) / 1_000),
    ).toHexString();
    alreadyRead.clear();
    const cursor = collections.timeline.collection
      .find(
        { tenantId, _id: { $gte: ObjectId.createFromTime(since) } },
        {
          maxTimeMS: READ_TIMEOUT_MS,
          batchSize: READ_TOGETHER,
        },
      )
      .sort({ _id: 1 });
    const documents = readInTurns(cursor, (turn) => reads.run(tenantId, 'feed', turn));
    for await (const entries of bySecond(documents, collections)) {
      for (const { id, entry } of entries) {
        entryId = id;
        if (entryId > overlap) alreadyRead.add(entryId);
        if (isWanted(entry)) yield { id: feedId(tenantId, { token, entryId }), entry };
      }
    }
    token = next;
  }

  async function* streamed(): Feed {
    for await (const event of feed.readBetween(tenantId, token, until, signal)) {
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
        if (isNoResumeToken(error)) throw invalidEventId(lastEventId ?? '');
        if (!cannotResume(error)) throw error;
        yield* stored(until);
      }
    }
    for (;;) {
      const next = await reader.next();
      if (next === null) return;
      if (next.kind === 'gap') {
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
