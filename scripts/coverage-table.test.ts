import { expect, test } from 'vitest';

import { type Coverage, coverageTable, missedThresholds, type Totals } from './coverage-table.ts';

const totals = (covered: number, total: number): Totals => {
  const measure = { covered, total, pct: total === 0 ? 100 : (covered / total) * 100 };
  return { lines: measure, branches: measure, functions: measure, statements: measure };
};

const coverage = (over: Partial<Coverage> = {}): Coverage => ({
  name: '@baton/domain',
  totals: totals(95, 100),
  thresholds: { lines: 95 },
  ...over,
});

test('a measure at its threshold is met, one below is missed', () => {
  expect(missedThresholds(coverage())).toEqual([]);
  expect(missedThresholds(coverage({ thresholds: { lines: 95.1, branches: 90 } }))).toEqual(['lines']);
});

test('a package of no code misses nothing', () => {
  expect(missedThresholds(coverage({ totals: totals(0, 0) }))).toEqual([]);
});

test('the table has a row a package, and weighs the last one by size', () => {
  const table = coverageTable([
    coverage({ thresholds: { lines: 96 } }),
    coverage({ name: '@baton/cli', totals: totals(0, 300) }),
    coverage({ name: '@baton/bench', totals: undefined }),
  ]);
  const rows = table.split('\n').map((row) => row.split(/ {2,}/));
  expect(rows).toEqual([
    ['coverage', 'lines %', 'branches %', 'functions %', 'statements %', 'threshold'],
    ['@baton/domain', '95.00', '95.00', '95.00', '95.00', 'lines < 96'],
    ['@baton/cli', '0.00', '0.00', '0.00', '0.00', 'lines < 95'],
    ['@baton/bench', '–', '–', '–', '–', 'no report'],
    ['all', '23.75', '23.75', '23.75', '23.75'],
  ]);
});
