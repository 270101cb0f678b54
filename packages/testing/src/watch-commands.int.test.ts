import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { testDatabase } from './database.ts';
import { watchable, watchCommands } from './watch-commands.ts';

test('commands of any client of the process are told, until it ends', async () => {
  await using database = await testDatabase();
  await using client = new MongoClient(watchable(database.uri));
  const commands: unknown[] = [];
  const find = (age: number) => client.db().collection('people').findOne({ age });
  const watch = watchCommands((name, command) => commands.push([name, command['filter']]));
  await find(40);
  watch[Symbol.dispose]();
  await find(50);
  expect(commands).toEqual([['find', { age: 40 }]]);
  expect(watchable('mongodb://db.example/baton')).toBe('mongodb://db.example/baton?monitorCommands=true');
});
