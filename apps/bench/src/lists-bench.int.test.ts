import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { benchLists } from './lists-bench.ts';

test('a short run measures every two and three filters beside one', async () => {
  await using database = await testDatabase();
  const steps: string[] = [];
  const options = { conversations: 600, rounds: 1, roundMs: 1, onStep: (step: string) => steps.push(step) };
  const rows = await benchLists(database.uri, options);
  expect(steps).toHaveLength(2);
  // Seven alone, 21 of two, 35 of three, and 15 of two by waiting.
  expect(rows).toHaveLength(78);
  const found = new Map(rows.map((row) => [row.filters, row.found]));
  expect(found.get('channel + tag')).toBe(0);
  expect(found.get('agent + stage')).toBeUndefined();
  expect(found.get('stage + agent')).toBeGreaterThan(0);
  for (const { filters, listMs } of rows) expect(listMs, filters).toBeGreaterThan(0);
}, 60_000);
