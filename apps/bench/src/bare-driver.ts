import { type Collection, type Document, type MongoClient, ObjectId } from 'mongodb';
import { element } from './element.ts';
import { messageText } from './message-text.ts';
import type { Contender } from './turn.ts';

export type BareDriverOptions = {
  client: MongoClient;
  conversations: Collection;
  timeline: Collection;
  /** As they are stored; caller n appends to the n-th, modulo how many there are. */
  documents: readonly Document[];
};

/** What one more message of the customer changes in the conversation, and its entry, in their stored form. */
export function withMessage(conversation: Document, number: number): { changes: Document; entry: Document } {
  const at = new Date();
  const author = { kind: 'customer' };
  const text = messageText(number);
  const seq = conversation['lastSeq'] + 1;
  const version = conversation['version'] + 1;
  const { metrics, _id: conversationId, tenantId, channel } = conversation;
  return {
    changes: {
      metrics: {
        ...metrics,
        messages: metrics.messages + 1,
        customerMessages: metrics.customerMessages + 1,
        interactionCount: metrics.interactionCount + 1,
        waitingSince: metrics.waitingSince ?? at,
      },
      lastMessage: { seq, author, preview: text, at },
      lastSeq: seq,
      version,
      updatedAt: at,
    },
    entry: {
      _id: new ObjectId(),
      tenantId,
      channel,
      conversationId,
      seq,
      version,
      at,
      actor: author,
      kind: 'message',
      clientMessageId: `bare-${number}`,
      author,
      text,
      visibility: 'public',
      redactedAt: null,
    },
  };
}

/**
 * A loop on the driver alone that makes the same two writes, one transaction a message. It decides and checks
 * nothing, and reads nothing either: each caller is the only one on its conversation and has it in memory.
 */
export function bareDriver({ client, conversations, timeline, documents }: BareDriverOptions): Contender {
  const current = [...documents];
  let number = 0;
  return {
    name: 'bare driver',
    async append(caller) {
      const place = caller % current.length;
      const known = element(current, place);
      const { changes, entry } = withMessage(known, (number += 1));
      await using session = client.startSession();
      await session.withTransaction(async () => {
        // By `_id` alone, the cheapest way: nobody else changes it.
        const filter = { _id: known['_id'] };
        const { matchedCount } = await conversations.updateOne(filter, { $set: changes }, { session });
        if (matchedCount !== 1) throw new Error('Somebody else has changed the conversation');
        await timeline.insertOne(entry, { session });
      });
      current[place] = { ...known, ...changes };
    },
  };
}

/** The same for callers who share a conversation: each has to read it within its transaction. */
export function bareDriverSharing(options: BareDriverOptions): Contender {
  const { client, conversations, timeline, documents } = options;
  const _id = element(documents, 0)['_id'];
  let number = 0;
  return {
    name: 'bare driver',
    async append() {
      const mine = (number += 1);
      await using session = client.startSession();
      await session.withTransaction(async () => {
        const known = await conversations.find({ _id }, { session }).limit(1).toArray();
        const { changes, entry } = withMessage(element(known, 0), mine);
        await conversations.updateOne({ _id }, { $set: changes }, { session });
        await timeline.insertOne(entry, { session });
      });
    },
  };
}
