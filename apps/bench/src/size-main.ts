import { parseArgs } from 'node:util';
import { openBenchDatabase } from './bench-database.ts';
import { formatSize } from './size/format-size.ts';
import { benchSize } from './size/size-bench.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    tenants: { type: 'string', default: '100' },
    calls: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const [messages, tenants, calls] = [values.messages, values.tenants, values.calls].map(Number);
const isCount = (value: number | undefined): value is number => Number.isInteger(value) && Number(value) > 0;
if (!isCount(messages) || !isCount(tenants) || !isCount(calls) || messages < tenants * 500) {
  console.error('Usage: pnpm bench:size [--messages 100000] [--tenants 100] [--calls 200] [--json]');
  console.error('  A tenant has 500 messages or more.');
  process.exit(2);
}

await using database = await openBenchDatabase('bench_size');
const onStep = (step: string) => process.stderr.write(`${step}\n`);
const report = await benchSize(database.uriOf, { base: 10_000, messages, tenants, calls, onStep });
process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatSize(report));
