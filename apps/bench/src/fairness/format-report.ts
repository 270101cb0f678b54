import type { FairnessReport } from './fairness-bench.ts';

/** How many times its quiet p99 a call may take beside a flood. */
const GOAL = 2;

export function formatReport({ rows, refused, busy, flood }: FairnessReport): string {
  const ms = (value: number) => value.toFixed(1).padStart(7);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const lines = rows.map((row) => {
    const quiet = `quiet p50${ms(row.quietP50Ms)} p99${ms(row.quietP99Ms)} ms`;
    const flooded = `flooded p50${ms(row.floodedP50Ms)} p99${ms(row.floodedP99Ms)} ms`;
    const verdict = row.ratioP99 <= GOAL ? 'kept' : 'missed';
    const ratios = `p50 ${row.ratioP50.toFixed(2)} × p99 ${row.ratioP99.toFixed(2)} ×`;
    return `${row.call.padEnd(7)} ${quiet}   ${flooded}   ${ratios} (goal ${GOAL} ×: ${verdict})`;
  });
  return [
    ...lines,
    `refused ${refused.quiet} quiet, ${refused.flooded} flooded (goal 0)${refused.reasons.map((reason) => `\n        ${reason}`).join('')}`,
    `flood   ${flood.commands} commands done and ${flood.refusedCommands} refused, ${flood.searches} searches done and ${flood.failedSearches} refused, ${flood.mostFeeds} feeds open at once`,
    `machine ${percent(busy.quiet)} busy quiet, ${percent(busy.flooded)} flooded; the flood's sender runs at the lowest priority`,
    '',
  ].join('\n');
}
