import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { repeat } from './repeat.ts';

let lines: { msg: string; work: string; level: number }[] = [];
beforeEach(() => {
  lines = [];
});
const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });

test('work is done again and again, never twice at once', async () => {
  let running = 0;
  let most = 0;
  let times = 0;
  const repeated = repeat(
    'work',
    1,
    async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(5);
      running -= 1;
      times += 1;
    },
    log,
  );
  while (times < 4) await sleep(5);
  await repeated.stop();
  expect(most).toBe(1);
  const done = times;
  await sleep(20);
  expect(times).toBe(done);
});

test('stopping waits for work that runs, and not for the next time', async () => {
  let isDone = false;
  const repeated = repeat(
    'work',
    60_000,
    async () => {
      await sleep(30);
      isDone = true;
    },
    log,
  );
  await repeated.stop();
  expect(isDone).toBe(true);
  const idle = repeat('work', 60_000, () => Promise.resolve(), log);
  await sleep(5);
  await idle.stop();
});

test('work that fails is tried again; the log says it once, and once that it works again', async () => {
  let times = 0;
  const repeated = repeat(
    'work',
    1,
    async () => {
      times += 1;
      if (times <= 3) throw new Error('My card is 4111');
    },
    log,
  );
  while (times < 5) await sleep(5);
  await repeated.stop();
  expect(lines.map(({ msg, work, level }) => [msg, work, level])).toEqual([
    ['Failed; it will be tried again', 'work', 50],
    ['Works again', 'work', 30],
  ]);
});
