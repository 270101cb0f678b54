import type { Baton } from '@baton/client';
import { evolve } from '@baton/domain';
import type { ConversationView, ConversationId, Entry } from '@baton/schema';
import {
  type Bounds,
  boundsOf,
  type InboxFilter,
  listInput,
  matches,
  compareConversations,
} from './inbox-filter.ts';

const PAGE_SIZE = 50;
/** The server's limit of a page. */
const MAX_PAGE_SIZE = 100;
/** A reload reads as many as were shown, up to this many. */
const MAX_RELOADED = 500;

export type InboxState = {
  conversations: readonly ConversationView[];
  hasMore: boolean;
  isLoading: boolean;
  /** Conversations that will move once the list is no longer held. */
  heldChanges: number;
  error: unknown;
};

/** What the list shows after an entry; the customer's last message stays beside a note. */
function evolveView(known: ConversationView, entry: Entry): ConversationView {
  const { contact, ...before } = known;
  if (entry.kind === 'erasure')
    return { ...evolve(before, entry), contact: null, lastPublicMessage: undefined };
  const isNote = entry.kind === 'message' && entry.visibility === 'internal';
  const shown = known.lastPublicMessage === undefined ? known.lastMessage : known.lastPublicMessage;
  const lastPublicMessage = isNote ? shown : entry.kind === 'message' ? undefined : known.lastPublicMessage;
  return { ...evolve(before, entry), contact, lastPublicMessage };
}

/** Folds the tenant's feed into the list with the server's own `evolve`. While held, rows update in place but do not move. */
export class InboxList {
  readonly #api: Baton['api'];
  readonly #filter: InboxFilter;
  readonly #compareConversations: (a: ConversationView, b: ConversationView) => number;
  readonly #listeners = new Set<() => void>();
  readonly #byId = new Map<ConversationId, ConversationView>();
  readonly #fetching = new Set<ConversationId>();
  /** Changed by the feed during a load, whose pages may be older. */
  readonly #changedDuringLoad = new Set<ConversationId>();
  #shownIds: ConversationId[] = [];
  /** The last loaded conversation; what sorts after it is unknown. */
  #boundary: ConversationView | null = null;
  #cursor: string | null = null;
  /** Fixed at the first page, so that further pages and live changes agree. */
  #bounds: Bounds;
  #isLoading = false;
  #isHeld = false;
  readonly #changedWhileHeld = new Set<ConversationId>();
  #error: unknown = null;
  #state: InboxState | null = null;

  constructor(api: Baton['api'], filter: InboxFilter) {
    this.#api = api;
    this.#filter = filter;
    this.#compareConversations = compareConversations(filter.sort);
    this.#bounds = boundsOf(filter, Date.now());
  }

  get state(): InboxState {
    this.#state ??= this.#snapshot();
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reloads what was loaded so far; the old rows stay until then. */
  async load(): Promise<void> {
    await this.#loadPages(undefined);
  }

  async loadMore(): Promise<void> {
    if (this.#cursor !== null) await this.#loadPages(this.#cursor);
  }

  applyEntry(entry: Entry): void {
    const known = this.#byId.get(entry.conversationId);
    if (known !== undefined && entry.seq <= known.lastSeq) return;
    if (known !== undefined && entry.seq === known.lastSeq + 1) this.#upsert(evolveView(known, entry));
    else void this.#fetchConversation(entry.conversationId);
  }

  setHeld(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld) this.reorder();
  }

  reorder(): void {
    this.#changedWhileHeld.clear();
    this.#shownIds = this.#sortedIds();
    this.#notify();
  }

  async #loadPages(cursor: string | undefined): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#changedDuringLoad.clear();
    this.#notify();
    try {
      const isReload = cursor === undefined;
      const bounds = isReload ? boundsOf(this.#filter, Date.now()) : this.#bounds;
      const targetLength = isReload ? Math.min(this.#shownIds.length, MAX_RELOADED) : 0;
      const input = {
        ...listInput(this.#filter, bounds),
        limit: targetLength > PAGE_SIZE ? MAX_PAGE_SIZE : PAGE_SIZE,
      };
      const items: ConversationView[] = [];
      let nextCursor: string | null = cursor ?? null;
      do {
        // Each page needs the cursor of the one before.
        const page = await this.#api.conversations.list.query({ ...input, cursor: nextCursor ?? undefined });
        items.push(...page.items);
        ({ nextCursor } = page);
      } while (nextCursor !== null && items.length < targetLength);
      this.#bounds = bounds;
      if (isReload) this.#keepOnly(new Set([...this.#changedDuringLoad, ...items.map(({ id }) => id)]));
      for (const conversation of items) {
        const known = this.#byId.get(conversation.id);
        if (known === undefined || known.lastSeq <= conversation.lastSeq)
          this.#byId.set(conversation.id, conversation);
      }
      this.#cursor = nextCursor;
      this.#boundary = nextCursor === null ? null : (items.at(-1) ?? null);
      this.#error = null;
      if (!this.#isHeld || !isReload || this.#shownIds.length === 0) this.#shownIds = this.#sortedIds();
    } catch (error) {
      this.#error = error;
    } finally {
      this.#isLoading = false;
      this.#notify();
    }
  }

  /** Fetches a conversation that the feed is ahead of. */
  async #fetchConversation(conversationId: ConversationId): Promise<void> {
    if (this.#fetching.has(conversationId)) return;
    this.#fetching.add(conversationId);
    try {
      const conversation = await this.#readConversation(conversationId);
      const known = this.#byId.get(conversationId);
      if (known === undefined || known.lastSeq < conversation.lastSeq) this.#upsert(conversation);
    } catch {
      // The next entry or the next load retries.
    } finally {
      this.#fetching.delete(conversationId);
    }
  }

  /** Only lists tell whether the last message is an internal note; a customer writes none. */
  async #readConversation(conversationId: ConversationId): Promise<ConversationView> {
    const conversation = await this.#api.conversations.get.query({ conversationId });
    if ((conversation.lastMessage?.author.kind ?? 'customer') === 'customer') return conversation;
    const { contactId } = conversation;
    // Newest changes first, so it is among the first.
    const { items } = await this.#api.conversations.list.query({ contactId, limit: 10 });
    return items.find(({ id }) => id === conversationId) ?? conversation;
  }

  #keepOnly(ids: ReadonlySet<ConversationId>): void {
    for (const id of this.#byId.keys()) if (!ids.has(id)) this.#byId.delete(id);
  }

  #upsert(conversation: ConversationView): void {
    this.#byId.set(conversation.id, conversation);
    this.#changedDuringLoad.add(conversation.id);
    if (this.#isHeld) this.#changedWhileHeld.add(conversation.id);
    else this.#shownIds = this.#sortedIds();
    this.#notify();
  }

  #sortedIds(): ConversationId[] {
    const boundary = this.#boundary;
    return [...this.#byId.values()]
      .filter((conversation) => matches(conversation, this.#filter, this.#bounds))
      .filter((conversation) => boundary === null || this.#compareConversations(conversation, boundary) <= 0)
      .toSorted(this.#compareConversations)
      .map(({ id }) => id);
  }

  #notify(): void {
    this.#state = null;
    for (const listener of this.#listeners) listener();
  }

  #snapshot(): InboxState {
    const sorted = this.#sortedIds();
    const isInPlace =
      sorted.length === this.#shownIds.length && sorted.every((id, index) => id === this.#shownIds[index]);
    return {
      conversations: this.#shownIds.flatMap((id) => this.#byId.get(id) ?? []),
      hasMore: this.#cursor !== null,
      isLoading: this.#isLoading,
      heldChanges: isInPlace ? 0 : this.#changedWhileHeld.size,
      error: this.#error,
    };
  }
}
