import type { Store } from '@baton/repository';
import { ApiKeyId } from '@baton/schema';
import { expect, test, vi } from 'vitest';
import { KeyUse } from './key-use.ts';

const MINUTE_MS = 60_000;
const [ONE, OTHER] = [ApiKeyId.parse('a'.repeat(24)), ApiKeyId.parse('b'.repeat(24))];

function keyUse() {
  const noteUse = vi.fn((_keyIds: readonly ApiKeyId[]) => Promise.resolve());
  // All that is asked of the store.
  const store = { apiKeys: { noteUse } } as unknown as Pick<Store, 'apiKeys'>;
  return { noteUse, use: new KeyUse(store) };
}

test('a key is written once in five minutes, several at a time', () => {
  const { noteUse, use } = keyUse();
  use.note([], 0);
  use.note([ONE, ONE], 0);
  use.note([ONE, OTHER], MINUTE_MS);
  for (let minute = 2; minute <= 6; minute += 1) use.note([ONE, OTHER], minute * MINUTE_MS);
  expect(noteUse.mock.calls).toEqual([[[ONE]], [[OTHER]], [[ONE]], [[OTHER]]]);
});

test('a store that does not answer costs nobody anything', async () => {
  const { noteUse, use } = keyUse();
  noteUse.mockRejectedValueOnce(new Error('MongoDB does not answer'));
  use.note([ONE], 0);
  await vi.waitFor(() => expect(noteUse.mock.results[0]?.type).toBe('return'));
});
