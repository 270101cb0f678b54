import { actorOfCommand, evolve, takeWords } from '@baton/domain';
import type { AppRouter } from '@baton/router/api';
import {
  type Actor,
  type Command,
  type CommandInput,
  type CommandType,
  type ContactSummary,
  type Conversation,
  ConversationId,
  type ConversationView,
  type Entry,
  knownEntry,
} from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import { entriesOf, lastSeqOf } from './answer.ts';
import { takesWords, tryEvolve } from './fold-entry.ts';
import { pause } from './pause.ts';
import { applyPending, pendingCommand, type PendingCommand } from './pending-command.ts';
import { type ConversationReading, FIRST_ENTRIES, readConversation } from './read-conversation.ts';
import { isFinal, retryDelayMs } from './retry.ts';

/** How often a conversation is read again for an entry that it does not count. */
const PATIENCE = 3;

/** `reloading`: it reads the conversation again, because it has met what it cannot fold. */
export type ReplicaStatus = 'loading' | 'live' | 'reloading' | 'reconnecting' | 'failed';

/** What a replica shows at one moment; a new object at each change. */
export type ReplicaState = {
  status: ReplicaStatus;
  /** As it is now, with the commands that are on their way; null until it is loaded. */
  conversation: ConversationView | null;
  /** Oldest first; those at the end that are not confirmed yet are also in `pending`. */
  entries: readonly Entry[];
  /** The entries of commands that the server has not confirmed yet. */
  pending: readonly Entry[];
  /** Whether there are entries before the first. */
  hasEarlier: boolean;
  /** Whether an entry is of a kind that this version does not know; the conversation is the server's own then. */
  hasUnknown?: true;
  /** When the server's latest entry came, milliseconds since 1970; null before the first. */
  lastHeardAt: number | null;
  /** Why it failed; null otherwise. */
  error: unknown;
};

export type WatchOptions = {
  /** Who acts where a command names nobody; the system without it. */
  actor?: Actor;
};

/**
 * A conversation that keeps itself current: it folds the live feed with the server's own code, shows a command
 * at once and takes it back where the server refuses it.
 */
export class ConversationReplica {
  readonly #api: TRPCClient<AppRouter>;
  readonly #conversationId: ConversationId;
  readonly #actor: Actor;
  readonly #listeners = new Set<() => void>();
  #confirmed: Conversation | null = null;
  /** Undefined from an older server. */
  #contact: ContactSummary | null | undefined = null;
  #entries: Entry[] = [];
  /** Entries that came before the ones that they follow. */
  readonly #early = new Map<number, Entry>();
  #pending: PendingCommand[] = [];
  #hasEarlier = false;
  #isLoaded = false;
  #wasLive = false;
  #hasFailed = false;
  /** Of the feed; aborted once it is over. */
  #connection: AbortController | null = null;
  /** The entry that it must have to be current; null while it asks which one that is. */
  #currentSeq: number | null = null;
  #reloading: Promise<void> | null = null;
  /** The entry that it could not fold, and has to read. */
  #unfoldable = 0;
  #lastHeardAt: number | null = null;
  #error: unknown = null;
  #state: ReplicaState | null = null;
  #stop: (() => void) | null = null;
  readonly #closed = new AbortController();

  constructor(api: TRPCClient<AppRouter>, conversationId: string, options: WatchOptions = {}) {
    this.#api = api;
    this.#conversationId = ConversationId.parse(conversationId);
    this.#actor = options.actor ?? { kind: 'system' };
    void this.#load();
  }

  /** What it shows now; the same object until something changes. */
  get state(): ReplicaState {
    this.#state ??= this.#show();
    return this.#state;
  }

  /** Calls back after each change; returns how to stop that. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Resolves once `condition` holds of what it shows.
   * @param signal gives up waiting
   * @throws what it failed with; an Error where it is closed; the signal's reason
   */
  async until(condition: (state: ReplicaState) => boolean, signal?: AbortSignal): Promise<ReplicaState> {
    const ended = AbortSignal.any([this.#closed.signal, ...(signal === undefined ? [] : [signal])]);
    for (;;) {
      if (condition(this.state)) return this.state;
      if (this.state.status === 'failed') throw this.#error;
      if (this.#closed.signal.aborted) throw new Error('This replica was closed');
      signal?.throwIfAborted();
      await new Promise<void>((resolve) => {
        const done = () => {
          stop();
          ended.removeEventListener('abort', done);
          resolve();
        };
        const stop = this.subscribe(done);
        ended.addEventListener('abort', done, { once: true });
      });
    }
  }

  /**
   * Shows a command at once, and sends it with `send`. Where the server refuses it, what was shown is taken
   * back and the refusal is thrown.
   */
  async run<Type extends CommandType, Answer>(
    type: Type,
    input: CommandInput<Type>,
    send: (api: TRPCClient<AppRouter>) => Promise<Answer>,
  ): Promise<Answer> {
    // A type and the input of that very type, which the compiler cannot pair.
    const command = { type, input } as Command;
    const pending = pendingCommand(
      command,
      actorOfCommand(command, this.#actor),
      this.state.conversation,
      this.#confirmed?.lastSeq ?? 0,
    );
    this.#pending = [...this.#pending, pending];
    this.#changed();
    try {
      const answer = await send(this.#api);
      pending.completeAt = lastSeqOf(answer);
      this.#take(entriesOf(answer));
      return answer;
    } catch (error) {
      pending.completeAt = 0;
      throw error;
    } finally {
      this.#settle();
      this.#changed();
    }
  }

  /** Reads the entries before the first one that it has. */
  async loadEarlier(): Promise<void> {
    const first = this.#entries[0]?.seq;
    if (first === undefined || first === 1) return;
    const { items, more } = await this.#api.conversations.timeline.query({
      conversationId: this.#conversationId,
      beforeSeq: first,
      limit: FIRST_ENTRIES,
    });
    if (this.#entries[0]?.seq !== first) return;
    // One of them may have been redacted or erased after it was read and before it is here.
    const redactions = this.#entries.filter(takesWords);
    const earlier = items.map((item) => redactions.reduce<Entry>(takeWords, knownEntry(item)));
    this.#entries = [...earlier, ...this.#entries];
    this.#hasEarlier = more;
    this.#changed();
  }

  close(): void {
    this.#disconnect();
    this.#stop?.();
    this.#listeners.clear();
    this.#closed.abort();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Begins with what there is; while the server is away, it waits for it. */
  async #load(): Promise<void> {
    for (let attempt = 1; !this.#closed.signal.aborted; attempt += 1) {
      try {
        await this.#begin();
        return;
      } catch (error) {
        if (isFinal(error)) {
          this.#fail(error);
          return;
        }
      }
      await pause(retryDelayMs(attempt), this.#closed.signal);
    }
  }

  async #begin(): Promise<void> {
    const reading = await readConversation(this.#api, this.#conversationId);
    if (this.#closed.signal.aborted) return;
    this.#adopt(reading);
    this.#isLoaded = true;
    this.#changed();
    this.#follow();
  }

  #adopt({ conversation, contact, entries, hasEarlier }: ConversationReading): void {
    this.#confirmed = conversation;
    this.#contact = contact;
    this.#entries = entries;
    this.#hasEarlier = hasEarlier;
  }

  /** Follows the feed from the last entry that it has; the client's links bring it back after every break. */
  #follow(): void {
    const input = {
      conversationId: this.#conversationId,
      lastEventId: String(this.#confirmed?.lastSeq ?? 0),
    };
    const subscription = this.#api.feed.conversation.subscribe(input, {
      onData: ({ data }) => {
        this.#lastHeardAt = Date.now();
        this.#take([data]);
        // A feed has no gap: what is missing before this entry does not come any more.
        if (this.#early.has(data.seq)) this.#reload(data.seq);
      },
      onConnectionStateChange: ({ state }) => {
        this.#disconnect();
        if (state === 'pending') {
          this.#connection = new AbortController();
          void this.#checkCurrent(this.#connection.signal);
        }
        this.#changed();
      },
      onError: (error) => this.#fail(error),
    });
    this.#stop = () => subscription.unsubscribe();
  }

  /** Asks how far the conversation has come by now: only who has all of that is live. */
  async #checkCurrent(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const conversationId = this.#conversationId;
        const { lastSeq } = await this.#api.conversations.get.query({ conversationId }, { signal });
        if (signal.aborted) return;
        this.#currentSeq = lastSeq;
        this.#lastHeardAt = Date.now();
        this.#changed();
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (isFinal(error)) {
          this.#fail(error);
          return;
        }
      }
      await pause(retryDelayMs(attempt), signal);
    }
  }

  #disconnect(): void {
    this.#connection?.abort();
    this.#connection = null;
    this.#currentSeq = null;
  }

  /** Reads everything that it shows again, until it has an entry that it cannot fold. */
  #reload(seq: number): void {
    this.#unfoldable = Math.max(this.#unfoldable, seq);
    this.#reloading ??= this.#readAgain().finally(() => {
      this.#reloading = null;
      this.#changed();
    });
    this.#changed();
  }

  async #readAgain(): Promise<void> {
    for (let attempt = 1; !this.#closed.signal.aborted; attempt += 1) {
      try {
        await this.#readOnce();
        if (attempt >= PATIENCE) this.#passOver();
        if ((this.#confirmed?.lastSeq ?? 0) >= this.#unfoldable) return;
      } catch (error) {
        if (isFinal(error)) {
          this.#fail(error);
          return;
        }
      }
      await pause(retryDelayMs(attempt), this.#closed.signal);
    }
  }

  async #readOnce(): Promise<void> {
    const first = this.#entries[0]?.seq ?? 1;
    const reading = await readConversation(this.#api, this.#conversationId, first);
    const { lastSeq } = reading.conversation;
    // What was loaded or folded meanwhile is not in this reading: the next one has it.
    const isOld = first !== (this.#entries[0]?.seq ?? 1) || lastSeq < (this.#confirmed?.lastSeq ?? 0);
    if (this.#closed.signal.aborted || isOld) return;
    this.#adopt(reading);
    for (const seq of this.#early.keys()) if (seq <= lastSeq) this.#early.delete(seq);
    this.#settle();
    this.#take([]);
  }

  /** An unknown entry that the conversation itself does not count: nobody knows more of it than its place. */
  #passOver(): void {
    const next = this.#early.get((this.#confirmed?.lastSeq ?? 0) + 1);
    if (this.#confirmed === null || next?.kind !== 'unknown') return;
    this.#early.delete(next.seq);
    this.#confirmed = evolve(this.#confirmed, next);
    this.#entries = [...this.#entries, next];
    this.#take([]);
  }

  #fail(error: unknown): void {
    if (this.#closed.signal.aborted) return;
    this.#hasFailed = true;
    this.#error = error;
    this.#disconnect();
    this.#stop?.();
    this.#changed();
  }

  /** Takes entries of the server, from the feed or an answer, each once and in order. */
  #take(entries: readonly Entry[]): void {
    for (const entry of entries.map(knownEntry)) {
      if (this.#confirmed !== null && entry.seq > this.#confirmed.lastSeq) this.#early.set(entry.seq, entry);
    }
    const fresh: Entry[] = [];
    for (;;) {
      const seq: number = (this.#confirmed?.lastSeq ?? 0) + 1;
      const next = this.#early.get(seq);
      if (next === undefined || this.#confirmed === null) break;
      const folded = tryEvolve(this.#confirmed, next);
      if (folded === null) {
        this.#reload(seq);
        break;
      }
      this.#early.delete(seq);
      this.#confirmed = folded;
      fresh.push(next);
    }
    if (fresh.length === 0) return;
    const redactions = fresh.filter(takesWords);
    if (this.#confirmed?.erasedAt !== undefined) this.#contact = null;
    const all = [...this.#entries, ...fresh];
    this.#entries = redactions.length === 0 ? all : all.map((entry) => redactions.reduce(takeWords, entry));
    this.#settle();
    this.#changed();
  }

  /** Lets go of commands whose whole effect is here. */
  #settle(): void {
    const lastSeq = this.#confirmed?.lastSeq ?? 0;
    this.#pending = this.#pending.filter(({ completeAt }) => completeAt === null || completeAt > lastSeq);
  }

  #changed(): void {
    this.#state = null;
    for (const listener of this.#listeners) listener();
  }

  #status(): ReplicaStatus {
    if (this.#hasFailed) return 'failed';
    if (!this.#isLoaded) return 'loading';
    if (this.#reloading !== null) return 'reloading';
    const isCurrent = this.#currentSeq !== null && (this.#confirmed?.lastSeq ?? 0) >= this.#currentSeq;
    if (this.#connection !== null && isCurrent) {
      this.#wasLive = true;
      return 'live';
    }
    return this.#wasLive ? 'reconnecting' : 'loading';
  }

  /** Lays the commands that are on their way over what the server has confirmed. */
  #show(): ReplicaState {
    const { conversation, entries: pending } = applyPending(this.#confirmed, this.#entries, this.#pending);
    return {
      status: this.#status(),
      conversation: conversation && { ...conversation, contact: this.#contact ?? null },
      entries: [...this.#entries, ...pending],
      pending,
      hasEarlier: this.#hasEarlier,
      ...(this.#entries.some(({ kind }) => kind === 'unknown') && { hasUnknown: true }),
      lastHeardAt: this.#lastHeardAt,
      error: this.#error,
    };
  }
}
