import { expect, test } from 'vitest';
import type { ComparisonRow } from './comparison.ts';
import { formatTable } from './format-table.ts';

const row = (scenario: string, contender: string, ratio: number): ComparisonRow => ({
  scenario,
  contender,
  messagesPerSecond: 1_234.5 * ratio,
  cpuMicrosPerMessage: 300 / ratio,
  medianMs: 1.234,
  slowMs: 10,
  ratios: { throughput: ratio, cpu: 1 / ratio, latency: 1 },
});

test('a table has a line a contender under its scenario, numbers one under the other', () => {
  const table = formatTable([
    row('many callers', 'bare driver', 1),
    row('many callers', 'Baton', 4),
    row('one', 'Baton', 1),
  ]);
  expect(table).toBe(
    [
      '               messages/s  CPU µs each  median ms  99 % ms  throughput     CPU  latency',
      '',
      'many callers',
      '  bare driver        1235          300       1.23    10.00      1.00 ×  1.00 ×   1.00 ×',
      '  Baton              4938           75       1.23    10.00      4.00 ×  0.25 ×   1.00 ×',
      '',
      'one',
      '  Baton              1235          300       1.23    10.00      1.00 ×  1.00 ×   1.00 ×',
      '',
    ].join('\n'),
  );
});
