/** What a process has used so far. */
export type Usage = {
  cpuMicros: number;
  /** Resident memory, after a collection where the process can ask for one (`--expose-gc`). */
  rssBytes: number;
};

/** @param asked `cpu` leaves the collection out, whose time would count with that of the work */
export function usage(asked: unknown): Usage {
  if (asked !== 'cpu') globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() };
}
