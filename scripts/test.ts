import { readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

import { type Outcome, run } from './command.ts';
import {
  type Coverage,
  coverageTable,
  missedThresholds,
  type Thresholds,
  type Totals,
} from './coverage-table.ts';
import { type Project, projects, readJson, ROOT } from './project.ts';
import { chromium } from './chromium-fixture.ts';
import { builtConsole } from './console-fixture.ts';
import { mongod } from './mongod-fixture.ts';
import type { RunningFixture, Fixture } from './fixture.ts';
import { lastLine, type Report, sumCounts, type TestCounts, countTests } from './test-counts.ts';

/** In the order in which they are started. */
const FIXTURES: readonly Fixture[] = [builtConsole, mongod, chromium];

/** Four packages at a time: many of their tests wait for a server. */
const TURBO = ['--continue=always', '--output-logs=errors-only', '--log-order=grouped', '--concurrency=4'];

const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  // Dependencies are installed already; each script need not check.
  pnpm_config_verify_deps_before_run: 'false',
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
};

const SCRIPTS: Project = { name: 'scripts', folder: join(ROOT, 'scripts'), hasUnit: false, hasAlone: false };

/** Runs one check; prints its output only where it fails. */
async function check(name: string, program: string, args: string[], env = environment): Promise<boolean> {
  const { succeeded, output } = await timed(name, () => run(program, args, env));
  if (!succeeded) process.stdout.write(`${output.trimEnd()}\n\n`);
  return succeeded;
}

async function timed(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const start = performance.now();
  const outcome = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${outcome.succeeded ? '✓' : '✗'} ${name} (${seconds} s)`);
  return outcome;
}

/** How many checks of the sources failed. */
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

/** A fixture that does not start fails only the tests that need it. */
async function startFixtures(): Promise<{ running: RunningFixture[]; failed: number }> {
  const running: RunningFixture[] = [];
  let failed = 0;
  for (const { name, start } of FIXTURES) {
    try {
      running.push(await start(environment));
    } catch (error) {
      failed += 1;
      console.log(`✗ ${name}\n${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return { running, failed };
}

interface TestRun {
  exitCode: number;
  /** Whether turbo gave the last result again, because nothing has changed. */
  cached: boolean;
}

/** Runs one script of every package that has it; the results by task, such as `@baton/cli#test`. */
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

async function testAlone(project: Project, env: NodeJS.ProcessEnv): Promise<TestCounts> {
  const { name, folder } = project;
  const args = ['run', '--root', folder, '--config', 'vitest.alone.config.ts'];
  const succeeded = await check(`tests of ${name} that run alone`, 'vitest', args, env);
  const report = await reportOf(project, join('coverage', 'alone.json'));
  return countTests({ report, succeeded, covered: true });
}

/** The part of turbo's run summary that is read. */
interface Task {
  taskId: string;
  cache: { status: 'HIT' | 'MISS' };
  execution?: { exitCode: number };
}

/** None where the config is broken: its tests have failed then. */
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

const scriptsSucceeded = await check('tests of scripts', 'vitest', ['run', '--root', 'scripts']);
const counts: TestCounts[] = [
  countTests({ report: await reportOf(SCRIPTS), succeeded: scriptsSucceeded, covered: true }),
];

const { running, failed: failedFixtures } = await startFixtures();
const fixtureEnvironments = running.map(({ env }) => env);
const testEnvironment = Object.assign({ BATON_TEST_UNIT: 'apart' }, environment, ...fixtureEnvironments);
const runs = new Map([
  ...(await testPackages('unit tests that run apart', 'test:unit', environment)),
  ...(await testPackages('tests', 'test', testEnvironment)),
]);
for (const project of all.filter(({ hasAlone }) => hasAlone))
  counts.push(await testAlone(project, testEnvironment));
await Promise.allSettled(running.map(({ stop }) => stop()));

const coverages = await Promise.all(all.map(coverageOf));
for (const [index, project] of all.entries()) {
  const coverage = coverages[index];
  counts.push(
    countTests({
      report: await reportOf(project),
      succeeded: runs.get(`${project.name}#test`)?.exitCode === 0,
      covered: coverage === undefined || missedThresholds(coverage).length === 0,
    }),
  );
  if (project.hasUnit) {
    const report = await reportOf(project, join('coverage-unit', 'results.json'));
    const succeeded = runs.get(`${project.name}#test:unit`)?.exitCode === 0;
    counts.push(countTests({ report, succeeded, covered: true }));
  }
}

const total = sumCounts([...counts, { passed: 0, failed: failedChecks + failedFixtures, skipped: 0 }]);
const cached = [...runs].flatMap(([task, { cached: isCached }]) => (isCached ? [task] : []));
if (cached.length > 0) console.log(`  unchanged since they last passed: ${cached.join(', ')}`);
console.log(`\n${coverageTable(coverages)}\n\n${lastLine(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
