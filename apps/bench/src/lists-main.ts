import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { benchLists, GOAL } from './lists-bench.ts';

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const conversations = Number(values.conversations);
const rounds = Number(values.rounds);
if (![conversations, rounds].every((count) => Number.isInteger(count) && count > 0)) {
  console.error('Usage: pnpm bench:lists [--conversations 200000] [--rounds 5] [--json]');
  process.exit(2);
}

await using database = await openBenchDatabase('bench_lists');
const rows = await benchLists(database.uri, {
  conversations,
  rounds,
  roundMs: 30,
  onStep: (step) => process.stderr.write(`${step}\n`),
});
if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else {
  process.stdout.write(`${conversations} conversations; the goal is ${GOAL} × one filter\n`);
  for (const { filters, found, oneMs, listMs, ratio } of rows) {
    const times = `${oneMs.toFixed(2).padStart(8)} ms one filter ${listMs.toFixed(2).padStart(8)} ms`;
    const isMissed = ratio > GOAL ? '  misses the goal' : '';
    process.stdout.write(
      `${filters.padEnd(40)} ${String(found).padStart(3)} found ${times} ${ratio.toFixed(2).padStart(6)} ×${isMissed}\n`,
    );
  }
}
