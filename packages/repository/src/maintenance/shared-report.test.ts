import { expect, test } from 'vitest';
import { sharedReport } from './shared-report.ts';

test('those who ask together and soon after have one report', async () => {
  let now = 0;
  let count = 0;
  const ask = sharedReport(
    async () => (count += 1),
    () => now,
  );
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  now = 4_999;
  expect(await ask()).toBe(1);
  now = 5_000;
  expect(await ask()).toBe(2);
});

test('one that takes long is not begun a second time', async () => {
  let now = 0;
  let count = 0;
  const made = Promise.withResolvers<number>();
  const ask = sharedReport(
    () => {
      count += 1;
      return made.promise;
    },
    () => now,
  );
  const first = ask();
  now = 60_000;
  const second = ask();
  made.resolve(7);
  expect(await Promise.all([first, second])).toEqual([7, 7]);
  expect(count).toBe(1);
});

test('one that failed is made again', async () => {
  let count = 0;
  const ask = sharedReport(async () => {
    count += 1;
    if (count === 1) throw new Error('gone');
    return count;
  });
  await expect(ask()).rejects.toThrow('gone');
  expect(await ask()).toBe(2);
});
