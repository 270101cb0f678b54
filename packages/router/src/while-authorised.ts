import { Refusal } from '@baton/domain';
import type { Context, Credential, OnEnded } from './context.ts';
import { tenantSuspended } from './roles.ts';

/** A subscription as tRPC calls it; the signal is there whenever it streams. */
export type SubscriptionCall = { ctx: Context & { credential: Credential }; signal: AbortSignal | undefined };

/** What is done with each item and with an error, on its way to the caller. */
export type Mapping<Item, Mapped> = {
  item: (item: Item) => Mapped;
  error: (error: unknown) => unknown;
};

/**
 * What `open` gives, for as long as the caller's credential is good.
 * @throws Refusal UNAUTHORIZED, mapped, once the key is revoked, the token has expired or the session has ended
 */
export async function whileAuthorised<Item, Mapped>(
  { ctx: { watchCredential, credential }, signal }: SubscriptionCall,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Item>>,
  mapping: Mapping<Item, Mapped>,
): Promise<AsyncIterable<Mapped>> {
  const ended = new AbortController();
  // AbortSignal.any would cost each of many thousand readers a kilobyte.
  const leave = () => ended.abort();
  if (signal?.aborted === true) leave();
  else signal?.addEventListener('abort', leave, { once: true });
  const items = await open(ended.signal);
  const watch = (onEnded: OnEnded) => watchCredential(credential, onEnded);
  return new AuthorisedItems(items[Symbol.asyncIterator](), { watch, leave, mapping });
}

type Options<Item, Mapped> = {
  watch: (onEnded: OnEnded) => Disposable;
  /** Ends what was opened. */
  leave: () => void;
  mapping: Mapping<Item, Mapped>;
};

/** No generator: that would cost two promises more for each of many thousand readers. */
class AuthorisedItems<Item, Mapped> implements AsyncIterableIterator<Mapped, undefined> {
  readonly #items: AsyncIterator<Item>;
  readonly #options: Options<Item, Mapped>;
  #watch: Disposable | undefined;
  #ended: Parameters<OnEnded>[0] | null = null;

  constructor(items: AsyncIterator<Item>, options: Options<Item, Mapped>) {
    this.#items = items;
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Mapped, undefined>> {
    this.#watch ??= this.#options.watch((why) => {
      this.#ended = why;
      this.#options.leave();
    });
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
    if (this.#ended !== null || result.done === true) return this.#end();
    return { done: false, value: this.#options.mapping.item(result.value) };
  };

  async #end(): Promise<IteratorReturnResult<undefined>> {
    const last = await this.return();
    if (this.#ended === null) return last;
    throw this.#options.mapping.error(
      this.#ended === 'TENANT_SUSPENDED'
        ? tenantSuspended()
        : new Refusal(
            'UNAUTHORIZED',
            'This API key was revoked, this token has expired, or this browser is no longer signed in',
          ),
    );
  }

  readonly #failed = (error: unknown): never => {
    this.#watch?.[Symbol.dispose]();
    throw this.#options.mapping.error(error);
  };
}
