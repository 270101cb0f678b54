// @vitest-environment node
import type { Baton } from '@baton/client';
import { AgentId, FollowUpId } from '@baton/schema';
import { TRPCClientError } from '@trpc/client';
import { afterEach, expect, test, vi } from 'vitest';
import { followUpCompleter } from './complete-follow-up.ts';

const asked = { followUpId: FollowUpId.parse('a'.repeat(24)), by: AgentId.parse('ana') };
const leased = [{ leaseToken: 'lease' }];

/** A server whose two procedures answer so, one press after the other. */
function office() {
  const claim = vi.fn(async (_input: { idempotencyKey: string }): Promise<unknown[]> => leased);
  const finish = vi.fn(async (_input: { idempotencyKey: string; leaseToken: string }) => undefined);
  // Only these two procedures are called.
  const api = { followUps: { claim: { mutate: claim }, complete: { mutate: finish } } } as unknown;
  const keys = () => [claim, finish].map((each) => each.mock.calls.map(([input]) => input.idempotencyKey));
  return { claim, finish, keys, complete: followUpCompleter(api as Baton['api']) };
}

afterEach(() => vi.useRealTimers());

test('a second press goes on with the first one’s lease where no answer came', async () => {
  const { claim, finish, keys, complete } = office();
  claim.mockRejectedValueOnce(new TRPCClientError('fetch failed'));
  await expect(complete(asked)).rejects.toThrow('fetch failed');
  finish.mockRejectedValueOnce(new TRPCClientError('fetch failed'));
  await expect(complete(asked)).rejects.toThrow('fetch failed');
  await complete(asked);
  const [claims, ends] = keys();
  expect(new Set(claims)).toHaveLength(1);
  expect(new Set(ends)).toHaveLength(1);
  expect(finish).toHaveBeenLastCalledWith(expect.objectContaining({ leaseToken: 'lease', by: 'ana' }));
});

test('a press that was answered, or whose lease has run out, is followed by a new one', async () => {
  vi.useFakeTimers();
  const { claim, keys, complete } = office();
  claim.mockResolvedValueOnce([]);
  await expect(complete(asked)).rejects.toThrow('an agent is doing it right now');
  claim.mockRejectedValueOnce(new TRPCClientError('fetch failed'));
  await expect(complete(asked)).rejects.toThrow('fetch failed');
  vi.advanceTimersByTime(31_000);
  await complete(asked);
  expect(new Set(keys()[0])).toHaveLength(3);
});
