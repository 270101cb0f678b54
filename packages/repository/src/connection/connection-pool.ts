import type { MongoClient } from 'mongodb';

/** The connections of a MongoClient at one moment. */
export interface PoolLoad {
  open: number;
  inUse: number;
  /** Operations that wait for a connection. */
  waiting: number;
  /** Waits that ended without one, since the beginning. */
  refused: number;
}

/** Follows the connections of a client by the events of its pools; made before its first operation it misses none. */
export function watchPool(client: MongoClient): () => PoolLoad {
  const load: PoolLoad = { open: 0, inUse: 0, waiting: 0, refused: 0 };
  client
    .on('connectionCreated', () => (load.open += 1))
    .on('connectionClosed', () => (load.open -= 1))
    .on('connectionCheckOutStarted', () => (load.waiting += 1))
    .on('connectionCheckedOut', () => {
      load.waiting -= 1;
      load.inUse += 1;
    })
    .on('connectionCheckOutFailed', () => {
      load.waiting -= 1;
      load.refused += 1;
    })
    .on('connectionCheckedIn', () => (load.inUse -= 1));
  return () => ({ ...load });
}
