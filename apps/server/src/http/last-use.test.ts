import { expect, test, vi } from 'vitest';
import { LastUse } from './last-use.ts';

const MINUTE_MS = 60_000;

test('a credential is written once in five minutes, several at a time', () => {
  const write = vi.fn((_ids: readonly string[]) => Promise.resolve());
  const use = new LastUse(write);
  use.note([], 0);
  use.note(['one', 'one'], 0);
  use.note(['one', 'other'], MINUTE_MS);
  for (let minute = 2; minute <= 6; minute += 1) use.note(['one', 'other'], minute * MINUTE_MS);
  expect(write.mock.calls).toEqual([[['one']], [['other']], [['one']], [['other']]]);
});

test('a store that does not answer costs nobody anything', async () => {
  const write = vi.fn((_ids: readonly string[]) => Promise.reject(new Error('MongoDB does not answer')));
  new LastUse(write).note(['one'], 0);
  await vi.waitFor(() => expect(write).toHaveBeenCalledTimes(1));
});
