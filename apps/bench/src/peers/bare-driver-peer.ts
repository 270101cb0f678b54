import type { Collection, Db } from 'mongodb';
import type { Peer, Said } from './peer.ts';

type StoredMessage = Said & { conversation: string; number: number; at: Date };

/** One insert a message and one find a read. Each conversation has one writer, who knows its next number. */
export async function bareDriverPeer(db: Db): Promise<Peer> {
  const messages: Collection<StoredMessage> = db.collection('bare_messages');
  await messages.createIndex({ conversation: 1, number: 1 }, { unique: true });
  const lengths = new Map<string, number>();
  return {
    name: 'bare driver',
    beside: 'Baton',
    async open() {
      const conversation = `conversation-${lengths.size}`;
      lengths.set(conversation, 0);
      return conversation;
    },
    append(conversation, { author, text }) {
      const number = (lengths.get(conversation) ?? 0) + 1;
      lengths.set(conversation, number);
      return messages.insertOne({ conversation, number, author, text, at: new Date() });
    },
    async list(conversation, limit = 0) {
      const found = await messages.find({ conversation }).sort({ number: -1 }).limit(limit).toArray();
      return found.toReversed().map(({ author, text }) => ({ author, text }));
    },
  };
}
