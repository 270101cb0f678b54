/** Of Vitest's JSON report, what is counted here. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** How one run of Vitest ended. */
export interface Run {
  /** Nothing when it wrote none. */
  report: Report | undefined;
  exitedWell: boolean;
  /** False when coverage missed a threshold. */
  covered: boolean;
}

/**
 * The tests that ran. A file that broke before its tests counts as one that failed, and so does a run that
 * ended badly for another reason than its tests: a crash, coverage too low, an error that no test caught.
 */
export function tally({ report, exitedWell, covered }: Run): Tally {
  const broken =
    report?.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
    ).length ?? 0;
  const failedTests = (report?.numFailedTests ?? 0) + broken + (covered ? 0 : 1);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: failedTests === 0 && !exitedWell ? 1 : failedTests,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

export function sum(tallies: readonly Tally[]): Tally {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** `12 passed, 0 failed`, and how many were skipped where some were. */
export function lastLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
