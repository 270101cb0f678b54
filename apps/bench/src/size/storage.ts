import type { Db } from 'mongodb';

/** Bytes that a part of the store takes for each message. */
export type StorageRow = {
  part: string;
  /** Documents as they are, uncompressed. */
  data: number;
  /** The files of the documents, compressed. */
  disk: number;
  /** The files of the indexes. */
  index: number;
  /** What of both lies in mongod's cache. */
  cache: number;
};

/** What grows with the hours in which a tenant has messages, not with the messages. */
export const FIGURES = 'figures by the hour';

const PARTS: Record<string, string> = {
  timeline: 'timeline',
  conversations: 'conversations',
  active_conversations: 'conversations',
  snapshots: 'snapshots',
  metrics_buckets: FIGURES,
  metrics_spans: FIGURES,
  counted_conversations: 'conversations, as counted',
};

type Added = Pick<StorageRow, 'cache'> & Partial<StorageRow>;

/** The cost of a message, as mongod counts it after a checkpoint. */
export async function storageOf(db: Db, messages: number): Promise<StorageRow[]> {
  // Sizes of files are as of the last checkpoint.
  await db.admin().command({ fsync: 1 });
  const rows = new Map<string, StorageRow>();
  const add = (part: string, { data = 0, disk = 0, index = 0, cache }: Added) => {
    const row = rows.get(part) ?? { part, data: 0, disk: 0, index: 0, cache: 0 };
    row.data += data / messages;
    row.disk += disk / messages;
    row.index += index / messages;
    row.cache += cache / messages;
    rows.set(part, row);
  };
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    const stats = await db.command({ collStats: name, indexDetails: true });
    const part = PARTS[name] ?? 'all else';
    add(part, { data: stats['size'], disk: stats['storageSize'], cache: cachedBytes(stats['wiredTiger']) });
    for (const [index, bytes] of Object.entries<number>(stats['indexSizes'])) {
      const cache = cachedBytes(stats['indexDetails'][index]);
      add(index === 'by_text' ? 'text index of the timeline' : part, { index: bytes, cache });
    }
  }
  return [...rows.values()].toSorted((a, b) => b.disk + b.index - (a.disk + a.index));
}

const CACHED = 'bytes currently in the cache';

const cachedBytes = ({ cache }: { cache: { [CACHED]: number } }): number => cache[CACHED];
