import { Refusal } from '@baton/domain';
import type { Context, Credential } from './context.ts';

/** A subscription as tRPC calls it; the signal is there whenever it streams. */
export type SubscriptionCall = { ctx: Context & { credential: Credential }; signal: AbortSignal | undefined };

/**
 * What `open` gives, for as long as the caller's credential is good.
 * @throws Refusal UNAUTHORIZED once the key is revoked or the session has ended
 */
export async function whileAuthorised<Item>(
  { ctx, signal }: SubscriptionCall,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Item>>,
): Promise<AsyncGenerator<Item, void, void>> {
  const ended = new AbortController();
  const items = await open(AbortSignal.any([...(signal ? [signal] : []), ended.signal]));

  async function* given(): AsyncGenerator<Item, void, void> {
    using watch = new DisposableStack();
    watch.use(ctx.watchCredential(ctx.credential, () => ended.abort()));
    for await (const item of items) {
      if (ended.signal.aborted) break;
      yield item;
    }
    if (ended.signal.aborted) {
      throw new Refusal('UNAUTHORIZED', 'This API key was revoked, or this browser is no longer signed in');
    }
  }

  return given();
}
