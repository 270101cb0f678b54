import { defineConfig } from 'vitest/config';

/** Tests of the root tooling; `results.json` lies where that of a package does, so that it counts alike. */
export default defineConfig({
  test: {
    include: ['*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'coverage/results.json' }]],
  },
});
