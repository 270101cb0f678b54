/** What a process has used so far. */
export type Usage = {
  cpuMicros: number;
  /** Resident memory, after a collection where the process can ask for one (`--expose-gc`). */
  rssBytes: number;
};

export function usage(): Usage {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() };
}
