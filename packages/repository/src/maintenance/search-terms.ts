import { isDeepStrictEqual } from 'node:util';
import { type Document, ObjectId } from 'mongodb';
import { isDuplicate } from '../connection/duplicate-key.ts';
import type { Collections } from '../schema/open-collections.ts';
import { searchTermsDocument } from '../read/search/search-terms.ts';
import { UNSPACED_PATTERN } from '../read/search/unspaced.ts';
import { batchesOf, catchUp, noteCaughtUp } from './catch-up.ts';

const NAME = 'search_terms';

/** How many messages came into `search_terms` or were put right, and how many left it. */
export type SearchTermsReport = { written: number; removed: number };

export type SearchTermsOptions = {
  signal?: AbortSignal;
  /** How many messages in scripts without spaces have been looked at. */
  onProgress?: (done: number) => void;
};

/**
 * Brings `search_terms` to what the timelines have. Servers of the version before write and redact messages without
 * it, so it is done again after they have gone. Any number of processes may do it at once.
 */
export async function rebuildSearchTerms(
  collections: Collections,
  options: SearchTermsOptions = {},
): Promise<SearchTermsReport> {
  const began = collections.clock.now();
  const { written } = await follow(collections, ObjectId.createFromTime(0), options);
  const removed = await removeOrphans(collections);
  await noteCaughtUp(collections, NAME, began);
  return { written, removed };
}

/**
 * The same for what was written lately, and only once for all servers in some minutes.
 * @returns null where another server does it, or has done it, or no migration has made the collection yet
 */
export function catchUpSearchTerms(collections: Collections): Promise<SearchTermsReport | null> {
  return catchUp(collections, NAME, (since, signal) => follow(collections, since, { signal }));
}

/** Goes through messages and redactions from an id on. */
async function follow(
  collections: Collections,
  from: ObjectId,
  { signal, onProgress }: SearchTermsOptions,
): Promise<SearchTermsReport> {
  const report: SearchTermsReport = { written: 0, removed: 0 };
  let done = 0;
  const written = collections.timeline
    .acrossTenants('roll-up')
    .find(
      {
        _id: { $gte: from },
        $or: [
          { kind: 'message', redactedAt: null, text: { $regex: UNSPACED_PATTERN } },
          { kind: 'redaction' },
        ],
      },
      { hint: '_id_' },
    )
    .sort({ _id: 1 });
  for await (const batch of batchesOf(written)) {
    signal?.throwIfAborted();
    const ofKind = (wanted: string) => batch.filter(({ kind }) => kind === wanted);
    report.written += await writeMissing(collections, ofKind('message'));
    report.removed += await removeRedacted(collections, ofKind('redaction'));
    done += batch.length;
    onProgress?.(done);
  }
  return report;
}

async function writeMissing(
  { timeline, search_terms: terms }: Collections,
  documents: readonly Document[],
): Promise<number> {
  const found = await terms
    .acrossTenants('roll-up')
    .find({ _id: { $in: documents.map(({ _id }) => _id) } })
    .toArray();
  const stored = new Map(found.map((document) => [document._id.toHexString(), document]));
  const writes = documents.flatMap((document) => {
    const message = timeline.tryDecode(document);
    // What cannot be read is another report's.
    if (message?.kind !== 'message') return [];
    const { _id, tenantId } = message;
    const wanted = searchTermsDocument(tenantId, _id, message);
    if (wanted === null) return [];
    const replacement = terms.encode(wanted);
    if (isDeepStrictEqual(stored.get(_id), replacement)) return [];
    const { conversationId } = replacement;
    return [
      {
        replaceOne: { filter: { _id: document['_id'], tenantId, conversationId }, replacement, upsert: true },
      },
    ];
  });
  if (writes.length === 0) return 0;
  try {
    await terms.collection.bulkWrite(writes, { ordered: false });
  } catch (error) {
    // Another process has written the same meanwhile.
    if (!isDuplicate(error)) throw error;
  }
  await removeWordless({ timeline, search_terms: terms }, documents);
  return writes.length;
}

/** Some may have been redacted or erased between the look and the write. */
async function removeWordless(
  { timeline, search_terms: terms }: Pick<Collections, 'timeline' | 'search_terms'>,
  documents: readonly Document[],
): Promise<void> {
  const wordless = await timeline
    .acrossTenants('roll-up')
    .find(
      { _id: { $in: documents.map(({ _id }) => _id) }, redactedAt: { $ne: null } },
      { projection: { _id: 1 } },
    )
    .toArray();
  if (wordless.length > 0)
    await terms.acrossTenants('roll-up').deleteMany({ _id: { $in: wordless.map(({ _id }) => _id) } });
}

async function removeRedacted(
  { search_terms: terms }: Collections,
  redactions: readonly Document[],
): Promise<number> {
  if (redactions.length === 0) return 0;
  const { deletedCount } = await terms.collection.bulkWrite(
    redactions.map(({ tenantId, conversationId, targetSeq }) => ({
      deleteOne: { filter: { tenantId, conversationId, seq: targetSeq } },
    })),
    { ordered: false },
  );
  return deletedCount;
}

/** Removes what stands for messages that are gone or have nothing to say any more. */
async function removeOrphans({ search_terms, timeline }: Collections): Promise<number> {
  const terms = search_terms.acrossTenants('check');
  const orphans = terms.aggregate([
    { $sort: { _id: 1 } },
    { $project: { _id: 1 } },
    {
      $lookup: {
        from: timeline.collection.collectionName,
        localField: '_id',
        foreignField: '_id',
        pipeline: [{ $match: { redactedAt: null } }, { $project: { _id: 1 } }],
        as: 'message',
      },
    },
    { $match: { message: [] } },
  ]);
  let removed = 0;
  for await (const { _id } of orphans) removed += (await terms.deleteOne({ _id })).deletedCount;
  return removed;
}
