import { startMongod } from '@baton/mongod';
import { type Document, MongoClient } from 'mongodb';

import { type TestDatabase, withDatabase } from './database.ts';

/** How mongod shall fail: the data of MongoDB's `failCommand`. */
export interface Failure {
  failCommands: string[];
  /** How many commands fail. */
  times: number;
  /** What else `failCommand` takes: `errorCode`, `closeConnection`, `blockConnection` … */
  [option: string]: unknown;
}

export interface FaultyDatabase extends TestDatabase {
  /** Does something while mongod fails commands on one collection; on none where it is null, as a commit is. */
  whileFailing<Answer>(
    collection: string | null,
    failure: Failure,
    work: () => Promise<Answer>,
  ): Promise<Answer>;
}

/**
 * A new, empty database on a mongod of its own. A mongod has one `failCommand`, so what sets it must not share
 * the run's mongod: tests side by side would switch each other's off.
 */
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
      await fail({ times }, { ...data, ...namespace });
      try {
        return await work();
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
