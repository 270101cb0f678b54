import { fileURLToPath } from 'node:url';

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const SETUP_OF_MONGOD = fileURLToPath(new URL('./mongod-setup.ts', import.meta.url));

/** Percentages of the package's own `src` that its tests must cover. */
export interface Thresholds {
  lines: number;
  branches: number;
  functions: number;
  statements: number;
}

export interface BatonTestOptions {
  /** Start (or share) one mongod for the run, so that tests may call `testDatabase()`. */
  database?: boolean;
  /** Changes some of the defaults: lines 95, branches 90, functions 90, statements 90. */
  thresholds?: Partial<Thresholds>;
  /** Globs below the package that coverage leaves out, beside tests. */
  coverageExclude?: string[];
  /** A module with a coverage provider of the package's own, which takes the place of Istanbul's. */
  coverageModule?: string;
  setupFiles?: string[];
  environment?: 'node' | 'jsdom' | 'happy-dom';
  /** Whatever else Vitest takes under `test`; it wins over the shared settings. */
  test?: ViteUserConfig['test'];
}

/**
 * The Vitest config that every package shares: coverage of all of `src` with thresholds,
 * reports and `results.json` under the package's `coverage/`. Tests may take 30 000 ms.
 */
export function defineBatonTest(options: BatonTestOptions = {}): ViteUserConfig {
  return defineConfig({
    test: {
      include: ['src/**/*.test.{ts,tsx}'],
      environment: options.environment ?? 'node',
      globalSetup: options.database ? [SETUP_OF_MONGOD] : [],
      setupFiles: options.setupFiles ?? [],
      testTimeout: 30_000,
      hookTimeout: 60_000,
      pool: 'forks',
      // Files of one worker share its modules: loading them anew for each took longer than most tests.
      isolate: false,
      // Faults in other sources are the `types` script's to report: here they would hide the tests' own.
      typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], ignoreSourceErrors: true },
      passWithNoTests: true,
      reporters: ['default', ['json', { outputFile: 'coverage/results.json' }]],
      coverage: {
        ...(options.coverageModule === undefined
          ? // Beside V8's counting, `mongodb` and `zod` ran a quarter slower, and no process could cache its compiled code.
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
