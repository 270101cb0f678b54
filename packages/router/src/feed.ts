import { SubscribeToConversation, type Entry, SubscribeToTenant } from '@baton/schema';
import { tracked, type TrackedEnvelope } from '@trpc/server';
import { errorOfThrown } from './error.ts';
import { tenantProcedure } from './trpc.ts';
import { type SubscriptionCall, whileAuthorised } from './while-authorised.ts';

type TrackedEntry = { id: string; entry: Entry };

/** Answers once the feed is attached, so that a subscriber that is told it is connected misses nothing from then on. */
function track(
  call: SubscriptionCall,
  open: (signal: AbortSignal) => Promise<AsyncIterable<TrackedEntry>>,
): Promise<AsyncIterable<TrackedEnvelope<Entry>>> {
  // All that lasts as long as the feed: the call itself does not.
  const { report } = call.ctx;
  return whileAuthorised(call, open, {
    item: ({ id, entry }) => tracked(id, entry),
    // What a stream throws comes after its procedure has returned, and is mapped here.
    error: (error) => errorOfThrown(error, report),
  });
}

export const feed = {
  conversation: tenantProcedure
    .input(SubscribeToConversation)
    .subscription(({ input, ...call }) =>
      track(call, (signal) => call.ctx.store.feed.conversation(call.ctx.tenantId, input, signal)),
    ),
  tenant: tenantProcedure
    .input(SubscribeToTenant)
    .subscription(({ input, ...call }) =>
      track(call, (signal) => call.ctx.store.feed.tenant(call.ctx.tenantId, input, signal)),
    ),
};
