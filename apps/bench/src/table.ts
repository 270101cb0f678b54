import type { Row } from './comparison.ts';

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
  const lines: string[][] = [HEAD];
  let scenario = '';
  for (const row of rows) {
    if (row.scenario !== scenario) lines.push([], [row.scenario]);
    ({ scenario } = row);
    lines.push(cellsOf(row));
  }
  const full = lines.filter((line) => line.length === HEAD.length);
  const widths = HEAD.map((_, column) => Math.max(...full.map((line) => line[column]?.length ?? 0)));
  const texts = lines.map((line) => {
    if (line.length < HEAD.length) return line.join('');
    const [name = '', ...numbers] = line;
    const padded = numbers.map((number, index) => number.padStart(widths[index + 1] ?? 0));
    return [name.padEnd(widths[0] ?? 0), ...padded].join('  ');
  });
  return `${texts.join('\n')}\n`;
}
