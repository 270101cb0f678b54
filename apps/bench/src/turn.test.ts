import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takeTurn } from './turn.ts';

test('every caller makes one call after the other until the time is over', async () => {
  const calling = new Set<number>();
  let calls = 0;
  const turn = await takeTurn(
    {
      name: 'sleeper',
      async append(caller) {
        expect(calling.has(caller)).toBe(false);
        calling.add(caller);
        calls += 1;
        await sleep(10);
        calling.delete(caller);
      },
    },
    4,
    100,
  );
  expect(turn.messages).toBe(calls);
  expect(calls).toBeGreaterThanOrEqual(8);
  expect(calls).toBeLessThanOrEqual(48);
  expect(turn.medianMs).toBeGreaterThan(8);
  expect(turn.slowMs).toBeGreaterThanOrEqual(turn.medianMs);
  expect(turn.messagesPerSecond).toBeLessThan(480);
});

test('a call that computes costs CPU, one that waits costs next to none', async () => {
  const busy = await takeTurn(
    {
      name: 'busy',
      async append() {
        const until = performance.now() + 5;
        while (performance.now() < until);
        await sleep(0);
      },
    },
    1,
    100,
  );
  const idle = await takeTurn({ name: 'idle', append: () => sleep(20) }, 1, 100);
  expect(busy.cpuMicrosPerMessage).toBeGreaterThan(idle.cpuMicrosPerMessage);
});

test('a call that fails ends the turn', async () => {
  const failing = { name: 'failing', append: () => Promise.reject(new Error('mongod is away')) };
  await expect(takeTurn(failing, 2, 50)).rejects.toThrow('mongod is away');
});
