/** A bench calls as fast as it can, by one key. */
export const UNBOUNDED_RATES = {
  callsPerSecond: 10_000_000,
  runningCalls: 100_000,
  importCallsPerSecond: 10_000_000,
  importRunningCalls: 100_000,
  feedsPerCredential: 100_000,
  feedsPerApp: 100_000,
};
