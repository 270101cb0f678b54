import type { Conversation } from '@baton/schema';
import { useSyncExternalStore } from 'react';

const STORAGE_KEY = 'baton.seen';
/** The oldest are forgotten beyond this many conversations. */
const MAX_REMEMBERED = 2_000;

type Seen = { /** Older messages count as seen. */ since: string; seqs: Record<string, number> };

/** How far each conversation was read in this browser. */
export class SeenStore {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | null;
  readonly #listeners = new Set<() => void>();
  #seen: Seen;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | null, now: string) {
    this.#storage = storage;
    this.#seen = read(storage) ?? { since: now, seqs: {} };
    this.#save();
  }

  get seen(): Seen {
    return this.#seen;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  markSeen(conversationId: string, seq: number): void {
    const { [conversationId]: before = 0, ...rest } = this.#seen.seqs;
    if (seq <= before) return;
    const stored = Object.entries(rest).slice(-(MAX_REMEMBERED - 1));
    this.#seen = { ...this.#seen, seqs: { ...Object.fromEntries(stored), [conversationId]: seq } };
    this.#save();
    for (const listener of this.#listeners) listener();
  }

  #save(): void {
    try {
      this.#storage?.setItem(STORAGE_KEY, JSON.stringify(this.#seen));
    } catch {
      // Without storage it lasts until the page is closed.
    }
  }
}

function read(storage: Pick<Storage, 'getItem'> | null): Seen | null {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(STORAGE_KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('since' in kept) || !('seqs' in kept)) return null;
    const { since, seqs } = kept;
    if (typeof since !== 'string' || typeof seqs !== 'object' || seqs === null) return null;
    const known = Object.entries(seqs).filter(
      (pair): pair is [string, number] => typeof pair[1] === 'number',
    );
    return { since, seqs: Object.fromEntries(known) };
  } catch {
    return null;
  }
}

/** Whether somebody else wrote since it was last seen. */
export function isUnread({ id, lastMessage }: Conversation, seen: Seen, me: string): boolean {
  if (lastMessage === null || lastMessage.author.agentId === me) return false;
  const seq = seen.seqs[id];
  return seq === undefined ? lastMessage.at > seen.since : lastMessage.seq > seq;
}

export const seenStore = new SeenStore(
  typeof localStorage === 'undefined' ? null : localStorage,
  new Date().toISOString(),
);

export function useSeen(): Seen {
  return useSyncExternalStore(seenStore.subscribe, () => seenStore.seen);
}
