import { defineBatonTest } from '@baton/testing/vitest';

// Two programs: what they do lies in other files, and nobody collects the coverage of their processes.
export default defineBatonTest({ database: true, coverageExclude: ['src/main.ts', 'src/server-process.ts'] });
