import { existsSync } from 'node:fs';

import { expect, test } from 'vitest';

import { defineBatonTest } from './vitest.ts';

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
