// @vitest-environment node
import type { Baton } from '@baton/client';
import { AgentId, FollowUpId } from '@baton/schema';
import { TRPCClientError } from '@trpc/client';
import { afterEach, expect, test, vi } from 'vitest';
import { createFollowUpCompleter } from './complete-follow-up.ts';

const request = { followUpId: FollowUpId.parse('a'.repeat(24)), by: AgentId.parse('ana') };
const leased = [{ leaseToken: 'lease' }];

/** A server whose two procedures answer so, one press after the other. */
function stubFollowUps() {
  const claim = vi.fn(async (_input: { idempotencyKey: string }): Promise<unknown[]> => leased);
  const finish = vi.fn(async (_input: { idempotencyKey: string; leaseToken: string }) => undefined);
  // Only these two procedures are called.
  const api = { followUps: { claim: { mutate: claim }, complete: { mutate: finish } } } as unknown;
  const keys = () => [claim, finish].map((each) => each.mock.calls.map(([input]) => input.idempotencyKey));
  return { claim, finish, keys, complete: createFollowUpCompleter(api as Baton['api']) };
}

afterEach(() => vi.useRealTimers());

test('a second press goes on with the first one’s lease where no answer came', async () => {
  const { claim, finish, keys, complete } = stubFollowUps();
  claim.mockRejectedValueOnce(new TRPCClientError('fetch failed'));
  await expect(complete(request)).rejects.toThrow('fetch failed');
  finish.mockRejectedValueOnce(new TRPCClientError('fetch failed'));
  await expect(complete(request)).rejects.toThrow('fetch failed');
  await complete(request);
  const [claims, ends] = keys();
  expect(new Set(claims)).toHaveLength(1);
  expect(new Set(ends)).toHaveLength(1);
  expect(finish).toHaveBeenLastCalledWith(expect.objectContaining({ leaseToken: 'lease', by: 'ana' }));
});

test('a press that was answered, or whose lease has run out, is followed by a new one', async () => {
  vi.useFakeTimers();
  const { claim, keys, complete } = stubFollowUps();
  claim.mockResolvedValueOnce([]);
  await expect(complete(request)).rejects.toThrow('an agent is doing it right now');
  claim.mockRejectedValueOnce(new TRPCClientError('fetch failed'));
  await expect(complete(request)).rejects.toThrow('fetch failed');
  vi.advanceTimersByTime(31_000);
  await complete(request);
  expect(new Set(keys()[0])).toHaveLength(3);
});

test('a wall clock that is set right does not end a lease', async () => {
  vi.useFakeTimers();
  const { claim, keys, complete } = stubFollowUps();
  claim.mockRejectedValueOnce(new TRPCClientError('fetch failed'));
  await expect(complete(request)).rejects.toThrow('fetch failed');
  vi.setSystemTime(Date.now() + 3_600_000);
  await complete(request);
  expect(new Set(keys()[0])).toHaveLength(1);
});
