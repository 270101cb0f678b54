import { ConversationFeedInput, type Entry, TenantFeedInput } from '@baton/schema';
import { tracked, type TrackedEnvelope } from '@trpc/server';
import type { Context } from './context.ts';
import { asTRPCError } from './error.ts';
import { router, tenantProcedure } from './trpc.ts';

type TrackedEntry = { id: string; entry: Entry };

/** A stream fails after its procedure has returned, so what it throws is mapped here. */
async function* track(
  entries: AsyncIterable<TrackedEntry>,
  report: Context['report'],
): AsyncGenerator<TrackedEnvelope<Entry>, void, void> {
  try {
    for await (const { id, entry } of entries) yield tracked(id, entry);
  } catch (error) {
    throw asTRPCError(error, report);
  }
}

/** A subscription's signal; it is there whenever tRPC streams. */
function signalOf(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal;
}

export const feed = router({
  conversation: tenantProcedure
    .input(ConversationFeedInput)
    .subscription(({ ctx, input, signal }) =>
      track(ctx.store.feed.conversation(ctx.tenantId, input, signalOf(signal)), ctx.report),
    ),
  tenant: tenantProcedure
    .input(TenantFeedInput)
    .subscription(({ ctx, input, signal }) =>
      track(ctx.store.feed.tenant(ctx.tenantId, input, signalOf(signal)), ctx.report),
    ),
});
