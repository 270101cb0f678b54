import { testDatabase } from '@baton/testing';
import { MongoClient } from 'mongodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openBenchDatabase } from './bench-database.ts';

test('the databases of a bench lie on the MongoDB that is given, and go with it', async () => {
  await using given = await testDatabase();
  vi.stubEnv('BATON_TEST_MONGODB_URI', given.uri);
  onTestFinished(() => void vi.unstubAllEnvs());
  await using client = new MongoClient(given.uri);
  const names = async () => {
    const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
    return databases.map(({ name }) => name).filter((name) => name.endsWith(`_${process.pid}`));
  };
  {
    await using bench = await openBenchDatabase('trial');
    expect(bench.isEmbedded).toBe(false);
    for (const uri of [bench.uri, bench.uriOf('one')]) {
      await using own = new MongoClient(uri);
      await own.db().collection('figures').insertOne({ of: 'a bench' });
    }
    expect(await names()).toEqual([`baton_trial_${process.pid}`, `baton_trial_one_${process.pid}`]);
  }
  expect(await names()).toEqual([]);
});
