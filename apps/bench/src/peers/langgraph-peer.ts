import { copyCheckpoint, emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint';
import { MongoDBSaver } from '@langchain/langgraph-checkpoint-mongodb';
import type { MongoClient } from 'mongodb';
import type { Peer, Said } from './peer.ts';

/**
 * LangGraph's saver with its own indexes. A checkpoint holds the whole history, so an append reads the newest one and
 * writes the next, as a graph that is invoked with one message does.
 */
export async function langgraphPeer(client: MongoClient, dbName: string): Promise<Peer> {
  const saver = new MongoDBSaver({ client, dbName });
  const errors = await saver.setup();
  if (errors.length > 0) throw new AggregateError(errors, 'The indexes of the saver cannot be built');
  const configOf = (thread: string) => ({ configurable: { thread_id: thread, checkpoint_ns: '' } });
  // What `append` has put there.
  const saidIn = (values: Record<string, unknown>) => (values['messages'] ?? []) as Said[];
  let opened = 0;
  return {
    name: "LangGraph's MongoDB saver",
    beside: 'Baton',
    async open() {
      opened += 1;
      return `thread-${opened}`;
    },
    async append(thread, said) {
      const found = await saver.getTuple(configOf(thread));
      const current = found ? copyCheckpoint(found.checkpoint) : emptyCheckpoint();
      const messages = [...saidIn(current.channel_values), said];
      const next = {
        ...current,
        id: uuid6(messages.length),
        ts: new Date().toISOString(),
        channel_values: { messages },
        channel_versions: { messages: messages.length },
      };
      const metadata = { source: 'loop' as const, step: messages.length, parents: {} };
      await saver.put(found?.config ?? configOf(thread), next, metadata);
    },
    async list(thread, limit = 0) {
      const found = await saver.getTuple(configOf(thread));
      return saidIn(found?.checkpoint.channel_values ?? {}).slice(-limit);
    },
  };
}
