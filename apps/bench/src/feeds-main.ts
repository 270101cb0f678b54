import { parseArgs } from 'node:util';
import { provideMongodb } from '@baton/mongod';
import { MongoClient } from 'mongodb';
import { withDatabaseName } from './database-name.ts';
import { benchFeeds } from './feeds/feeds-bench.ts';
import { formatFeeds } from './feeds/format-feeds.ts';

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '2000' },
    events: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const [readers, events] = [Number(values.readers), Number(values.events)];
if (![readers, events].every((value) => Number.isInteger(value) && value > 0)) {
  console.error('Usage: pnpm bench:feeds [--readers 2000] [--events 20] [--json]');
  process.exit(2);
}

await using mongodb = await provideMongodb({ uri: process.env['BATON_TEST_MONGODB_URI'] || undefined });
const uri = withDatabaseName(mongodb.uri, `baton_bench_feeds_${process.pid}`);
try {
  const report = await benchFeeds(uri, { readers, events, everyMs: 500, idleMs: 10_000 });
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatFeeds(report));
} finally {
  await using client = new MongoClient(uri);
  await client.db().dropDatabase();
}
process.exit();
