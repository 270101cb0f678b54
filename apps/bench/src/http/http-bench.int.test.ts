import { createServer } from 'node:http';
import { testDatabase } from '@baton/testing';
import { expect, test } from 'vitest';
import { formatHttpRow } from './format-http.ts';
import { benchHttp } from './http-bench.ts';
import { rawCaller } from './raw-caller.ts';
import { listen } from '../listen.ts';

test('a short run measures each call of both servers', async () => {
  await using database = await testDatabase();
  const rows = await benchHttp(database.uri, {
    rounds: 1,
    durationMs: 60,
    callers: 4,
    conversations: 6,
    messages: 5,
  });
  expect(rows.map(({ call }) => call.split(/[, ]/)[0])).toEqual([
    'admin.health',
    'session.get',
    'conversations.get',
    'messages.list',
    'messages.append',
  ]);
  for (const { baton, other, cpuRatio, rateRatio } of rows) {
    for (const figure of [...Object.values(baton), ...Object.values(other), cpuRatio, rateRatio]) {
      expect(figure).toBeGreaterThan(0);
    }
  }
});

test('a call that is refused ends the run', async () => {
  await using server = createServer((_, response) => void response.writeHead(418).end('no'));
  using caller = rawCaller(await listen(server), 'key');
  await expect(caller.ask('/trpc/admin.health')).rejects.toThrow(/418/);
});

test('a row says what each did, and whether the goal is reached', () => {
  const figures = { callsPerSecond: 1_000, cpuMicrosPerCall: 40, medianMs: 1.5 };
  const row = { call: 'a call', peer: 'another', baton: figures, other: figures, rateRatio: 2 };
  expect(formatHttpRow({ ...row, cpuRatio: 0.2, goal: { figure: 'cpu', ratio: 0.25 } })).toContain(
    'server CPU 0.20 ×, goal at most 0.25 ×: reached',
  );
  expect(formatHttpRow({ ...row, cpuRatio: 0.3, goal: { figure: 'cpu', ratio: 0.25 } })).toContain('missed');
  expect(formatHttpRow({ ...row, cpuRatio: 0.2, goal: { figure: 'rate', ratio: 5 } })).toContain(
    'rate 2.00 ×, goal at least 5 ×: missed',
  );
});
