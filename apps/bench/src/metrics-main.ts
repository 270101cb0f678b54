import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
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

await using database = await openBenchDatabase('bench_metrics');
const rows = await benchMetrics(database.uri, {
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
