import type { FeedsReport } from './feeds-bench.ts';

export function formatFeeds({ rows, cpuRatio, memoryRatio }: FeedsReport): string {
  const lines = rows.map((row) =>
    [
      row.contender.padEnd(10),
      `${row.cpuMicros.toFixed(1).padStart(7)} µs an event and reader`,
      `${(row.readerBytes / 1_024).toFixed(1).padStart(6)} KB a reader`,
      `${(row.idleCoreShare * 100).toFixed(1).padStart(5)} % of a core for 1,000 that wait`,
      `last reader after ${row.lastReaderMs.toFixed(0)} ms, ${row.slowestReaderMs.toFixed(0)} at most`,
      ...(row.otherCallsP99Ms === null ? [] : [`other calls' p99 ${row.otherCallsP99Ms.toFixed(0)} ms`]),
    ].join('  '),
  );
  lines.push(`CPU ${cpuRatio.toFixed(2)} × (goal 2), memory ${memoryRatio.toFixed(2)} × (goal 2)`);
  return `${lines.join('\n')}\n`;
}
