import { Refusal } from '@baton/domain';
import type { Context, Credential } from './context.ts';

/** A subscription as tRPC calls it; the signal is there whenever it streams. */
export type SubscriptionCall = { ctx: Context & { credential: Credential }; signal: AbortSignal | undefined };

/** What is done with each item and with an error, on its way to the caller. */
export type Mapping<Item, Mapped> = {
  item: (item: Item) => Mapped;
  error: (error: unknown) => unknown;
};

/**
 * What `open` gives, for as long as the caller's credential is good.
 * @throws Refusal UNAUTHORIZED, mapped, once the key is revoked or the session has ended
 */
export async function whileAuthorised<Item, Mapped>(
  call: SubscriptionCall,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Item>>,
  mapping: Mapping<Item, Mapped>,
): Promise<AsyncIterable<Mapped>> {
  const ended = new AbortController();
  const { ctx, signal } = call;
  const items = await open(signal ? AbortSignal.any([signal, ended.signal]) : ended.signal);
  return new AuthorisedItems(items[Symbol.asyncIterator](), { ctx, ended, mapping });
}

type Options<Item, Mapped> = {
  ctx: SubscriptionCall['ctx'];
  ended: AbortController;
  mapping: Mapping<Item, Mapped>;
};

/** No generator: that would cost two promises more for each of many thousand readers. */
class AuthorisedItems<Item, Mapped> implements AsyncIterableIterator<Mapped, undefined> {
  readonly #items: AsyncIterator<Item>;
  readonly #options: Options<Item, Mapped>;
  #watch: Disposable | undefined;

  constructor(items: AsyncIterator<Item>, options: Options<Item, Mapped>) {
    this.#items = items;
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Mapped, undefined>> {
    const { ctx, ended } = this.#options;
    this.#watch ??= ctx.watchCredential(ctx.credential, () => ended.abort());
    return this.#items.next().then(this.#given, this.#failed);
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#watch?.[Symbol.dispose]();
    await this.#items.return?.();
    return { done: true, value: undefined };
  }

  readonly #given = (
    result: IteratorResult<Item>,
  ): IteratorResult<Mapped, undefined> | Promise<IteratorResult<Mapped, undefined>> => {
    const { ended, mapping } = this.#options;
    if (ended.signal.aborted || result.done === true) return this.#end();
    return { done: false, value: mapping.item(result.value) };
  };

  async #end(): Promise<IteratorReturnResult<undefined>> {
    const { ended, mapping } = this.#options;
    const last = await this.return();
    if (!ended.signal.aborted) return last;
    throw mapping.error(
      new Refusal('UNAUTHORIZED', 'This API key was revoked, or this browser is no longer signed in'),
    );
  }

  readonly #failed = (error: unknown): never => {
    this.#watch?.[Symbol.dispose]();
    throw this.#options.mapping.error(error);
  };
}
