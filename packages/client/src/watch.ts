import { actorOf, blanked, evolve, execute } from '@baton/domain';
import type { AppRouter } from '@baton/router';
import {
  type Actor,
  type Command,
  type CommandInput,
  type CommandType,
  type Conversation,
  ConversationId,
  type Entry,
  timestamp,
} from '@baton/schema';
import type { TRPCClient, TRPCClientError } from '@trpc/client';

/** How many of a conversation's latest entries a replica begins with. */
const FIRST_ENTRIES = 200;

export type ReplicaStatus = 'loading' | 'live' | 'reconnecting' | 'failed';

/** What a replica shows at one moment; a new object at each change. */
export type ReplicaState = {
  status: ReplicaStatus;
  /** As it is now, with the commands that are on their way; null until it is loaded. */
  conversation: Conversation | null;
  /** Oldest first; those at the end without an answer yet are also in `pending`. */
  entries: readonly Entry[];
  /** The entries of commands that the server has not answered yet. */
  pending: readonly Entry[];
  /** Whether there are entries before the first. */
  hasEarlier: boolean;
  /** When the server's latest entry came, milliseconds since 1970; null before the first. */
  lastHeardAt: number | null;
  /** Why it failed; null otherwise. */
  error: unknown;
};

type Pending = { id: string; command: Command; actor: Actor; at: string };

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
  #entries: Entry[] = [];
  /** Entries that came before the ones that they follow. */
  readonly #early = new Map<number, Entry>();
  #pending: Pending[] = [];
  #hasEarlier = false;
  #status: ReplicaStatus = 'loading';
  #lastHeardAt: number | null = null;
  #error: unknown = null;
  #state: ReplicaState | null = null;
  #stop: (() => void) | null = null;
  #isClosed = false;

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

  /** Resolves once `condition` holds of what it shows. */
  async until(condition: (state: ReplicaState) => boolean): Promise<ReplicaState> {
    for (;;) {
      if (condition(this.state)) return this.state;
      if (this.state.status === 'failed') throw this.#error;
      await new Promise<void>((resolve) => {
        const stop = this.subscribe(() => {
          stop();
          resolve();
        });
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
    const pending: Pending = {
      id: freshId(),
      command,
      actor: actorOf(command, this.#actor),
      at: timestamp(Date.now()),
    };
    this.#pending.push(pending);
    this.#changed();
    try {
      const answer = await send(this.#api);
      this.#take(entriesOf(answer));
      return answer;
    } finally {
      this.#pending = this.#pending.filter((other) => other !== pending);
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
    this.#entries = [...items, ...this.#entries];
    this.#hasEarlier = more;
    this.#changed();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop?.();
    this.#listeners.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #load(): Promise<void> {
    const conversationId = this.#conversationId;
    try {
      const conversation = await this.#api.conversations.get.query({ conversationId });
      const { items, more } = await this.#api.conversations.timeline.query({
        conversationId,
        beforeSeq: conversation.lastSeq + 1,
        limit: FIRST_ENTRIES,
      });
      if (this.#isClosed) return;
      this.#confirmed = conversation;
      this.#entries = items;
      this.#hasEarlier = more;
      this.#changed();
      this.#follow();
    } catch (error) {
      this.#fail(error);
    }
  }

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
        const isLive = state === 'pending';
        this.#status = isLive ? 'live' : state === 'connecting' ? 'reconnecting' : this.#status;
        if (isLive) this.#lastHeardAt = Date.now();
        this.#changed();
      },
      onError: (error: TRPCClientError<AppRouter>) => this.#fail(error),
    });
    this.#stop = () => subscription.unsubscribe();
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#status = 'failed';
    this.#error = error;
    this.#changed();
  }

  /** Takes entries of the server, from the feed or an answer, each once and in order. */
  #take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.#confirmed !== null && entry.seq > this.#confirmed.lastSeq) this.#early.set(entry.seq, entry);
    }
    let isNew = false;
    for (;;) {
      const seq: number = (this.#confirmed?.lastSeq ?? 0) + 1;
      const next = this.#early.get(seq);
      if (next === undefined || this.#confirmed === null) break;
      this.#early.delete(seq);
      this.#confirmed = evolve(this.#confirmed, next);
      this.#entries = [...this.#entries.map((entry) => redacted(entry, next)), next];
      isNew = true;
    }
    if (isNew) this.#changed();
  }

  #changed(): void {
    this.#state = null;
    for (const listener of this.#listeners) listener();
  }

  /** Lays the commands that are on their way over what the server has confirmed. */
  #show(): ReplicaState {
    let conversation = this.#confirmed;
    const pending: Entry[] = [];
    for (const { id, command, actor, at } of conversation === null ? [] : this.#pending) {
      try {
        const latest = conversation?.updatedAt ?? at;
        const outcome = execute(conversation, command, {
          at: at > latest ? at : latest,
          actor,
          id,
          agents: null,
          mayForce: true,
          businessHours: null,
          jitter: 0,
        });
        if (isKnown(command, this.#entries)) continue;
        conversation = outcome.conversation;
        pending.push(...outcome.entries);
      } catch {
        // What the rules refuse here is not shown; the server's answer says why.
      }
    }
    return {
      status: this.#status,
      conversation,
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
  return blanked(entry, next.at);
}

/** Whether the feed has brought a message already whose answer is still on its way. */
function isKnown(command: Command, entries: readonly Entry[]): boolean {
  if (command.type !== 'messages.append') return false;
  const { clientMessageId } = command.input;
  return entries.some((entry) => entry.kind === 'message' && entry.clientMessageId === clientMessageId);
}

/** The entries that an answer carries, whatever its form. */
function entriesOf(answer: unknown): Entry[] {
  if (typeof answer !== 'object' || answer === null) return [];
  // Answers come from the typed client; only which of its forms this one has is unknown.
  const { entries, entry } = answer as { entries?: Entry[]; entry?: Entry };
  return entries ?? (entry === undefined ? [] : [entry]);
}

/** An id of an ObjectId's form, for what is shown until the server gives the real one. */
function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
