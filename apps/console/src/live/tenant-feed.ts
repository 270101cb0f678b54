import type { Baton } from '@baton/client';
import type { Entry } from '@baton/schema';

export type FeedStatus = 'connecting' | 'live' | 'reconnecting';

export type FeedState = {
  status: FeedStatus;
  /** The latest entry or connection, in milliseconds since 1970. */
  lastHeardAt: number | null;
};

type EntryListener = (entry: Entry) => void;

export class TenantFeed {
  readonly #api: Baton['api'];
  readonly #stateListeners = new Set<() => void>();
  readonly #entryListeners = new Set<EntryListener>();
  readonly #resumedListeners = new Set<() => void>();
  #state: FeedState = { status: 'connecting', lastHeardAt: null };

  constructor(api: Baton['api']) {
    this.#api = api;
  }

  get state(): FeedState {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  onEntry(listener: EntryListener): () => void {
    this.#entryListeners.add(listener);
    return () => this.#entryListeners.delete(listener);
  }

  /** Called when the feed is connected again. */
  onResumed(listener: () => void): () => void {
    this.#resumedListeners.add(listener);
    return () => this.#resumedListeners.delete(listener);
  }

  /** Tells the listeners that what was missed is to be read again. */
  resume(): void {
    for (const listener of this.#resumedListeners) listener();
  }

  start(onFailed: (error: unknown) => void): () => void {
    const subscription = this.#api.feed.tenant.subscribe(
      {},
      {
        onData: ({ data }) => {
          this.#setState({ status: 'live', lastHeardAt: Date.now() });
          for (const listener of this.#entryListeners) listener(data);
        },
        onConnectionStateChange: ({ state, error }) => {
          if (state === 'pending') {
            const isBack = this.#state.status === 'reconnecting';
            this.#setState({ status: 'live', lastHeardAt: Date.now() });
            if (isBack) this.resume();
          } else if (state === 'connecting' && (error !== null || this.#state.status === 'live')) {
            this.#setState({ ...this.#state, status: 'reconnecting' });
          }
        },
        onError: (error) => {
          this.#setState({ ...this.#state, status: 'reconnecting' });
          onFailed(error);
        },
      },
    );
    return () => subscription.unsubscribe();
  }

  #setState(state: FeedState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}
