import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { formatLimits } from './limits/format-limits.ts';
import { benchLimits } from './limits/limits-bench.ts';

const { values } = parseArgs({
  options: {
    idle: { type: 'string', default: '10000' },
    stalled: { type: 'string', default: '1000' },
    slow: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const [idle, stalled, slowSenders, seconds] = [values.idle, values.stalled, values.slow, values.seconds].map(
  Number,
) as [number, number, number, number];
if (![idle, stalled, slowSenders, seconds].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(
    'Usage: pnpm bench:limits [--idle 10000] [--stalled 1000] [--slow 5000] [--seconds 20] [--json]',
  );
  process.exit(2);
}

{
  await using database = await openBenchDatabase('bench_limits');
  const report = await benchLimits(database.uri, {
    idle,
    stalled,
    slowSenders,
    durationMs: seconds * 1_000,
  });
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatLimits(report));
}
process.exit();
