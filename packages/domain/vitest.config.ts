import { defineBatonTest } from '@baton/testing/vitest';

export default defineBatonTest({
  thresholds: { lines: 98, branches: 92 },
  coverageExclude: ['src/testing.ts'],
});
