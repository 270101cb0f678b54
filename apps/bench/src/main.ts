import { parseArgs } from 'node:util';
import { bench } from './bench.ts';
import { formatTable } from './format-table.ts';
import { openBenchDatabase } from './bench-database.ts';

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

await using database = await openBenchDatabase('bench');
const isProgressShown = process.stderr.isTTY && !values.json;
const rows = await bench(database.uri, {
  rounds,
  durationMs: durationMs,
  onMeasurement(scenario, contender, round) {
    if (isProgressShown)
      process.stderr.write(`\r\u001b[K${scenario}: ${contender}, round ${round} of ${rounds}`);
  },
});
if (isProgressShown) process.stderr.write('\r\u001b[K');
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : formatTable(rows));
