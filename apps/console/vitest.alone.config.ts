import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** Tests of how long something takes, which nothing else may run beside. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    typecheck: { enabled: false },
    include: ['e2e/**/*.alone.test.ts'],
    exclude: [],
    reporters: ['default', ['json', { outputFile: 'coverage/alone.json' }]],
  },
});
