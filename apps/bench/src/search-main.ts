import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { benchSearch } from './search-bench.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  console.error('Usage: pnpm bench:search [--rounds 15] [--json]');
  process.exit(2);
}

await using database = await openBenchDatabase('bench_search');
const rows = await benchSearch(database.uri, { rounds, conversations: 11, messages: 1_000 });
if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else {
  for (const { search, bareMs, batonMs, ratio } of rows) {
    const times = `${bareMs.toFixed(2).padStart(8)} ms bare ${batonMs.toFixed(2).padStart(8)} ms`;
    process.stdout.write(`${search.padEnd(45)} ${times} ${ratio.toFixed(2).padStart(6)} ×\n`);
  }
}
