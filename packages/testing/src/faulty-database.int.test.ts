import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';

import { faultyDatabase } from './faulty-database.ts';

test('mongod fails commands on the named collection as often as told, and only meanwhile', async () => {
  await using database = await faultyDatabase();
  await using client = await MongoClient.connect(database.uri);
  const things = client.db().collection('things');
  const failure = { failCommands: ['insert'], times: 2, errorCode: 11_601 };
  const answer = await database.whileFailing('things', failure, async () => {
    await expect(things.insertOne({ a: 1 })).rejects.toMatchObject({ code: 11_601 });
    await client.db().collection('others').insertOne({ a: 1 });
    return 'done';
  });
  expect(answer).toBe('done');
  await things.insertOne({ a: 2 });
  expect(await things.countDocuments()).toBe(1);
});
