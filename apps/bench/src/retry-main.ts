import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
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

await using database = await openBenchDatabase('bench_retry');
const rows = await benchRetries(database.uri, { rounds, lengths });
if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else {
  for (const { messages, retry, appendMs, retryMs, ratio } of rows) {
    const times = `${appendMs.toFixed(2).padStart(8)} ms append ${retryMs.toFixed(2).padStart(8)} ms`;
    process.stdout.write(
      `${String(messages).padStart(7)}  ${retry.padEnd(35)} ${times} ${ratio.toFixed(2).padStart(7)} ×\n`,
    );
  }
}
