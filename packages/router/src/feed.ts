import { ConversationFeedInput, type Entry, TenantFeedInput } from '@baton/schema';
import { tracked, type TrackedEnvelope } from '@trpc/server';
import { asTRPCError } from './error.ts';
import { router, tenantProcedure } from './trpc.ts';
import { type LastingCall, whileAuthorised } from './while-authorised.ts';

type TrackedEntry = { id: string; entry: Entry };

/** A stream fails after its procedure has returned, so what it throws is mapped here. */
async function* track(
  call: LastingCall,
  open: (signal: AbortSignal) => AsyncIterable<TrackedEntry>,
): AsyncGenerator<TrackedEnvelope<Entry>, void, void> {
  try {
    for await (const { id, entry } of whileAuthorised(call, open)) yield tracked(id, entry);
  } catch (error) {
    throw asTRPCError(error, call.ctx.report);
  }
}

export const feed = router({
  conversation: tenantProcedure
    .input(ConversationFeedInput)
    .subscription(({ input, ...call }) =>
      track(call, (signal) => call.ctx.store.feed.conversation(call.ctx.tenantId, input, signal)),
    ),
  tenant: tenantProcedure
    .input(TenantFeedInput)
    .subscription(({ input, ...call }) =>
      track(call, (signal) => call.ctx.store.feed.tenant(call.ctx.tenantId, input, signal)),
    ),
});
