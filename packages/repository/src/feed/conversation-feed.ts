import { Refusal } from '@baton/domain';
import type { ConversationId, SubscribeToConversation, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { readEntry } from '../schema/mapping.ts';
import { type Collections, unreadableRefusal } from '../schema/open-collections.ts';
import { type Feed, invalidEventId } from './feed.ts';
import type { FeedHub } from './hub.ts';
import { READ_TOGETHER, readInTurns } from './read-in-turns.ts';

/**
 * A conversation's entries after `lastEventId` (a `seq`), then each new one: in order, none missing, none twice.
 * Without an id, new ones only. Ends when `signal` is aborted.
 * @throws Refusal NOT_FOUND, UNREADABLE, INVALID_CURSOR, UNAVAILABLE, RATE_LIMITED
 */
export async function conversationFeed(
  collections: Collections,
  reads: ReadGate,
  feed: FeedHub,
  tenantId: TenantId,
  { conversationId, lastEventId }: SubscribeToConversation,
  signal: AbortSignal,
): Promise<Feed> {
  using attached = new DisposableStack();
  const subscription = attached.use(await feed.subscribe(tenantId, conversationId, signal));
  const entriesOf = { tenantId, conversationId: new ObjectId(conversationId) };
  const readLast = () =>
    reads.run(tenantId, 'quick', () => readLastSeq(collections, tenantId, conversationId));
  const lastSeq = await readLast();
  let sent = await startOf(lastEventId ?? null);

  async function startOf(position: string | null): Promise<number> {
    if (position === null) return lastSeq;
    const seq = /^\d+$/.test(position) ? Number(position) : Number.NaN;
    if (seq <= lastSeq) return seq;
    // An entry that nobody counted was given to a reader all the same.
    const entry = await collections.timeline.collection.findOne(
      { ...entriesOf, seq },
      { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    );
    if (entry === null) throw invalidEventId(position);
    return seq;
  }

  /** What has a number that is neither the next one nor one of the conversation's would hide all that come after. */
  async function* missed(counted: number): Feed {
    const cursor = collections.timeline.collection
      .find({ ...entriesOf, seq: { $gt: sent } }, { maxTimeMS: READ_TIMEOUT_MS, batchSize: READ_TOGETHER })
      .sort({ seq: 1 });
    for await (const document of readInTurns(cursor, (turn) => reads.run(tenantId, 'feed', turn))) {
      const entry = readEntry(collections, document);
      if (entry === null) continue;
      if (entry.seq > counted && entry.seq !== sent + 1) return;
      sent = entry.seq;
      yield { id: String(entry.seq), entry };
    }
  }

  async function* read(): Feed {
    using reader = subscription;
    yield* missed(lastSeq);
    for (;;) {
      const next = await reader.next();
      if (next === null) return;
      const seq = next.kind === 'event' ? next.event.entry.seq : Infinity;
      if (seq <= sent) continue;
      if (next.kind === 'event' && seq === sent + 1) {
        sent = seq;
        yield { id: String(seq), entry: next.event.entry };
      } else {
        yield* missed(await readLastSeq(collections, tenantId, conversationId));
      }
    }
  }

  // From here on it stays attached until the generator ends or the signal is aborted.
  attached.move();
  return read();
}

/** @throws Refusal NOT_FOUND, UNREADABLE */
async function readLastSeq(
  { conversations }: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
): Promise<number> {
  const filter = { tenantId, _id: new ObjectId(conversationId) };
  const options = { projection: { lastSeq: 1 }, maxTimeMS: READ_TIMEOUT_MS };
  const found = await conversations.collection.findOne(filter, options);
  if (found === null) throw new Refusal('NOT_FOUND', 'No such conversation');
  const lastSeq: unknown = found['lastSeq'];
  if (!Number.isSafeInteger(lastSeq)) throw unreadableRefusal('conversations');
  return Number(lastSeq);
}
