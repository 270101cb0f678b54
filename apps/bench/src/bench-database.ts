import { provideMongodb } from '@baton/mongod';
import { MongoClient } from 'mongodb';
import { withDatabaseName } from './database-name.ts';

/** Databases of a bench's own, on the given MongoDB or an embedded one; they are dropped with it. */
export type BenchDatabase = AsyncDisposable & {
  uri: string;
  isEmbedded: boolean;
  /** One more. */
  uriOf: (part: string) => string;
};

/** @param name may have letters, digits and `_` */
export async function openBenchDatabase(name: string): Promise<BenchDatabase> {
  const mongodb = await provideMongodb({
    uri: process.env['BATON_TEST_MONGODB_URI'] || undefined,
    cacheSizeGb: 1,
  });
  const uris = new Set<string>();
  const uriOf = (part: string) => {
    const uri = withDatabaseName(mongodb.uri, `baton_${part}_${process.pid}`);
    uris.add(uri);
    return uri;
  };
  return {
    uri: uriOf(name),
    isEmbedded: mongodb.embedded,
    uriOf: (part) => uriOf(`${name}_${part}`),
    async [Symbol.asyncDispose]() {
      for (const uri of uris) {
        await using client = new MongoClient(uri);
        await client.db().dropDatabase();
      }
      await mongodb[Symbol.asyncDispose]();
    },
  };
}
