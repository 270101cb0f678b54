import { describe, expect, test } from 'vitest';

import { lastLine, type Report, sumCounts, countTests } from './test-counts.ts';

const report = (over: Partial<Report> = {}): Report => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...over,
});

describe('what a run of tests counts', () => {
  test('a good run counts the tests that passed', () => {
    expect(countTests({ report: report(), succeeded: true, covered: true })).toEqual({
      passed: 3,
      failed: 0,
      skipped: 0,
    });
  });

  test('failed tests count once each, however the run ended', () => {
    const testResults = [
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] },
    ];
    const { failed } = countTests({
      report: report({ numFailedTests: 2, testResults }),
      succeeded: false,
      covered: true,
    });
    expect(failed).toBe(2);
  });

  test('a file that broke before its tests counts as one failed', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(countTests({ report: report({ testResults }), succeeded: false, covered: true }).failed).toBe(1);
  });

  test('a crash without a report counts as one failed', () => {
    expect(countTests({ report: undefined, succeeded: false, covered: true })).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  test('coverage below a threshold counts as one failed', () => {
    expect(countTests({ report: report(), succeeded: false, covered: false }).failed).toBe(1);
  });

  test('an error that no test caught counts as one failed', () => {
    expect(countTests({ report: report(), succeeded: false, covered: true }).failed).toBe(1);
  });

  test('a package without tests counts nothing', () => {
    expect(countTests({ report: undefined, succeeded: true, covered: true })).toEqual({
      passed: 0,
      failed: 0,
      skipped: 0,
    });
  });

  test('skipped and planned tests count as skipped', () => {
    const { skipped } = countTests({
      report: report({ numPendingTests: 2, numTodoTests: 1 }),
      succeeded: true,
      covered: true,
    });
    expect(skipped).toBe(3);
  });
});

describe('the last line', () => {
  test('names the skipped only where some were', () => {
    expect(lastLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(lastLine({ passed: 12, failed: 1, skipped: 2 })).toBe('12 passed, 1 failed, 2 skipped');
  });

  test('adds up all runs', () => {
    const runs = [
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ];
    expect(sumCounts(runs)).toEqual({ passed: 11, failed: 22, skipped: 33 });
  });
});
