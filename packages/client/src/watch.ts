import { actorOfCommand, evolve, redactMessage } from '@baton/domain';
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
} from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import { pause } from './pause.ts';
import { applyPending, pendingCommand, type PendingCommand } from './pending-command.ts';
import { isFinal, retryDelayMs } from './retry.ts';

/** How many of a conversation's latest entries a replica begins with. */
const FIRST_ENTRIES = 200;

export type ReplicaStatus = 'loading' | 'live' | 'reconnecting' | 'failed';

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
  #status: ReplicaStatus = 'loading';
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
    // One of them may have been redacted after it was read and before it is here.
    const redactions = this.#entries.filter((entry) => entry.kind === 'redaction');
    const earlier = items.map((item) => redactions.reduce<Entry>(redacted, item));
    this.#entries = [...earlier, ...this.#entries];
    this.#hasEarlier = more;
    this.#changed();
  }

  close(): void {
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
    const conversationId = this.#conversationId;
    const { contact, ...conversation } = await this.#api.conversations.get.query({ conversationId });
    const { items, more } = await this.#api.conversations.timeline.query({
      conversationId,
      beforeSeq: conversation.lastSeq + 1,
      limit: FIRST_ENTRIES,
    });
    if (this.#closed.signal.aborted) return;
    this.#confirmed = conversation;
    this.#contact = contact;
    this.#entries = items;
    this.#hasEarlier = more;
    this.#changed();
    this.#follow();
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
      },
      onConnectionStateChange: ({ state }) => {
        if (state === 'pending') {
          this.#status = 'live';
          this.#lastHeardAt = Date.now();
        } else if (this.#status === 'live') {
          this.#status = 'reconnecting';
        }
        this.#changed();
      },
      onError: (error) => this.#fail(error),
    });
    this.#stop = () => subscription.unsubscribe();
  }

  #fail(error: unknown): void {
    if (this.#closed.signal.aborted) return;
    this.#status = 'failed';
    this.#error = error;
    this.#changed();
  }

  /** Takes entries of the server, from the feed or an answer, each once and in order. */
  #take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.#confirmed !== null && entry.seq > this.#confirmed.lastSeq) this.#early.set(entry.seq, entry);
    }
    const fresh: Entry[] = [];
    for (;;) {
      const seq: number = (this.#confirmed?.lastSeq ?? 0) + 1;
      const next = this.#early.get(seq);
      if (next === undefined || this.#confirmed === null) break;
      this.#early.delete(seq);
      this.#confirmed = evolve(this.#confirmed, next);
      fresh.push(next);
    }
    if (fresh.length === 0) return;
    const redactions = fresh.filter((entry) => entry.kind === 'redaction');
    const all = [...this.#entries, ...fresh];
    this.#entries = redactions.length === 0 ? all : all.map((entry) => redactions.reduce(redacted, entry));
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

  /** Lays the commands that are on their way over what the server has confirmed. */
  #show(): ReplicaState {
    const { conversation, entries: pending } = applyPending(this.#confirmed, this.#entries, this.#pending);
    return {
      status: this.#status,
      conversation: conversation && { ...conversation, contact: this.#contact ?? null },
      entries: [...this.#entries, ...pending],
      pending,
      hasEarlier: this.#hasEarlier,
      lastHeardAt: this.#lastHeardAt,
      error: this.#error,
    };
  }
}

/** A message entry that a redaction names loses its words here as it does in the store. */
function redacted(entry: Entry, next: Entry): Entry {
  if (next.kind !== 'redaction' || entry.seq !== next.targetSeq || entry.kind !== 'message') return entry;
  return redactMessage(entry, next.at);
}

/** The entries that an answer carries, whatever its form. */
function entriesOf(answer: unknown): Entry[] {
  if (typeof answer !== 'object' || answer === null) return [];
  // Answers come from the typed client; only which of its forms this one has is unknown.
  const { entries, entry } = answer as { entries?: Entry[]; entry?: Entry };
  return entries ?? (entry === undefined ? [] : [entry]);
}

/** The last entry of the conversation that an answer shows; 0 where it shows none. */
function lastSeqOf(answer: unknown): number {
  if (typeof answer !== 'object' || answer === null) return 0;
  // As above: a change with its conversation, or the conversation itself.
  const { conversation, lastSeq } = answer as { conversation?: Conversation; lastSeq?: number };
  return conversation?.lastSeq ?? lastSeq ?? 0;
}
