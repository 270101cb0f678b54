import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeat } from './repeat.ts';

let lines: { msg: string; work: string; level: number }[] = [];
const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });

beforeEach(() => {
  lines = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Work whose runs go on until the test ends them. */
function openEndedWork() {
  const runs: PromiseWithResolvers<void>[] = [];
  return {
    runs,
    work: () => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    },
  };
}

test('work is repeated a pause after it has ended, never twice at once', async () => {
  const { runs, work } = openEndedWork();
  const repeated = repeat('work', 1_000, work, log);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toHaveLength(1);
  runs[0]?.resolve();
  await vi.advanceTimersByTimeAsync(999);
  expect(runs).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs).toHaveLength(2);
  runs[1]?.resolve();
  await repeated.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toHaveLength(2);
});

test('stopping waits for work that runs', async () => {
  const { runs, work } = openEndedWork();
  const repeated = repeat('work', 1_000, work, log);
  const stopped = vi.fn();
  const stopping = repeated.stop().then(stopped);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stopped).not.toHaveBeenCalled();
  runs[0]?.resolve();
  await stopping;
});

test('stopping does not wait for the next run', async () => {
  const repeated = repeat('work', 1_000, () => Promise.resolve(), log);
  await vi.advanceTimersByTimeAsync(0);
  await repeated.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('work that fails is tried again; the log says once that it fails and once that it works again', async () => {
  let times = 0;
  const repeated = repeat(
    'work',
    1_000,
    async () => {
      times += 1;
      if (times <= 3) throw new Error('My card is 4111');
    },
    log,
  );
  await vi.advanceTimersByTimeAsync(4_000);
  expect(times).toBe(5);
  await repeated.stop();
  expect(lines.map(({ msg, work, level }) => [msg, work, level])).toEqual([
    ['Failed; it will be tried again', 'work', 50],
    ['Works again', 'work', 30],
  ]);
});

test('stopping tells work that runs', async () => {
  const { runs, work } = openEndedWork();
  const given: AbortSignal[] = [];
  const repeated = repeat('work', 1_000, (signal) => (given.push(signal), work()), log);
  expect(given.map(({ aborted }) => aborted)).toEqual([false]);
  const stopping = repeated.stop();
  expect(given.map(({ aborted }) => aborted)).toEqual([true]);
  runs[0]?.resolve();
  await stopping;
});
