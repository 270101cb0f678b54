import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { benchFeeds } from './feeds-bench.ts';
import { formatFeeds } from './format-feeds.ts';
import { Readers } from './readers.ts';

test('a short run gives every reader every event, from both servers', async () => {
  await using database = await testDatabase();
  const report = await benchFeeds(database.uri, { readers: 20, events: 3, everyMs: 20, idleMs: 100 });
  expect(report.rows.map(({ contender }) => contender)).toEqual(['raw writes', 'Baton']);
  for (const row of report.rows) {
    expect(row.cpuMicros).toBeGreaterThan(0);
    expect(row.readerBytes).toBeGreaterThan(0);
    expect(row.slowestReaderMs).toBeLessThan(5_000);
  }
  expect(report.cpuRatio).toBeGreaterThan(0);
  expect(formatFeeds(report)).toMatch(/^raw writes .*\nBaton .*p99 \d+ ms\nCPU .* × \(goal 2\)/);
  const readers = new Readers();
  const url = 'http://127.0.0.1:1/';
  await expect(readers.answer({ what: 'open', url, headers: {}, count: 1 })).rejects.toThrow(/ECONNREFUSED/);
});
