import { parseArgs } from 'node:util';
import { provideMongodb } from '@baton/mongod';
import { MongoClient } from 'mongodb';
import { bench } from './bench.ts';
import { formatTable } from './format-table.ts';
import { withDatabaseName } from './database-name.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const durationMs = Number(values.seconds) * 1_000;
const rounds = Number(values.rounds);
if (!(durationMs > 0) || !(Number.isInteger(rounds) && rounds > 0)) {
  console.error('Usage: pnpm bench [--seconds 2] [--rounds 5] [--json]');
  console.error('  --seconds  how long each turn is;  --rounds  how many turns each contender has');
  process.exit(2);
}

await using mongodb = await provideMongodb({
  uri: process.env['BATON_TEST_MONGODB_URI'] || undefined,
  cacheSizeGb: 1,
});
const uri = withDatabaseName(mongodb.uri, `baton_bench_${process.pid}`);
const isProgressShown = process.stderr.isTTY && !values.json;
try {
  const rows = await bench(uri, {
    rounds,
    durationMs: durationMs,
    onMeasurement(scenario, contender, round) {
      if (isProgressShown)
        process.stderr.write(`\r\u001b[K${scenario}: ${contender}, round ${round} of ${rounds}`);
    },
  });
  if (isProgressShown) process.stderr.write('\r\u001b[K');
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : formatTable(rows));
} finally {
  await using client = new MongoClient(uri);
  await client.db().dropDatabase();
}
