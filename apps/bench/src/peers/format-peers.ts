import type { PeersRow } from './peers-bench.ts';

const HEADER = `${''.padEnd(26)} ${['calls/s', 'median ms', '99 % ms', 'Baton'].map((head) => head.padStart(9)).join(' ')}`;

function line({ peer, callsPerSecond, medianMs, slowMs, ratio }: PeersRow): string {
  const isBaton = peer.startsWith('Baton');
  const figures = [
    callsPerSecond.toFixed(0),
    medianMs.toFixed(2),
    slowMs.toFixed(2),
    isBaton ? '' : `${ratio.toFixed(2)} ×`,
  ];
  const verdict = !isBaton && ratio < 1 ? '  Baton loses' : '';
  return `  ${peer.padEnd(24)} ${figures.map((figure) => figure.padStart(9)).join(' ')}${verdict}`.trimEnd();
}

/** One table, with a line above each work; it says where Baton loses. */
export function formatPeers(rows: readonly PeersRow[]): string {
  const works = Map.groupBy(rows, ({ work, callers }) =>
    callers === 1 ? `${work}, one conversation` : `${work}, ${callers} conversations at once`,
  );
  return [HEADER, ...[...works].flatMap(([work, ofWork]) => ['', work, ...ofWork.map(line)]), ''].join('\n');
}
