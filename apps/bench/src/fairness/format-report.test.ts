import { expect, test } from 'vitest';
import { formatReport } from './format-report.ts';

const row = { quietP50Ms: 1, quietP99Ms: 2, floodedP50Ms: 2, floodedP99Ms: 3, ratioP50: 2, ratioP99: 1.5 };
const flood = {
  commands: 10,
  refusedCommands: 1,
  searches: 5,
  failedSearches: 0,
  feedsOpened: 2,
  feedsOpen: 2,
  mostFeeds: 2,
  feedBytes: 100,
};

test('says of each call whether its goal is kept, and why calls were refused', () => {
  const rows = [
    { ...row, call: 'append' as const },
    { ...row, call: 'get' as const, ratioP99: 2.5 },
  ];
  const refused = { quiet: 0, flooded: 1, reasons: ['RATE_LIMITED'] };
  const [append, get, calls, reason] = formatReport({
    rows,
    refused,
    busy: { quiet: 0.5, flooded: 1 },
    flood,
  }).split('\n');
  expect(append).toMatch(/p99 1\.50 × \(goal 2 ×: kept\)$/);
  expect(get).toMatch(/p99 2\.50 × \(goal 2 ×: missed\)$/);
  expect(calls).toBe('refused 0 quiet, 1 flooded (goal 0)');
  expect(reason?.trim()).toBe('RATE_LIMITED');
});
