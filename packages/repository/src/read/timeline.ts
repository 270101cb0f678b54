import type { Entry, EntryKind, ReadTimeline, TenantId, TimelinePage } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { NOT_BY_KIND } from '../schema/collections.ts';
import { readEntry } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { requireConversation } from './conversation.ts';
import { PageBytes, readItems } from './page-bytes.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/**
 * The filter of some kinds of a conversation's entries, with the index that gives them in order. Without messages
 * that is the partial one, which mongod reads in order only if each kind is asked for by itself.
 */
function entriesOf(
  place: TenantFilter,
  kinds: readonly EntryKind[] | undefined,
): { filter: TenantFilter; index: string } {
  // What cannot be read may have any kind in the store.
  if (kinds === undefined || kinds.includes('unknown')) return { filter: place, index: 'by_seq' };
  if (kinds.some((kind) => NOT_BY_KIND.has(kind)))
    return { filter: { ...place, kind: { $in: kinds } }, index: 'by_seq' };
  return { filter: { $or: kinds.map((kind) => ({ ...place, kind })) }, index: 'by_conversation_kind' };
}

/** How many entries are read at once where few of them may be wanted. */
const SPARSE_BATCH = 500;

/**
 * The entries between two places, oldest first; with `beforeSeq` alone, the newest before it.
 * @throws Refusal NOT_FOUND
 */
async function read(
  collections: Collections,
  tenantId: TenantId,
  input: ReadTimeline,
): Promise<TimelinePage> {
  const { conversationId, afterSeq, beforeSeq, kinds, limit } = input;
  const isBackward = beforeSeq !== undefined && afterSeq === undefined;
  const seq = { $gt: afterSeq ?? 0, ...(beforeSeq !== undefined && { $lt: beforeSeq }) };
  const place = { tenantId, conversationId: new ObjectId(conversationId), seq };
  const { filter, index } = entriesOf(place, kinds && [...new Set(kinds)]);
  const find = (raw: boolean) =>
    collections.timeline.collection
      .find(filter, { maxTimeMS: READ_TIMEOUT_MS, raw })
      .sort({ seq: isBackward ? -1 : 1 })
      .hint(index);
  const isWanted = (entry: Entry | null): entry is Entry =>
    entry !== null && (kinds === undefined || kinds.includes(entry.kind));

  /** The wanted ones of the first that match, with one more to know whether there are more. */
  async function readFirst(): Promise<TimelinePage> {
    const decode = (document: Document) => readEntry(collections, document);
    const { items, isCut } = await readItems(find(true).limit(limit + 1), decode);
    return { items: items.slice(0, limit).filter(isWanted), more: isCut || items.length > limit };
  }

  /** The first that are wanted, however many others lie between them. */
  async function readOn(): Promise<TimelinePage> {
    const items: Entry[] = [];
    const bytes = new PageBytes();
    for await (const document of find(false).batchSize(SPARSE_BATCH)) {
      const entry = readEntry(collections, document);
      if (!isWanted(entry)) continue;
      if (items.length === limit || !bytes.takes(entry)) return { items, more: true };
      items.push(entry);
    }
    return { items, more: false };
  }

  const first = kinds?.includes('unknown') === true ? null : await readFirst();
  const isPage = first !== null && (first.items.length > 0 || !first.more);
  const { items, more } = isPage ? first : await readOn();
  if (items.length === 0) await requireConversation(collections, tenantId, conversationId);
  return { items: isBackward ? items.toReversed() : items, more };
}

export const timelineQueries = { read };
