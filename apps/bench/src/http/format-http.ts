import type { HttpBenchRow, HttpFigures } from './http-bench.ts';

/** A few lines: what each server did, the ratio, and the goal. */
export function formatHttpRow({ call, peer, baton, other, cpuRatio, rateRatio, goal }: HttpBenchRow): string {
  const isCpu = goal.figure === 'cpu';
  const ratio = isCpu ? cpuRatio : rateRatio;
  const isReached = isCpu ? ratio <= goal.ratio : ratio >= goal.ratio;
  return [
    call,
    figures('Baton', baton),
    figures(peer, other),
    `  ${isCpu ? 'server CPU' : 'rate'} ${ratio.toFixed(2)} ×, goal ${isCpu ? 'at most' : 'at least'} ${goal.ratio} ×: ${isReached ? 'reached' : 'missed'}`,
    '',
    '',
  ].join('\n');
}

function figures(name: string, { callsPerSecond, cpuMicrosPerCall, medianMs }: HttpFigures): string {
  const cells = [
    `${callsPerSecond.toFixed(0).padStart(7)} calls/s`,
    `${cpuMicrosPerCall.toFixed(0).padStart(6)} µs CPU each`,
    `${medianMs.toFixed(2).padStart(8)} ms median`,
  ];
  return `  ${name.padEnd(26)}${cells.join('  ')}`;
}
