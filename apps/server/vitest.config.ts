import { defineBatonTest } from '@baton/testing/vitest';

// main.ts runs as a process of its own: crash.int.test.ts starts, kills and stops it.
export default defineBatonTest({ database: true, coverageExclude: ['src/main.ts'] });
