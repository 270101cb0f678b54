import { defineBatonTest } from '@baton/testing/vitest';

// The pages are looked at in a real browser (e2e/ and *.e2e.int.test.ts), whose coverage V8 does not see here.
export default defineBatonTest({
  environment: 'jsdom',
  thresholds: { lines: 5, branches: 5, functions: 5, statements: 5 },
  test: {
    exclude: ['**/*.e2e.int.test.ts', '**/node_modules/**'],
  },
});
