import { getEventListeners } from 'node:events';
import type { AppRouter } from '@baton/router/api';
import type { ClaimedFollowUp } from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import { expect, test, vi } from 'vitest';
import { createFollowUpWorker, RetryAt } from './follow-up-worker.ts';

test('a worker that has done much listens to no more than one that has done little', async () => {
  const heard = new Set<EventTarget>();
  const listen = vi.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
    this: AbortSignal,
    ...listened: Parameters<EventTarget['addEventListener']>
  ) {
    heard.add(this);
    EventTarget.prototype.addEventListener.apply(this, listened);
  });
  // Listens to the signal of a call for as long as it lives, as tRPC does.
  const call = async (_input: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => undefined);
  };
  const item = { followUp: { id: 'f' }, leaseToken: 't' } as ClaimedFollowUp;
  let claims = 0;
  const claim = async (...asked: Parameters<typeof call>) => {
    await call(...asked);
    return (claims += 1) <= 50 ? [item] : [];
  };
  const followUps = { claim: { mutate: claim }, complete: { mutate: call } };
  // Of the client only what a worker calls here.
  const api = { followUps } as unknown as TRPCClient<AppRouter>;
  const worker = createFollowUpWorker(
    { api },
    {
      concurrency: 1,
      handle: async (_, { signal }) => signal.addEventListener('abort', () => undefined),
    },
  );
  await vi.waitFor(() => expect(claims).toBeGreaterThan(50));
  listen.mockRestore();
  const most = Math.max(...[...heard].map((signal) => getEventListeners(signal, 'abort').length));
  expect(most).toBeLessThan(5);
  await worker.stop();
});

test('an instant that is none cannot be asked for', () => {
  expect(() => new RetryAt(new Date('soon'))).toThrow(RangeError);
});
