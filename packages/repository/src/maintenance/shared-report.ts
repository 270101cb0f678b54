/** How long a report counts, in milliseconds. */
const COUNTS_MS = 5_000;

/**
 * Makes one report for all who ask: while it is made, and for five seconds after. One that failed is made again for the
 * next who asks.
 */
export function sharedReport<Report>(
  make: () => Promise<Report>,
  now: () => number = () => performance.now(),
): () => Promise<Report> {
  let latest: { report: Promise<Report>; until: number } | null = null;
  return () => {
    if (latest !== null && now() < latest.until) return latest.report;
    const made = { report: make(), until: Infinity };
    latest = made;
    made.report.then(
      () => (made.until = now() + COUNTS_MS),
      () => (made.until = -Infinity),
    );
    return made.report;
  };
}
