import { defineBatonTest } from '../testing/src/vitest.ts';

export default defineBatonTest({ thresholds: { lines: 98, branches: 92 } });
