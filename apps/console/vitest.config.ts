import { fileURLToPath } from 'node:url';
import { defineBatonTest } from '@baton/testing/vitest';
import { configDefaults } from 'vitest/config';
import { UNIT_RUNS_APART } from './e2e/unit-coverage.ts';

export default defineBatonTest({
  environment: 'jsdom',
  coverageModule: fileURLToPath(new URL('e2e/coverage-module.ts', import.meta.url)),
  setupFiles: ['./src/test-setup.ts'],
  test: {
    include: [UNIT_RUNS_APART ? '{src,e2e}/**/*.int.test.ts' : '{src,e2e}/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, '**/*.alone.test.ts'],
    globalSetup: [
      fileURLToPath(import.meta.resolve('@baton/testing/mongod-setup')),
      fileURLToPath(new URL('e2e/build-setup.ts', import.meta.url)),
    ],
    // Each e2e file runs a browser, a server and a mongod: two at once suit a small machine.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
