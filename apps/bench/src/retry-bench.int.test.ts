import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { benchRetries } from './retry-bench.ts';

test('a short run measures every retry beside an append', async () => {
  await using database = await testDatabase();
  const rows = await benchRetries(database.uri, { rounds: 1, lengths: [100, 300] });
  expect(rows.filter(({ messages }) => messages === 300).length).toBeGreaterThan(6);
  for (const { retry, appendMs, retryMs, ratio } of rows) {
    expect(appendMs, retry).toBeGreaterThan(0);
    expect(retryMs, retry).toBeGreaterThan(0);
    expect(ratio, retry).toBeCloseTo(retryMs / appendMs);
  }
}, 60_000);
