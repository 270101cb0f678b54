import { existsSync } from 'node:fs';

import { expect, test } from 'vitest';

import { defineBatonTest, runAlone } from './vitest.ts';

test('a package has no mongod unless it asks for one', () => {
  expect(defineBatonTest().test?.globalSetup).toEqual([]);
  const [file] = [defineBatonTest({ database: true }).test?.globalSetup].flat();
  expect(file).toMatch(/mongod-setup\.ts$/);
  expect(existsSync(String(file))).toBe(true);
});

test('a package changes single thresholds and keeps the others', () => {
  expect(defineBatonTest({ thresholds: { branches: 80 } }).test?.coverage?.thresholds).toEqual({
    lines: 95,
    branches: 80,
    functions: 90,
    statements: 90,
  });
});

test('coverage counts every source but tests and what the package leaves out', () => {
  const coverage = defineBatonTest({ coverageExclude: ['src/main.ts'] }).test?.coverage;
  expect(coverage?.include).toEqual(['src/**/*.{ts,tsx}']);
  expect(coverage?.exclude).toEqual(['src/**/*.test.{ts,tsx}', 'src/**/*.test-d.ts', 'src/main.ts']);
});

test('a package may bring a coverage provider of its own, and keeps reports and thresholds', () => {
  const shared = defineBatonTest().test?.coverage;
  expect(defineBatonTest({ coverageModule: './own.ts' }).test?.coverage).toEqual({
    ...shared,
    provider: 'custom',
    customProviderModule: './own.ts',
  });
});

test("a package's own settings win over the shared ones", () => {
  const config = defineBatonTest({ environment: 'jsdom', setupFiles: ['./a.ts'], test: { testTimeout: 1 } });
  expect(config.test).toMatchObject({
    environment: 'jsdom',
    setupFiles: ['./a.ts'],
    testTimeout: 1,
    pool: 'forks',
  });
});

test('tests that run alone are left out of the others, and run one file after the other', () => {
  const config = defineBatonTest({ database: true });
  expect(config.test?.exclude).toContain('**/*.alone.test.{ts,tsx}');
  const alone = runAlone(config);
  expect(alone.test).toMatchObject({
    globalSetup: config.test?.globalSetup,
    include: ['**/*.alone.test.{ts,tsx}'],
    fileParallelism: false,
    typecheck: { enabled: false },
  });
  expect(alone.test?.exclude).not.toContain('**/*.alone.test.{ts,tsx}');
});
