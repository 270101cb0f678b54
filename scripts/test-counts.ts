/** The part of Vitest's JSON report that is counted. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** How one run of Vitest ended. */
export interface Run {
  /** Undefined where it wrote none. */
  report: Report | undefined;
  succeeded: boolean;
  /** False when coverage missed a threshold. */
  covered: boolean;
}

/**
 * A file that breaks before its tests counts as one failed test, and so does a run that fails for another reason: a
 * crash, low coverage, an uncaught error.
 */
export function countTests({ report, succeeded, covered }: Run): TestCounts {
  const broken =
    report?.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
    ).length ?? 0;
  const failedTests = (report?.numFailedTests ?? 0) + broken + (covered ? 0 : 1);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: failedTests === 0 && !succeeded ? 1 : failedTests,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

export function sumCounts(counts: readonly TestCounts[]): TestCounts {
  const total: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** `12 passed, 0 failed`, and `2 skipped` where some were. */
export function lastLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
