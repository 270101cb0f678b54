import { defineBatonTest } from '../testing/src/vitest.ts';

// The download runs as a process of its own, whose coverage nobody collects.
export default defineBatonTest({ coverageExclude: ['src/memory-server-download.ts'] });
