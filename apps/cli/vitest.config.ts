import { defineBatonTest } from '@baton/testing/vitest';

// main.ts runs as a process of its own: process.int.test.ts starts it.
export default defineBatonTest({ database: true, coverageExclude: ['src/main.ts'] });
