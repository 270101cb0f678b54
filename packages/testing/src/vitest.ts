import { fileURLToPath } from 'node:url';

import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

const ALONE = '**/*.alone.test.{ts,tsx}';
const MONGOD_SETUP = fileURLToPath(new URL('./mongod-setup.ts', import.meta.url));

/** Percentages of the package's `src` that its tests must cover. */
export interface Thresholds {
  lines: number;
  branches: number;
  functions: number;
  statements: number;
}

export interface BatonTestOptions {
  /** Starts one mongod for the run, unless the environment names one, for `testDatabase()`. */
  database?: boolean;
  /** Lines 95, branches 90, functions 90, statements 90 by default. */
  thresholds?: Partial<Thresholds>;
  /** Globs of the package that coverage does not count, beside tests. */
  coverageExclude?: string[];
  /** A module with another coverage provider than Istanbul. */
  coverageModule?: string;
  setupFiles?: string[];
  environment?: 'node' | 'jsdom' | 'happy-dom';
  /** Other settings of Vitest's `test`, which override the shared ones. */
  test?: ViteUserConfig['test'];
}

/**
 * The Vitest config that every package shares: coverage of all of `src` with thresholds, reports and
 * `results.json` in the package's `coverage/`, a limit of 30,000 ms a test. `*.alone.test.ts` are left out.
 */
export function defineBatonTest(options: BatonTestOptions = {}): ViteUserConfig {
  return defineConfig({
    test: {
      include: ['src/**/*.test.{ts,tsx}'],
      exclude: [...configDefaults.exclude, ALONE],
      environment: options.environment ?? 'node',
      globalSetup: options.database ? [MONGOD_SETUP] : [],
      setupFiles: options.setupFiles ?? [],
      testTimeout: 30_000,
      hookTimeout: 60_000,
      pool: 'forks',
      // Loading all modules again for each file took longer than most tests.
      isolate: false,
      // Errors in sources are for the `types` script to report; here they would hide those of the tests.
      typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], ignoreSourceErrors: true },
      passWithNoTests: true,
      reporters: ['default', ['json', { outputFile: 'coverage/results.json' }]],
      coverage: {
        ...(options.coverageModule === undefined
          ? // With V8's coverage `mongodb` and `zod` ran a quarter slower, and Node cannot cache compiled code.
            { provider: 'istanbul' }
          : { provider: 'custom', customProviderModule: options.coverageModule }),
        include: ['src/**/*.{ts,tsx}'],
        exclude: ['src/**/*.test.{ts,tsx}', 'src/**/*.test-d.ts', ...(options.coverageExclude ?? [])],
        reporter: ['text-summary', 'html', 'lcovonly', 'json-summary'],
        reportsDirectory: 'coverage',
        reportOnFailure: true,
        thresholds: { lines: 95, branches: 90, functions: 90, statements: 90, ...options.thresholds },
      },
      ...options.test,
    },
  });
}

/**
 * The config of a package's `*.alone.test.ts`: tests of how long something takes, which run one file after the
 * other and last, when nothing else runs. The package has it as `vitest.alone.config.ts`, with a script
 * `test:alone`.
 */
export function runAlone({ test, ...config }: ViteUserConfig): ViteUserConfig {
  return defineConfig({
    ...config,
    test: {
      ...test,
      include: [ALONE],
      exclude: configDefaults.exclude,
      fileParallelism: false,
      typecheck: { enabled: false },
      reporters: ['default', ['json', { outputFile: 'coverage/alone.json' }]],
    },
  });
}
