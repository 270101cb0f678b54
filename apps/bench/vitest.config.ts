import { defineBatonTest } from '@baton/testing/vitest';

// Programs: what they do lies in other files, and nobody collects the coverage of their processes.
export default defineBatonTest({
  database: true,
  coverageExclude: [
    'src/main.ts',
    'src/metrics-main.ts',
    'src/search-main.ts',
    'src/fairness-main.ts',
    'src/claims-main.ts',
    'src/retry-main.ts',
    'src/feeds-main.ts',
    'src/http-main.ts',
    'src/server-process.ts',
    'src/http/*-process.ts',
    'src/http/*-server.ts',
    'src/report-to-parent.ts',
    'src/fairness/*-process.ts',
    'src/feeds/*-process.ts',
    'src/limits-main.ts',
    'src/limits/*-process.ts',
    'src/peers-main.ts',
    'src/lists-main.ts',
    'src/size-main.ts',
    'src/peers/*-process.ts',
  ],
});
