import { parseArgs } from 'node:util';
import { provideMongodb } from '@baton/mongod';
import { MongoClient } from 'mongodb';
import { withDatabaseName } from './database-name.ts';
import { benchRetries } from './retry-bench.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    lengths: { type: 'string', default: '100,10000,100000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const lengths = values.lengths.split(',').map(Number);
if (!(Number.isInteger(rounds) && rounds > 0) || !lengths.every((length) => length >= 100)) {
  console.error('Usage: pnpm bench:retry [--rounds 15] [--lengths 100,10000,100000] [--json]');
  process.exit(2);
}

await using mongodb = await provideMongodb({
  uri: process.env['BATON_TEST_MONGODB_URI'] || undefined,
  cacheSizeGb: 1,
});
const uri = withDatabaseName(mongodb.uri, `baton_bench_retry_${process.pid}`);
try {
  const rows = await benchRetries(uri, { rounds, lengths });
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else {
    for (const { messages, retry, appendMs, retryMs, ratio } of rows) {
      const times = `${appendMs.toFixed(2).padStart(8)} ms append ${retryMs.toFixed(2).padStart(8)} ms`;
      process.stdout.write(
        `${String(messages).padStart(7)}  ${retry.padEnd(35)} ${times} ${ratio.toFixed(2).padStart(7)} ×\n`,
      );
    }
  }
} finally {
  await using client = new MongoClient(uri);
  await client.db().dropDatabase();
}
