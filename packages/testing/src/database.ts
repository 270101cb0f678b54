import { randomUUID } from 'node:crypto';

import { MongoClient } from 'mongodb';
import { inject } from 'vitest';

import './mongod-setup.ts';

export interface TestDatabase extends AsyncDisposable {
  /** Has this database as its default. */
  uri: string;
  name: string;
}

/** A new, empty database of the run's mongod, dropped on dispose. Needs `database: true` in the Vitest config. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = inject('mongodbUri');
  if (!server) throw new Error('no mongod runs for these tests: set `database: true` in vitest.config.ts');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const uri = withDatabase(server, name);
  return {
    uri,
    name,
    async [Symbol.asyncDispose]() {
      const client = new MongoClient(uri);
      try {
        await client.db(name).dropDatabase();
      } finally {
        await client.close();
      }
    },
  };
}

const CONNECTION_STRING = /^(?<hosts>mongodb(?:\+srv)?:\/\/[^/?]+)\/?(?<database>[^?]*)\??(?<options>.*)$/;

/** The connection string with another default database; a user still authenticates against the same one. */
export function withDatabase(uri: string, name: string): string {
  const { hosts, database, options } = CONNECTION_STRING.exec(uri)?.groups ?? {};
  if (hosts === undefined) throw new Error('not a MongoDB connection string');
  const known = new URLSearchParams(options);
  if (hosts.includes('@') && !known.has('authSource') && !known.has('authMechanism'))
    known.set('authSource', database || 'admin');
  const query = known.toString();
  return `${hosts}/${encodeURIComponent(name)}${query && `?${query}`}`;
}
