import { readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

import { type Outcome, run } from './command.ts';
import { type Coverage, coverageTable, missed, type Thresholds, type Totals } from './coverage-table.ts';
import { type Project, projects, readJson, ROOT } from './project.ts';
import { chromium } from './provision-chromium.ts';
import { builtConsole } from './provision-console.ts';
import { mongod } from './provision-mongod.ts';
import type { Provided, Provision } from './provision.ts';
import { lastLine, type Report, sum, type Tally, tally } from './tally.ts';

/** What the tests need from outside, in the order in which it is started. */
const PROVISIONS: readonly Provision[] = [builtConsole, mongod, chromium];

/** Four packages at a time: each runs its own test files side by side, and many of them wait for a server. */
const TURBO = ['--continue=always', '--output-logs=errors-only', '--log-order=grouped', '--concurrency=4'];

const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  // Whoever runs this has installed already; each package's script need not look again.
  pnpm_config_verify_deps_before_run: 'false',
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
};

const SCRIPTS: Project = { name: 'scripts', folder: join(ROOT, 'scripts'), hasUnit: false, hasAlone: false };

/** Runs one check and says how it went; shows its output where it failed. */
async function check(name: string, program: string, args: string[], env = environment): Promise<boolean> {
  const { exitedWell, output } = await timed(name, () => run(program, args, env));
  if (!exitedWell) process.stdout.write(`${output.trimEnd()}\n\n`);
  return exitedWell;
}

async function timed(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const start = performance.now();
  const outcome = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${outcome.exitedWell ? '✓' : '✗'} ${name} (${seconds} s)`);
  return outcome;
}

/** The checks of the sources, one after the other, and how many of them failed. */
async function checkSources(): Promise<number> {
  const results = [
    await check('format', 'oxfmt', ['--check', '.']),
    await check('lint', 'turbo', ['run', '//#lint', ...TURBO]),
    await check('manifests', 'sherif', ['--fail-on-warnings']),
    await check('unused', 'knip', ['--no-progress']),
    await check('types of scripts', 'tsc', ['-p', 'scripts']),
    await check('types', 'turbo', ['run', 'types', ...TURBO]),
  ];
  return results.filter((passed) => !passed).length;
}

/** Starts what it can: a test that misses something says so itself. */
async function provideAll(): Promise<{ provided: Provided[]; failed: number }> {
  const provided: Provided[] = [];
  let failed = 0;
  for (const { name, provide } of PROVISIONS) {
    try {
      provided.push(await provide(environment));
    } catch (error) {
      failed += 1;
      console.log(`✗ ${name}\n${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return { provided, failed };
}

interface TestRun {
  exitCode: number;
  /** Nothing it depends on has changed since it last passed, so turbo gave that result again. */
  cached: boolean;
}

/** One script of every package that has it, through turbo: how each ended, by its task, such as `@baton/cli#test`. */
async function testPackages(
  name: string,
  script: string,
  env: NodeJS.ProcessEnv,
): Promise<[task: string, TestRun][]> {
  const runs = join(ROOT, '.turbo', 'runs');
  await rm(runs, { recursive: true, force: true });
  await check(name, 'turbo', ['run', script, ...TURBO, '--summarize'], env);
  const [summary] = await readdir(runs).catch(() => []);
  if (summary === undefined) return [];
  const read = await readJson<{ tasks: Task[] }>(join(runs, summary));
  return (read?.tasks ?? []).flatMap(({ taskId, cache, execution }) =>
    execution ? [[taskId, { exitCode: execution.exitCode, cached: cache.status === 'HIT' }]] : [],
  );
}

/** The tests of how long something takes, of one package: nothing else runs beside them. */
async function testAlone(project: Project, env: NodeJS.ProcessEnv): Promise<Tally> {
  const { name, folder } = project;
  const args = ['run', '--root', folder, '--config', 'vitest.alone.config.ts'];
  const exitedWell = await check(`tests of ${name} that run alone`, 'vitest', args, env);
  const report = await reportOf(project, join('coverage', 'alone.json'));
  return tally({ report, exitedWell, covered: true });
}

/** Of turbo's summary of a run, what is read here. */
interface Task {
  taskId: string;
  cache: { status: 'HIT' | 'MISS' };
  execution?: { exitCode: number };
}

/** None where the config is broken: then its tests have failed, and said so. */
async function thresholdsOf({ folder }: Project): Promise<Thresholds> {
  try {
    const config: { default: { test?: { coverage?: { thresholds?: Thresholds } } } } = await import(
      pathToFileURL(join(folder, 'vitest.config.ts')).href
    );
    return config.default.test?.coverage?.thresholds ?? {};
  } catch {
    return {};
  }
}

async function coverageOf(project: Project): Promise<Coverage> {
  const summary = await readJson<{ total: Totals }>(
    join(project.folder, 'coverage', 'coverage-summary.json'),
  );
  return { name: project.name, totals: summary?.total, thresholds: await thresholdsOf(project) };
}

function reportOf({ folder }: Project, file = join('coverage', 'results.json')): Promise<Report | undefined> {
  return readJson<Report>(join(folder, file));
}

const all = await projects();
const reportFolders = [SCRIPTS, ...all].flatMap(({ folder }) =>
  ['coverage', 'coverage-unit'].map((name) => join(folder, name)),
);
await Promise.all(reportFolders.map((folder) => rm(folder, { recursive: true, force: true })));

const failedChecks = await checkSources();

const scriptsExitedWell = await check('tests of scripts', 'vitest', ['run', '--root', 'scripts']);
const tallies: Tally[] = [
  tally({ report: await reportOf(SCRIPTS), exitedWell: scriptsExitedWell, covered: true }),
];

const { provided, failed: failedProvisions } = await provideAll();
const provisions = provided.map(({ env }) => env);
const providedEnvironment = Object.assign({ BATON_TEST_UNIT: 'apart' }, environment, ...provisions);
const runs = new Map([
  ...(await testPackages('unit tests that run apart', 'test:unit', environment)),
  ...(await testPackages('tests', 'test', providedEnvironment)),
]);
for (const project of all.filter(({ hasAlone }) => hasAlone))
  tallies.push(await testAlone(project, providedEnvironment));
await Promise.allSettled(provided.map(({ stop }) => stop()));

const coverages = await Promise.all(all.map(coverageOf));
for (const [index, project] of all.entries()) {
  const coverage = coverages[index];
  tallies.push(
    tally({
      report: await reportOf(project),
      exitedWell: runs.get(`${project.name}#test`)?.exitCode === 0,
      covered: coverage === undefined || missed(coverage).length === 0,
    }),
  );
  if (project.hasUnit) {
    const report = await reportOf(project, join('coverage-unit', 'results.json'));
    const exitedWell = runs.get(`${project.name}#test:unit`)?.exitCode === 0;
    tallies.push(tally({ report, exitedWell, covered: true }));
  }
}

const total = sum([...tallies, { passed: 0, failed: failedChecks + failedProvisions, skipped: 0 }]);
const cached = [...runs].flatMap(([task, { cached: isCached }]) => (isCached ? [task] : []));
if (cached.length > 0) console.log(`  unchanged since they last passed: ${cached.join(', ')}`);
console.log(`\n${coverageTable(coverages)}\n\n${lastLine(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
