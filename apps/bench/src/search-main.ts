import { parseArgs } from 'node:util';
import { provideMongodb } from '@baton/mongod';
import { MongoClient } from 'mongodb';
import { withDatabaseName } from './database-name.ts';
import { benchSearch } from './search-bench.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  console.error('Usage: pnpm bench:search [--rounds 15] [--json]');
  process.exit(2);
}

await using mongodb = await provideMongodb({
  uri: process.env['BATON_TEST_MONGODB_URI'] || undefined,
  cacheSizeGb: 1,
});
const uri = withDatabaseName(mongodb.uri, `baton_bench_search_${process.pid}`);
try {
  const rows = await benchSearch(uri, { rounds, conversations: 11, messages: 1_000 });
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else {
    for (const { search, bareMs, batonMs, ratio } of rows) {
      const times = `${bareMs.toFixed(2).padStart(8)} ms bare ${batonMs.toFixed(2).padStart(8)} ms`;
      process.stdout.write(`${search.padEnd(45)} ${times} ${ratio.toFixed(2).padStart(6)} ×\n`);
    }
  }
} finally {
  await using client = new MongoClient(uri);
  await client.db().dropDatabase();
}
