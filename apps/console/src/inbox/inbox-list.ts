import type { Baton } from '@baton/client';
import { evolve } from '@baton/domain';
import type { Conversation, ConversationId, Entry } from '@baton/schema';
import { type Bounds, boundsOf, type InboxFilter, listInput, matches, order } from './inbox-filter.ts';

const PAGE = 50;
/** The most that the server gives at once. */
const WHOLE_PAGE = 100;
/** Of a list that is read anew, as much is read as was shown, up to so many. */
const MOST_ANEW = 500;

export type InboxState = {
  /** In the order in which they are shown. */
  conversations: readonly Conversation[];
  hasMore: boolean;
  isLoading: boolean;
  /** How many conversations have another place now, or none any more; they wait for the pointer to leave. */
  waiting: number;
  error: unknown;
};

/**
 * The list of the inbox, kept current by folding the tenant's feed with the server's own code. While it is
 * held, rows change where they stand and nothing moves.
 */
export class InboxList {
  readonly #api: Baton['api'];
  readonly #filter: InboxFilter;
  readonly #compare: (a: Conversation, b: Conversation) => number;
  readonly #listeners = new Set<() => void>();
  readonly #byId = new Map<ConversationId, Conversation>();
  readonly #asked = new Set<ConversationId>();
  /** What the feed has changed since the latest reading began: its pages may be older. */
  readonly #touched = new Set<ConversationId>();
  #shown: ConversationId[] = [];
  /** The last of what the server gave: what comes after it is not known yet. */
  #boundary: Conversation | null = null;
  #cursor: string | null = null;
  /** What the filter meant when the first page was read; further pages and live changes keep to it. */
  #bounds: Bounds;
  #isLoading = false;
  #isHeld = false;
  /** What has changed while everything was held. */
  readonly #moved = new Set<ConversationId>();
  #error: unknown = null;
  #state: InboxState | null = null;

  constructor(api: Baton['api'], filter: InboxFilter) {
    this.#api = api;
    this.#filter = filter;
    this.#compare = order(filter.sort);
    this.#bounds = boundsOf(filter, Date.now());
  }

  get state(): InboxState {
    this.#state ??= this.#show();
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads the list anew, as far as it was read; what is shown stays until it is there. */
  async load(): Promise<void> {
    await this.#read(undefined);
  }

  async loadMore(): Promise<void> {
    if (this.#cursor !== null) await this.#read(this.#cursor);
  }

  /** Takes an entry of the tenant's feed. */
  take(entry: Entry): void {
    const known = this.#byId.get(entry.conversationId);
    if (known !== undefined && entry.seq <= known.lastSeq) return;
    if (known !== undefined && entry.seq === known.lastSeq + 1) this.#put(evolve(known, entry));
    else void this.#ask(entry.conversationId);
  }

  /** Holds every row where it is, or lets them move again. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld) this.arrange();
  }

  /** Puts the rows where they belong now. */
  arrange(): void {
    this.#moved.clear();
    this.#shown = this.#arranged();
    this.#changed();
  }

  async #read(cursor: string | undefined): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#touched.clear();
    this.#changed();
    try {
      const isAnew = cursor === undefined;
      const bounds = isAnew ? boundsOf(this.#filter, Date.now()) : this.#bounds;
      const wanted = isAnew ? Math.min(this.#shown.length, MOST_ANEW) : 0;
      const input = { ...listInput(this.#filter, bounds), limit: wanted > PAGE ? WHOLE_PAGE : PAGE };
      const items: Conversation[] = [];
      let nextCursor: string | null = cursor ?? null;
      do {
        // Each page needs the cursor of the one before.
        const page = await this.#api.conversations.list.query({ ...input, cursor: nextCursor ?? undefined });
        items.push(...page.items);
        ({ nextCursor } = page);
      } while (nextCursor !== null && items.length < wanted);
      this.#bounds = bounds;
      if (isAnew) this.#keepOnly(new Set([...this.#touched, ...items.map(({ id }) => id)]));
      for (const conversation of items) {
        const known = this.#byId.get(conversation.id);
        if (known === undefined || known.lastSeq <= conversation.lastSeq)
          this.#byId.set(conversation.id, conversation);
      }
      this.#cursor = nextCursor;
      this.#boundary = nextCursor === null ? null : (items.at(-1) ?? null);
      this.#error = null;
      if (!this.#isHeld || !isAnew || this.#shown.length === 0) this.#shown = this.#arranged();
    } catch (error) {
      this.#error = error;
    } finally {
      this.#isLoading = false;
      this.#changed();
    }
  }

  /** Reads one conversation that the feed speaks of and the list does not have, or not up to there. */
  async #ask(conversationId: ConversationId): Promise<void> {
    if (this.#asked.has(conversationId)) return;
    this.#asked.add(conversationId);
    try {
      const conversation = await this.#api.conversations.get.query({ conversationId });
      const known = this.#byId.get(conversationId);
      if (known === undefined || known.lastSeq < conversation.lastSeq) this.#put(conversation);
    } catch {
      // The next entry, or the next reading of the list, brings it.
    } finally {
      this.#asked.delete(conversationId);
    }
  }

  #keepOnly(ids: ReadonlySet<ConversationId>): void {
    for (const id of this.#byId.keys()) if (!ids.has(id)) this.#byId.delete(id);
  }

  #put(conversation: Conversation): void {
    this.#byId.set(conversation.id, conversation);
    this.#touched.add(conversation.id);
    if (this.#isHeld) this.#moved.add(conversation.id);
    else this.#shown = this.#arranged();
    this.#changed();
  }

  #arranged(): ConversationId[] {
    const boundary = this.#boundary;
    return [...this.#byId.values()]
      .filter((conversation) => matches(conversation, this.#filter, this.#bounds))
      .filter((conversation) => boundary === null || this.#compare(conversation, boundary) <= 0)
      .toSorted(this.#compare)
      .map(({ id }) => id);
  }

  #changed(): void {
    this.#state = null;
    for (const listener of this.#listeners) listener();
  }

  #show(): InboxState {
    const arranged = this.#arranged();
    const isInPlace =
      arranged.length === this.#shown.length && arranged.every((id, index) => id === this.#shown[index]);
    return {
      conversations: this.#shown.flatMap((id) => this.#byId.get(id) ?? []),
      hasMore: this.#cursor !== null,
      isLoading: this.#isLoading,
      waiting: isInPlace ? 0 : this.#moved.size,
      error: this.#error,
    };
  }
}
