import { parseArgs } from 'node:util';
import { benchClaims } from './claims-bench.ts';
import { openBenchDatabase } from './bench-database.ts';

/** Claims a second that 64 callers get at least. */
const GOAL = 2_000;

const { values } = parseArgs({
  options: {
    due: { type: 'string', default: '1000000' },
    held: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const [due = NaN, held = NaN, rounds = NaN] = [values.due, values.held, values.rounds].map(Number);
const isWhole = [due, held, rounds].every(Number.isInteger);
if (!(isWhole && due > 0 && held >= 0 && rounds > 0)) {
  console.error('Usage: pnpm bench:claims [--due 1000000] [--held 50000] [--rounds 3] [--json]');
  process.exit(2);
}

await using database = await openBenchDatabase('bench_claims');
const isProgressShown = process.stderr.isTTY && !values.json;
const rows = await benchClaims(database.uri, {
  due: [...new Set([1_000, due])],
  held,
  claims: 4_000,
  rounds,
  onScenario(name) {
    if (isProgressShown) process.stderr.write(`\r\u001b[K${name}`);
  },
});
if (isProgressShown) process.stderr.write('\r\u001b[K');
if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else {
  for (const { scenario, contender, claimsPerSecond, medianMs, slowMs } of rows) {
    const rate = `${claimsPerSecond.toFixed(0).padStart(7)} claims/s`;
    const times = `${medianMs.toFixed(1).padStart(6)} ms median ${slowMs.toFixed(1).padStart(6)} ms 99 %`;
    const goal = claimsPerSecond >= GOAL ? 'met' : 'missed';
    process.stdout.write(
      `${scenario.padEnd(28)} ${contender.padEnd(15)} ${rate} ${times}   goal ${GOAL}/s: ${goal}\n`,
    );
  }
}
