import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { benchFeeds } from './feeds/feeds-bench.ts';
import { formatFeeds } from './feeds/format-feeds.ts';

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '2000' },
    events: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const [readers, events] = [Number(values.readers), Number(values.events)];
if (![readers, events].every((value) => Number.isInteger(value) && value > 0)) {
  console.error('Usage: pnpm bench:feeds [--readers 2000] [--events 20] [--json]');
  process.exit(2);
}

{
  await using database = await openBenchDatabase('bench_feeds');
  const report = await benchFeeds(database.uri, { readers, events, everyMs: 500, idleMs: 10_000 });
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatFeeds(report));
}
// Some sockets are kept alive.
process.exit();
