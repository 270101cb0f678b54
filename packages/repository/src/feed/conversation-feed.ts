import { Refusal } from '@baton/domain';
import type { SubscribeToConversation, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { entryOf } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { type Feed, invalidEventId } from './feed.ts';
import type { FeedHub } from './hub.ts';
import { READ_TOGETHER, readInTurns } from './read-in-turns.ts';

/**
 * A conversation's entries after `lastEventId` (a `seq`), then each new one: in order, none missing, none twice.
 * Without an id, new ones only. Ends when `signal` is aborted.
 * @throws Refusal NOT_FOUND, INVALID_CURSOR, UNAVAILABLE, RATE_LIMITED
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
  const filter = { tenantId, _id: new ObjectId(conversationId) };
  const found = await reads.run(tenantId, 'quick', () =>
    collections.conversations.collection.findOne(filter, {
      projection: { lastSeq: 1 },
      maxTimeMS: READ_TIMEOUT_MS,
    }),
  );
  if (found === null) throw new Refusal('NOT_FOUND', 'No such conversation');
  const lastSeq = Number(found['lastSeq']);
  let sent = lastEventId == null ? lastSeq : /^\d+$/.test(lastEventId) ? Number(lastEventId) : NaN;
  if (!(sent <= lastSeq)) throw invalidEventId(lastEventId ?? '');

  async function* missed(): Feed {
    const cursor = collections.timeline.collection
      .find(
        { tenantId, conversationId: new ObjectId(conversationId), seq: { $gt: sent } },
        { maxTimeMS: READ_TIMEOUT_MS, batchSize: READ_TOGETHER },
      )
      .sort({ seq: 1 });
    for await (const document of readInTurns(cursor, (turn) => reads.run(tenantId, 'feed', turn))) {
      const entry = entryOf(collections.timeline.decode(document));
      sent = entry.seq;
      yield { id: String(entry.seq), entry };
    }
  }

  async function* read(): Feed {
    using reader = subscription;
    yield* missed();
    for (;;) {
      const next = await reader.next();
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

  // From here on it stays attached until the generator ends or the signal is aborted.
  attached.move();
  return read();
}
