import { parseArgs } from 'node:util';
import { provideMongodb } from '@baton/mongod';
import { connect } from '@baton/repository';
import { fuzz } from './fuzz.ts';
import { openFuzzTarget, pollutionOfPrototypes } from './target.ts';
import { faultsOfStore } from './verify-store.ts';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const [calls, seed] = [Number(values.calls), Number(values.seed)];
if (!(Number.isInteger(calls) && calls > 0) || !Number.isInteger(seed)) {
  console.error('Usage: pnpm fuzz [--calls 20000] [--seed 1]');
  process.exit(2);
}

const SAY_EVERY_MS = 10_000;
const print = (line: string) => void process.stdout.write(`${line}\n`);
const counted = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

await using mongodb = await provideMongodb({
  uri: process.env['BATON_TEST_MONGODB_URI'] || undefined,
  cacheSizeGb: 1,
});
const uri = new URL(mongodb.uri);
uri.pathname = `/baton_fuzz_${process.pid}`;
const faults: string[] = [];
{
  await using target = await openFuzzTarget(uri.href);
  const from = performance.now();
  let said = from;
  const report = await fuzz({
    ...target,
    calls,
    seed,
    onRound: ({ calls: done, faults: found }) => {
      if (performance.now() - said < SAY_EVERY_MS) return;
      said = performance.now();
      const rate = done / ((said - from) / 1_000);
      print(`${done} calls, ${rate.toFixed()} a second, ${found.length} faults`);
    },
  });
  print(
    `Seed ${seed}: ${report.calls} calls, ${report.rawRequests} raw, in ${((performance.now() - from) / 1_000).toFixed()} s`,
  );
  print(`Codes: ${counted(report.codes)}`);
  print(`Done: ${counted(report.done)}`);
  print(
    `Slowest alone: ${report.slowestMs.toFixed()} ms; ${target.driver.seen} commands of the driver looked at`,
  );
  for (const { what, request, answer } of report.faults) faults.push(`${what}: ${request}\n    ${answer}`);
  faults.push(
    ...target.driver.faults.map((fault) => `an operator reached the driver: ${fault}`),
    ...pollutionOfPrototypes().map((name) => `a prototype has ${name}`),
    ...target.logged.map((line) => `logged: ${line}`),
    ...(await faultsOfStore(target.store)),
  );
}
{
  await using connection = await connect(uri.href);
  await connection.db.dropDatabase();
}
for (const fault of faults) print(`FAULT ${fault}`);
print(faults.length === 0 ? 'No faults' : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
