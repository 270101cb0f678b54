import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { benchFairness } from './fairness/fairness-bench.ts';
import { formatReport } from './fairness/format-report.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    commands: { type: 'string', default: '10000' },
    searches: { type: 'string', default: '50' },
    feeds: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const durationMs = Number(values.seconds) * 1_000;
const flood = {
  commands: Number(values.commands),
  searches: Number(values.searches),
  feeds: Number(values.feeds),
};
const isCount = (value: number) => Number.isInteger(value) && value >= 0;
if (!(durationMs > 0 && isCount(rounds) && rounds > 0 && Object.values(flood).every(isCount))) {
  console.error('Usage: pnpm bench:fairness [--rounds 3] [--seconds 8] [--json]');
  console.error('                           [--commands 10000] [--searches 50] [--feeds 2000]');
  process.exit(2);
}

await using database = await openBenchDatabase('bench_fairness');
const isProgressShown = process.stderr.isTTY && !values.json;
const report = await benchFairness(database.uri, {
  rounds,
  durationMs,
  floodLeadMs: 4_000,
  flood,
  messages: 20_000,
  onTurn(round, isFlooded) {
    if (isProgressShown)
      process.stderr.write(`\r\u001b[KRound ${round} of ${rounds}, ${isFlooded ? 'flooded' : 'quiet'}`);
  },
});
if (isProgressShown) process.stderr.write('\r\u001b[K');
process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
