import { expect, test } from 'vitest';
import { compare, comparisonRow } from './comparison.ts';
import type { Measurement } from './measure.ts';

const measurement = (
  messagesPerSecond: number,
  cpuMicrosPerMessage: number,
  medianMs: number,
): Measurement => ({
  messages: 1,
  messagesPerSecond,
  cpuMicrosPerMessage,
  medianMs,
  slowMs: medianMs * 2,
});

test('a ratio is the median of the ratios of each round, so that a slow round of the machine does not count', () => {
  // The machine is ten times slower in the second round: for both.
  const baseline = [measurement(100, 50, 10), measurement(10, 500, 100), measurement(100, 50, 10)];
  const row = comparisonRow(
    'scenario',
    'Baton',
    [measurement(400, 10, 5), measurement(40, 100, 50), measurement(400, 10, 5)],
    baseline,
  );
  expect(row.ratios).toEqual({ throughput: 4, cpu: 0.2, latency: 0.5 });
  expect(row).toMatchObject({ messagesPerSecond: 400, cpuMicrosPerMessage: 10, medianMs: 5, slowMs: 10 });
});

test('contenders are measured in turn, after a warm-up of each that is not counted', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    name,
    async append() {
      if (order.at(-1) !== name) order.push(name);
    },
  });
  const announced: string[] = [];
  const rows = await compare(
    { name: 'scenario', callers: 1, contenders: [contender('A'), contender('B')] },
    { rounds: 3, durationMs: 10, onMeasurement: (_, name, round) => announced.push(`${name}${round}`) },
  );
  expect(order).toEqual(['A', 'B', 'A', 'B', 'A', 'B', 'A', 'B']);
  expect(announced).toEqual(['A1', 'B1', 'A2', 'B2', 'A3', 'B3']);
  expect(rows.map(({ scenario, contender: name }) => [scenario, name])).toEqual([
    ['scenario', 'A'],
    ['scenario', 'B'],
  ]);
  expect(rows[0]?.ratios).toEqual({ throughput: 1, cpu: 1, latency: 1 });
});
