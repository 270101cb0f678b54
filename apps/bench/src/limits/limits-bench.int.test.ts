import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { Crowd } from './crowd.ts';
import { formatLimits } from './format-limits.ts';
import { benchLimits } from './limits-bench.ts';

test('a short run keeps its crowds open, and the memory below the goal', async () => {
  await using database = await testDatabase();
  const crowd = { idle: 60, stalled: 10, slowSenders: 30, durationMs: 800 };
  const report = await benchLimits(database.uri, crowd);
  expect(report.crowds.idle).toEqual({ open: 60, ended: 0 });
  expect(report.crowds.stalled.open).toBe(10);
  expect(report.crowds.slowSenders.open).toBe(30);
  expect(report.rssBytes).toBeGreaterThan(10 * 1024 * 1024);
  expect(report.rssBytes).toBeLessThan(1024 * 1024 * 1024);
  expect(report.calls).toBeGreaterThan(10);
  expect(report.p99Ratio).toBeGreaterThan(0);
  expect(formatLimits(report)).toMatch(/60 idle readers: 60 open[^]*memory \d+ MB[^]*p99 .* × \(goal 2\)/);
});

test('a crowd whose server is gone comes back until it is closed', async () => {
  const crowd = new Crowd();
  const gone = { url: 'http://127.0.0.1:1/', keys: [''], path: '/', count: 1 };
  for (const what of ['slow', 'idle'] as const)
    expect(await crowd.answer({ what, ...gone })).toEqual({ open: 0, ended: expect.any(Number) });
  expect(await crowd.answer({ what: 'state' })).toEqual({ open: 0, ended: 2 });
  crowd.close();
});
