import { Refusal } from '@baton/domain';
import type { TenantId } from '@baton/schema';
import type { Context } from './context.ts';

/** A subscription as tRPC calls it; the signal is there whenever it streams. */
export type SubscriptionCall = { ctx: Context & { tenantId: TenantId }; signal: AbortSignal | undefined };

/**
 * What `open` gives, for as long as the caller's credential is good; it is looked up again now and then.
 * @throws Refusal UNAUTHORIZED once the key is revoked or the session has ended
 */
export async function whileAuthorised<Item>(
  { ctx, signal }: SubscriptionCall,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Item>>,
): Promise<AsyncGenerator<Item, void, void>> {
  const ended = new AbortController();
  const recheckCredential = async () => {
    // A store that does not answer says nothing about the credential: the next look does.
    const credential = await ctx.reauthenticate().catch(() => undefined);
    if (credential !== undefined && credential?.tenantId !== ctx.tenantId) ended.abort();
  };
  const items = await open(AbortSignal.any([...(signal ? [signal] : []), ended.signal]));

  async function* given(): AsyncGenerator<Item, void, void> {
    const timer = setInterval(() => void recheckCredential(), ctx.reauthenticateEveryMs);
    try {
      for await (const item of items) {
        if (ended.signal.aborted) break;
        yield item;
      }
      if (ended.signal.aborted) {
        throw new Refusal('UNAUTHORIZED', 'This API key was revoked, or this browser is no longer signed in');
      }
    } finally {
      clearInterval(timer);
    }
  }

  return given();
}
