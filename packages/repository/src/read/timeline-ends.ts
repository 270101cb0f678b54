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

type Window = EndEntries & { end: TimelineEnd; after: number; upTo: number };

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
  return new Map([...windows.values()].flat().map((window) => [window.end, inOrder(window)]));
}

/** Which places each end has, by conversation; a conversation's latest place is read first. */
async function windowsOf(
  { conversations }: Collections,
  tenantId: TenantId,
  ends: readonly TimelineEnd[],
): Promise<Map<string, Window[]>> {
  const ids = [...new Set(ends.map(({ conversationId }) => conversationId))].map((id) => new ObjectId(id));
  const found = await conversations.collection
    .find({ tenantId, _id: { $in: ids } }, { projection: { lastSeq: 1 }, maxTimeMS: READ_TIMEOUT_MS })
    .toArray();
  const lastSeqs = new Map(found.map(({ _id, lastSeq }) => [String(_id), lastSeq]));
  const windows = new Map<string, Window[]>();
  for (const end of ends) {
    const lastSeq: unknown = lastSeqs.get(end.conversationId);
    if (typeof lastSeq !== 'number') continue;
    const isOldest = end.order === 'oldest';
    const after = isOldest ? 0 : Math.max(0, lastSeq - end.entries);
    const upTo = isOldest ? end.entries : Infinity;
    const isWhole = after === 0 && upTo >= lastSeq;
    const known = windows.get(end.conversationId) ?? [];
    windows.set(end.conversationId, [...known, { end, after, upTo, isWhole, documents: [] }]);
  }
  return windows;
}

function place(windows: Map<string, Window[]>, document: Document, bytes: number): void {
  const { conversationId, seq } = document;
  const id = String(conversationId);
  if (typeof seq !== 'number') windows.delete(id);
  for (const { after, upTo, documents } of windows.get(id) ?? []) {
    if (seq > after && seq <= upTo) documents.push({ document, bytes });
  }
}

function inOrder({ end, documents, isWhole }: Window): EndEntries {
  const direction = end.order === 'oldest' ? 1 : -1;
  const sorted = documents.toSorted((a, b) => direction * (a.document['seq'] - b.document['seq']));
  return { documents: sorted, isWhole };
}
