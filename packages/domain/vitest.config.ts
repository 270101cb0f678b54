import { defineBatonTest } from '@baton/testing/vitest';

export default defineBatonTest({
  thresholds: { lines: 98, branches: 92 },
});
