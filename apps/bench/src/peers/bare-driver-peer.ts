import type { Collection, Db } from 'mongodb';
import type { Peer, Said } from './peer.ts';

type StoredMessage = Said & { conversation: string; number: number; at: Date };

/** One insert a message and one find a read. There is one writer, who counts the messages. */
export async function bareDriverPeer(db: Db): Promise<Peer> {
  const messages: Collection<StoredMessage> = db.collection('bare_messages');
  await messages.createIndex({ conversation: 1, number: 1 }, { unique: true });
  let opened = 0;
  let appended = 0;
  return {
    name: 'bare driver',
    beside: 'Baton',
    async open() {
      opened += 1;
      return `conversation-${opened}`;
    },
    append(conversation, { author, text }) {
      appended += 1;
      return messages.insertOne({ conversation, number: appended, author, text, at: new Date() });
    },
    async list(conversation, limit = 0) {
      const found = await messages.find({ conversation }).sort({ number: -1 }).limit(limit).toArray();
      return found.toReversed().map(({ author, text }) => ({ author, text }));
    },
  };
}
