import { configDefaults, defineConfig } from 'vitest/config';
import { UNIT_FOLDER } from './e2e/unit-coverage.ts';
import config from './vitest.config.ts';

/** Tests that need nothing but the sources, so that turbo need not run them again until those change. */
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
      // Together with the browser's they are measured against the thresholds.
      thresholds: {},
      reporter: ['json'],
      reportsDirectory: UNIT_FOLDER,
    },
  },
});
