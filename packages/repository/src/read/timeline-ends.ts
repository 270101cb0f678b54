import type { ConversationId, TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { type Collections, deserialize } from '../schema/open-collections.ts';

/** The first entries of a conversation, or the last ones. */
export type TimelineEnd = {
  conversationId: ConversationId;
  order: 'oldest' | 'newest';
  /** How many, at most; of the newest there may be some that were written meanwhile, too. */
  entries: number;
};

/** What is stored at one end, in its order. */
export type EndEntries = {
  documents: { document: Document; bytes: number }[];
  /** Whether there are no others. */
  isWhole: boolean;
};

/** Where the ends take more, in bytes of BSON, each is better read by itself. */
const MOST_BYTES = 8_000_000;

type Window = Pick<EndEntries, 'documents'> & { end: TimelineEnd; after: number; upTo: number };

/**
 * Reads the ends of several timelines at once. Left out are conversations that do not exist, entries of which have no
 * readable place, and all where they are too large together.
 */
export async function readTimelineEnds(
  collections: Collections,
  tenantId: TenantId,
  ends: readonly TimelineEnd[],
  mostBytes = MOST_BYTES,
): Promise<Map<TimelineEnd, EndEntries>> {
  const windows = await windowsOf(collections, tenantId, ends);
  if (windows.size === 0) return new Map();
  const branches = [...windows.values()].flat().map(({ end, after, upTo }) => ({
    tenantId,
    conversationId: new ObjectId(end.conversationId),
    seq: { $gt: after, ...(upTo < Infinity && { $lte: upTo }) },
  }));
  const batchSize = ends.reduce((sum, { entries }) => sum + entries, ends.length);
  await using cursor = collections.timeline.collection
    .find({ $or: branches }, { maxTimeMS: READ_TIMEOUT_MS, raw: true, batchSize })
    .hint('by_seq');
  let total = 0;
  while (await cursor.hasNext()) {
    // A raw cursor gives documents as they came over the wire, which its type does not say.
    for (const raw of cursor.readBufferedDocuments() as unknown as Uint8Array[]) {
      total += raw.length;
      if (total > mostBytes) return new Map();
      place(windows, deserialize(raw), raw.length);
    }
  }
  const found = [...windows.values()].flat().filter(({ documents }) => documents.length > 0);
  return new Map(found.map((window) => [window.end, inOrder(window)]));
}

/** Which places each end has, by conversation; before the newest ones a conversation's latest place is read. */
async function windowsOf(
  { conversations }: Collections,
  tenantId: TenantId,
  ends: readonly TimelineEnd[],
): Promise<Map<string, Window[]>> {
  const newest = ends.filter(({ order }) => order === 'newest');
  const ids = [...new Set(newest.map(({ conversationId }) => conversationId))].map((id) => new ObjectId(id));
  const found =
    ids.length === 0
      ? []
      : await conversations.collection
          .find({ tenantId, _id: { $in: ids } }, { projection: { lastSeq: 1 }, maxTimeMS: READ_TIMEOUT_MS })
          .toArray();
  const lastSeqs = new Map(found.map(({ _id, lastSeq }) => [String(_id), lastSeq]));
  const windows = new Map<string, Window[]>();
  for (const end of ends) {
    const window = windowOf(end, lastSeqs.get(end.conversationId));
    if (window === null) continue;
    const known = windows.get(end.conversationId);
    if (known === undefined) windows.set(end.conversationId, [window]);
    else known.push(window);
  }
  return windows;
}

/** Null for the newest of a conversation without a last place. */
function windowOf(end: TimelineEnd, lastSeq: unknown): Window | null {
  if (end.order === 'oldest') return { end, after: 0, upTo: end.entries, documents: [] };
  if (typeof lastSeq !== 'number') return null;
  return { end, after: Math.max(0, lastSeq - end.entries), upTo: Infinity, documents: [] };
}

function place(windows: Map<string, Window[]>, document: Document, bytes: number): void {
  const { conversationId, seq } = document;
  const id = String(conversationId);
  if (typeof seq !== 'number') windows.delete(id);
  for (const { after, upTo, documents } of windows.get(id) ?? []) {
    if (seq > after && seq <= upTo) documents.push({ document, bytes });
  }
}

/** Places have no gap: of an end with room there are no others. */
function inOrder({ end, after, documents }: Window): EndEntries {
  const isWhole = after === 0 && (end.order === 'newest' || documents.length < end.entries);
  const direction = end.order === 'oldest' ? 1 : -1;
  const sorted = documents.toSorted((a, b) => direction * (a.document['seq'] - b.document['seq']));
  return { documents: sorted, isWhole };
}
