import { parseArgs } from 'node:util';
import { provideMongodb } from '@baton/mongod';
import { MongoClient } from 'mongodb';
import { withDatabaseName } from './database-name.ts';
import { benchMetrics, GOAL_MS } from './metrics-bench.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '200000' },
    calls: { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
  },
});
const messages = Number(values.messages);
const calls = Number(values.calls);
if (![messages, calls].every((count) => Number.isInteger(count) && count > 0)) {
  console.error('Usage: pnpm bench:metrics [--messages 200000] [--calls 40] [--json]');
  process.exit(2);
}

await using mongodb = await provideMongodb({
  uri: process.env['BATON_TEST_MONGODB_URI'] || undefined,
  cacheSizeGb: 1,
});
const uri = withDatabaseName(mongodb.uri, `baton_bench_metrics_${process.pid}`);
try {
  const rows = await benchMetrics(uri, {
    messages,
    calls,
    onStep: (step) => process.stderr.write(`${step}\n`),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else {
    process.stdout.write(`${messages} messages; the goal is ${GOAL_MS} ms\n`);
    for (const { procedure, period, medianMs, slowMs } of rows) {
      const times = `${medianMs.toFixed(1).padStart(7)} ms  99 % ${slowMs.toFixed(1).padStart(7)} ms`;
      const isMissed = slowMs > GOAL_MS ? '  misses the goal' : '';
      process.stdout.write(`${procedure.padEnd(23)} ${period.padEnd(26)} ${times}${isMissed}\n`);
    }
  }
} finally {
  await using client = new MongoClient(uri);
  await client.db().dropDatabase();
}
