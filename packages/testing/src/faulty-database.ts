import { startMongod } from '@baton/mongod';
import { type Document, MongoClient } from 'mongodb';

import { type TestDatabase, withDatabase } from './database.ts';

/** The data of MongoDB's fail point `failCommand`. */
export interface Failure {
  failCommands: string[];
  /** How many commands fail. */
  times: number;
  /** `errorCode`, `closeConnection`, `blockConnection` … */
  [option: string]: unknown;
}

export interface FaultyDatabase extends TestDatabase {
  /**
   * Does `work` while commands on one collection fail; null for commands that have none, such as a commit.
   * `failed` waits until so many have failed.
   */
  whileFailing<Answer>(
    collection: string | null,
    failure: Failure,
    work: (failed: (times: number) => Promise<void>) => Promise<Answer>,
  ): Promise<Answer>;
}

const LONGEST_WAIT_MS = 10_000;

/** An empty database on a mongod of its own: `failCommand` is one for a whole mongod. */
export async function faultyDatabase(name = 'faulty'): Promise<FaultyDatabase> {
  const mongod = await startMongod({ parameters: { enableTestCommands: 1 } });
  const uri = withDatabase(mongod.uri, name);
  const client = new MongoClient(uri);
  const fail = (mode: Document | 'off', data?: Document) =>
    client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(data && { data }) });
  return {
    uri,
    name,
    async whileFailing(collection, { times, ...data }, work) {
      const namespace = collection === null ? {} : { namespace: `${name}.${collection}` };
      const { count } = await fail({ times }, { ...data, ...namespace });
      const failed = async (wanted: number) => {
        const timesEntered = Number(count) + wanted;
        const command = { waitForFailPoint: 'failCommand', timesEntered, maxTimeMS: LONGEST_WAIT_MS };
        await client.db('admin').command(command);
      };
      try {
        return await work(failed);
      } finally {
        await fail('off');
      }
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await mongod.stop();
    },
  };
}
