import type { ComparisonRow } from './comparison.ts';
import { cyclicElement } from './cyclic-element.ts';

const HEADERS = ['', 'messages/s', 'CPU µs each', 'median ms', '99 % ms', 'throughput', 'CPU', 'latency'];

const formatRatio = (ratio: number) => `${ratio.toFixed(2)} ×`;

function rowCells({ contender, ratios, ...row }: ComparisonRow): string[] {
  return [
    `  ${contender}`,
    row.messagesPerSecond.toFixed(0),
    row.cpuMicrosPerMessage.toFixed(0),
    row.medianMs.toFixed(2),
    row.slowMs.toFixed(2),
    formatRatio(ratios.throughput),
    formatRatio(ratios.cpu),
    formatRatio(ratios.latency),
  ];
}

/** Text is aligned left, numbers right, with a line above each scenario. */
export function formatTable(rows: readonly ComparisonRow[]): string {
  const lines = rows.map((row) => ({ scenario: row.scenario, cells: rowCells(row) }));
  const widths = HEADERS.map((head, column) =>
    Math.max(head.length, ...lines.map(({ cells }) => cyclicElement(cells, column).length)),
  );
  const formatLine = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(cyclicElement(widths, 0)) : cell.padStart(cyclicElement(widths, column)),
      )
      .join('  ');
  const output = [formatLine(HEADERS)];
  let current = '';
  for (const { scenario, cells } of lines) {
    if (scenario !== current) output.push('', scenario);
    current = scenario;
    output.push(formatLine(cells));
  }
  return `${output.join('\n')}\n`;
}
