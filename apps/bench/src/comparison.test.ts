import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { compare, rowOf } from './comparison.ts';
import type { Turn } from './turn.ts';

const turn = (messagesPerSecond: number, cpuMicrosPerMessage: number, medianMs: number): Turn => ({
  messages: 1,
  messagesPerSecond,
  cpuMicrosPerMessage,
  medianMs,
  slowMs: medianMs * 2,
});

test('a ratio is the median of the ratios of each round, so that a slow round of the machine does not count', () => {
  // The machine is ten times slower in the second round: for both.
  const measure = [turn(100, 50, 10), turn(10, 500, 100), turn(100, 50, 10)];
  const row = rowOf('scenario', 'Baton', [turn(400, 10, 5), turn(40, 100, 50), turn(400, 10, 5)], measure);
  expect(row.ratios).toEqual({ throughput: 4, cpu: 0.2, latency: 0.5 });
  expect(row).toMatchObject({ messagesPerSecond: 400, cpuMicrosPerMessage: 10, medianMs: 5, slowMs: 10 });
});

test('contenders take turns, after one of each that counts for nothing', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    name,
    async append() {
      if (order.at(-1) !== name) order.push(name);
      await sleep(1);
    },
  });
  const announced: string[] = [];
  const rows = await compare(
    { name: 'scenario', callers: 1, contenders: [contender('A'), contender('B')] },
    { rounds: 3, turnMs: 10, onTurn: (_, name, round) => announced.push(`${name}${round}`) },
  );
  expect(order).toEqual(['A', 'B', 'A', 'B', 'A', 'B', 'A', 'B']);
  expect(announced).toEqual(['A1', 'B1', 'A2', 'B2', 'A3', 'B3']);
  expect(rows.map(({ scenario, contender: name }) => [scenario, name])).toEqual([
    ['scenario', 'A'],
    ['scenario', 'B'],
  ]);
  expect(rows[0]?.ratios).toEqual({ throughput: 1, cpu: 1, latency: 1 });
});
