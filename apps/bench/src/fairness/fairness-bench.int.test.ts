import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { benchFairness } from './fairness-bench.ts';
import { formatReport } from './format-report.ts';

test('a short run measures both calls with and without a flood, and refuses none of them', async () => {
  await using database = await testDatabase();
  const turns: string[] = [];
  const report = await benchFairness(database.uri, {
    rounds: 1,
    durationMs: 500,
    floodLeadMs: 1_000,
    flood: { commands: 100, searches: 2, feeds: 4 },
    messages: 250,
    onTurn: (round, isFlooded) => turns.push(`${round} ${isFlooded ? 'flooded' : 'quiet'}`),
  });
  expect(turns).toEqual(['1 quiet', '1 flooded']);
  expect(report.rows.map(({ call }) => call)).toEqual(['append', 'get']);
  for (const row of report.rows) {
    expect(row.quietP99Ms).toBeGreaterThan(0);
    expect(row.ratioP99).toBeCloseTo(row.floodedP99Ms / row.quietP99Ms);
  }
  expect(report.refused).toEqual({ quiet: 0, flooded: 0, reasons: [] });
  const { flood } = report;
  expect(flood.commands).toBeGreaterThan(0);
  expect(flood.searches).toBeGreaterThan(0);
  expect(flood.feedsOpened).toBeGreaterThanOrEqual(4);
  expect(formatReport(report)).toMatch(/^append .*\nget .*\nrefused 0 quiet, 0 flooded/);
});
