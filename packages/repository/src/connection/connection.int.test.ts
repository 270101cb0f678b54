import { createServer } from 'node:net';
import { testDatabase } from '@baton/testing';
import { describe, expect, it } from 'vitest';
import { connect, StoreUnavailable } from './connection.ts';

describe('a connection', () => {
  it('is to the database that its string names', async () => {
    await using database = await testDatabase();
    await using connection = await connect(database.uri);
    expect(connection.db.databaseName).toBe(database.name);
    expect(await connection.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('is to the database baton where its string names none', async () => {
    await using database = await testDatabase();
    await using connection = await connect(database.uri.replace(`/${database.name}`, '/'));
    expect(connection.db.databaseName).toBe('baton');
  });

  it('waits for nothing without an end, and reads and writes what a majority has', async () => {
    await using database = await testDatabase();
    await using connection = await connect(database.uri, { appName: 'a test', socketTimeoutMs: 7_000 });
    expect(connection.client.options).toMatchObject({
      appName: 'a test',
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 5_000,
      waitQueueTimeoutMS: 5_000,
      heartbeatFrequencyMS: 1_000,
      socketTimeoutMS: 7_000,
      ignoreUndefined: true,
      retryWrites: true,
      writeConcern: { w: 'majority' },
      readConcern: { level: 'majority' },
    });
  });

  it('does not come to be with nobody at the other end, and keeps the password to itself', async () => {
    const port = await freePort();
    const error = await failure(`mongodb://annabel:s3cret@127.0.0.1:${port}/shop`);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toContain(`MongoDB at 127.0.0.1:${port} cannot be used`);
    expect(error.message).not.toMatch(/annabel|s3cret/);
  });

  it.each([
    ['nonsense', 'nonsense', 'nonsense'],
    ['', '', 'no host'],
    ['a password with a slash', 'mongodb://ann:s3/cret@db.example:27017/shop', 'db.example:27017'],
    ['a password with an @', 'mongodb://ann:s3@cret@db.example:27017/shop?w=x', 'db.example:27017'],
    ['an option that does not exist', 'mongodb://ann:s3cret@db.example/?never=1', 'db.example'],
  ])('does not come of a malformed string, whose password nobody reads: %s', async (_, uri, host) => {
    const error = await failure(uri);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toBe(`The connection string of MongoDB at ${host} is malformed`);
    expect(error.cause).toBeUndefined();
  });
});

async function failure(uri: string): Promise<Error> {
  const reason: unknown = await connect(uri).catch((error: unknown) => error);
  if (!(reason instanceof Error)) throw new Error('It connected');
  return reason;
}

/** A port that nobody listens on: it was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('No port'));
        else resolve(address.port);
      });
    });
  });
}
