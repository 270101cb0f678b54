import type { LimitsReport } from './limits-bench.ts';

const MB = 1024 * 1024;

export function formatLimits(report: LimitsReport): string {
  const { idle, stalled, slowSenders, crowds, rssBytes, beforeP99Ms, duringP99Ms, p99Ratio, calls } = report;
  const crowd = (name: string, count: number, { open, ended }: { open: number; ended: number }) =>
    `${String(count).padStart(6)} ${name}: ${open} open at the end, ${ended} times one was ended by the server`;
  return [
    crowd('idle readers', idle, crowds.idle),
    crowd('stalled readers', stalled, crowds.stalled),
    crowd('slow senders', slowSenders, crowds.slowSenders),
    `memory ${(rssBytes / MB).toFixed()} MB (goal 1,024)`,
    `others' p99 ${beforeP99Ms.toFixed(1)} ms without them, ${duringP99Ms.toFixed(1)} ms with them: ${p99Ratio.toFixed(2)} × (goal 2), ${calls} calls`,
    '',
  ].join('\n');
}
