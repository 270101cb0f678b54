import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { measure } from './measure.ts';

test('every caller makes one call after the other until the time is over', async () => {
  const calling = new Set<number>();
  let calls = 0;
  const measurement = await measure(
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
  expect(measurement.messages).toBe(calls);
  expect(calls).toBeGreaterThanOrEqual(8);
  expect(calls).toBeLessThanOrEqual(48);
  expect(measurement.medianMs).toBeGreaterThan(8);
  expect(measurement.slowMs).toBeGreaterThanOrEqual(measurement.medianMs);
  expect(measurement.messagesPerSecond).toBeLessThan(480);
});

test('a call that computes costs CPU, one that waits costs next to none', async () => {
  const busy = await measure(
    {
      name: 'busy',
      async append() {
        const until = performance.now() + 5;
        while (performance.now() < until);
      },
    },
    1,
    100,
  );
  const idle = await measure({ name: 'idle', append: () => sleep(20) }, 1, 100);
  expect(busy.cpuMicrosPerMessage).toBeGreaterThan(idle.cpuMicrosPerMessage);
});

test('a call that fails ends the measurement', async () => {
  const failing = { name: 'failing', append: () => Promise.reject(new Error('mongod is away')) };
  await expect(measure(failing, 2, 50)).rejects.toThrow('mongod is away');
});
