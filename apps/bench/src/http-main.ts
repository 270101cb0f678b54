import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { benchHttp } from './http/http-bench.ts';
import { formatHttpRow } from './http/format-http.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const durationMs = Number(values.seconds) * 1_000;
const rounds = Number(values.rounds);
if (!(durationMs > 0) || !(Number.isInteger(rounds) && rounds > 0)) {
  console.error('Usage: pnpm bench:http [--seconds 1] [--rounds 5] [--json]');
  process.exit(2);
}

{
  await using database = await openBenchDatabase('bench_http');
  const rows = await benchHttp(database.uri, {
    rounds,
    durationMs,
    callers: 64,
    conversations: 500,
    messages: 30,
  });
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else for (const row of rows) process.stdout.write(formatHttpRow(row));
}
// Some sockets are kept alive.
process.exit();
