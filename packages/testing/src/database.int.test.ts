import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';

import { testDatabase, withDatabase } from './database.ts';

test('a test database is its own, and gone when it is disposed of', async () => {
  await using other = await testDatabase();
  await using client = await connected(other.uri);
  let name: string;
  {
    await using database = await testDatabase();
    name = database.name;
    await using own = await connected(database.uri);
    await own.db().collection('things').insertOne({ a: 1 });
    expect(own.db().databaseName).toBe(name);
    expect(await databaseNames(client)).toContain(name);
    expect(await client.db().collection('things').countDocuments()).toBe(0);
  }
  expect(await databaseNames(client)).not.toContain(name);
});

test('a test database takes transactions', async () => {
  await using database = await testDatabase();
  await using client = await connected(database.uri);
  const things = client.db().collection('things');
  await client.withSession((session) =>
    session.withTransaction(async () => {
      await things.insertOne({ a: 1 }, { session });
      await things.insertOne({ a: 2 }, { session });
    }),
  );
  expect(await things.countDocuments()).toBe(2);
});

test.each([
  ['mongodb://h:1', 'mongodb://h:1/d'],
  ['mongodb://h:1,i:2/?replicaSet=r', 'mongodb://h:1,i:2/d?replicaSet=r'],
  ['mongodb+srv://h/old?w=1', 'mongodb+srv://h/d?w=1'],
  ['mongodb://u:p@h/', 'mongodb://u:p@h/d?authSource=admin'],
  ['mongodb://u:p@h/old?w=1', 'mongodb://u:p@h/d?w=1&authSource=old'],
  ['mongodb://u:p@h/?authSource=x', 'mongodb://u:p@h/d?authSource=x'],
])('%s with another database is %s', (uri, expected) => {
  expect(withDatabase(uri, 'd')).toBe(expected);
});

test('what is no connection string is refused', () => {
  expect(() => withDatabase('http://h/', 'd')).toThrow('not a MongoDB connection string');
});

const connected = (uri: string) => MongoClient.connect(uri);

async function databaseNames(client: MongoClient): Promise<string[]> {
  const { databases } = await client.db().admin().listDatabases();
  return databases.map(({ name }) => name);
}
