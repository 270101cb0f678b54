import { type Collection, type Document, type MongoClient, ObjectId } from 'mongodb';
import { cyclicElement } from './cyclic-element.ts';
import { messageText } from './message-text.ts';
import type { Contender } from './measure.ts';

export type BareDriverOptions = {
  client: MongoClient;
  conversations: Collection;
  timeline: Collection;
  /** As they are stored; caller n appends to the n-th, starting again after the last. */
  documents: readonly Document[];
};

/** The two writes of a customer message, as they are stored. */
export function customerMessageWrites(
  conversation: Document,
  number: number,
  text = messageText(number),
): { changes: Document; entry: Document } {
  const at = new Date();
  const author = { kind: 'customer' };
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
 * Makes the same two writes with the driver alone, one transaction a message. It checks and reads nothing: each
 * caller is the only one on its conversation and has it in memory.
 */
export function bareDriver({ client, conversations, timeline, documents }: BareDriverOptions): Contender {
  const current = [...documents];
  let number = 0;
  return {
    name: 'bare driver',
    async append(caller) {
      const index = caller % current.length;
      const conversation = cyclicElement(current, index);
      const { changes, entry } = customerMessageWrites(conversation, (number += 1));
      await using session = client.startSession();
      await session.withTransaction(async () => {
        // By `_id` alone is cheapest, and safe because nobody else changes it.
        const filter = { _id: conversation['_id'] };
        const { matchedCount } = await conversations.updateOne(filter, { $set: changes }, { session });
        if (matchedCount !== 1) throw new Error('Somebody else has changed the conversation');
        await timeline.insertOne(entry, { session });
      });
      current[index] = { ...conversation, ...changes };
    },
  };
}

/** The same for callers who share a conversation, so each reads it within its transaction. */
export function bareDriverSharedConversation(options: BareDriverOptions): Contender {
  const { client, conversations, timeline, documents } = options;
  const _id = cyclicElement(documents, 0)['_id'];
  let number = 0;
  return {
    name: 'bare driver',
    async append() {
      const messageNumber = (number += 1);
      await using session = client.startSession();
      await session.withTransaction(async () => {
        const found = await conversations.find({ _id }, { session }).limit(1).toArray();
        const { changes, entry } = customerMessageWrites(cyclicElement(found, 0), messageNumber);
        await conversations.updateOne({ _id }, { $set: changes }, { session });
        await timeline.insertOne(entry, { session });
      });
    },
  };
}
