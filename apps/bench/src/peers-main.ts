import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { formatPeers } from './peers/format-peers.ts';
import { benchPeers } from './peers/peers-bench.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '0.3' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const durationMs = Number(values.seconds) * 1_000;
if (!(Number.isInteger(rounds) && rounds > 0) || !(durationMs > 0)) {
  console.error('Usage: pnpm bench:peers [--rounds 3] [--seconds 0.3] [--json]');
  process.exit(2);
}

await using database = await openBenchDatabase('bench_peers');
// An embedded mongod keeps its data in shared memory where there is enough.
const isShared = database.isEmbedded && (await stat('/dev/shm').catch(() => undefined)) !== undefined;
const isProgressShown = process.stderr.isTTY && !values.json;
const rows = await benchPeers(database.uri, {
  rounds,
  durationMs,
  messages: 200,
  callers: [1, 16],
  folder: isShared ? '/dev/shm' : tmpdir(),
  onMeasurement(work, peer) {
    if (isProgressShown) process.stderr.write(`\r\u001b[K${work}: ${peer}`);
  },
});
if (isProgressShown) process.stderr.write('\r\u001b[K');
process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : formatPeers(rows));
