import { configDefaults, defineConfig } from 'vitest/config';
import { UNIT_FOLDER } from './e2e/unit-coverage.ts';
import config from './vitest.config.ts';

/** Tests that depend on the sources alone, so that turbo can cache them. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ['{src,e2e}/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, '**/*.{int,alone}.test.ts'],
    globalSetup: [],
    reporters: ['default', ['json', { outputFile: `${UNIT_FOLDER}/results.json` }]],
    coverage: {
      ...config.test?.coverage,
      // The thresholds apply to unit and browser coverage together.
      thresholds: {},
      reporter: ['json'],
      reportsDirectory: UNIT_FOLDER,
    },
  },
});
