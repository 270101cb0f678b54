import type { Row } from './comparison.ts';
import { element } from './element.ts';

const HEAD = ['', 'messages/s', 'CPU µs each', 'median ms', '99 % ms', 'throughput', 'CPU', 'latency'];

const times = (ratio: number) => `${ratio.toFixed(2)} ×`;

function cellsOf({ contender, ratios, ...row }: Row): string[] {
  return [
    `  ${contender}`,
    row.messagesPerSecond.toFixed(0),
    row.cpuMicrosPerMessage.toFixed(0),
    row.medianMs.toFixed(2),
    row.slowMs.toFixed(2),
    times(ratios.throughput),
    times(ratios.cpu),
    times(ratios.latency),
  ];
}

/** The rows as text, under a line for each scenario: words to the left, numbers to the right. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => ({ scenario: row.scenario, cells: cellsOf(row) }));
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...lines.map(({ cells }) => element(cells, column).length)),
  );
  const textOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(element(widths, 0)) : cell.padStart(element(widths, column)),
      )
      .join('  ');
  const texts = [textOf(HEAD)];
  let current = '';
  for (const { scenario, cells } of lines) {
    if (scenario !== current) texts.push('', scenario);
    current = scenario;
    texts.push(textOf(cells));
  }
  return `${texts.join('\n')}\n`;
}
