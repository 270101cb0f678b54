import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { benchSearch } from './search-bench.ts';

test('a short run measures every search beside the bare driver', async () => {
  await using database = await testDatabase();
  const rows = await benchSearch(database.uri, { rounds: 1, conversations: 2, messages: 120 });
  expect(rows.length).toBeGreaterThan(8);
  for (const { search, bareMs, batonMs, ratio } of rows) {
    expect(bareMs, search).toBeGreaterThan(0);
    expect(batonMs, search).toBeGreaterThan(0);
    expect(ratio, search).toBeCloseTo(batonMs / bareMs);
  }
}, 60_000);
