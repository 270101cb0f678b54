import { standingMessages } from '@baton/domain';
import type {
  AgentId,
  Conversation,
  Entry,
  EntryOf,
  MessageEntry,
  MessageView,
  RefusedMessage,
} from '@baton/schema';
import { isSameDay } from '../format/time.ts';

/** Messages of one author within this time share one heading, in milliseconds. */
const SAME_AUTHOR_WINDOW_MS = 5 * 60_000;
/** Consecutive events fold from this many on. */
const MIN_FOLDED_EVENTS = 3;

/** Entries shown as one line each: neither messages nor changes of owner. */
export type EventEntry = Exclude<Entry, MessageEntry | EntryOf<'owner'>>;

export type MessageItem = {
  kind: 'message';
  key: string;
  /** As it stands now. */
  entry: MessageView;
  /** Shares the heading of the message before it. */
  isContinued: boolean;
  /** Not yet acknowledged by the server. */
  isPending: boolean;
};
export type EventsItem = { kind: 'events'; key: string; entries: readonly EventEntry[] };
export type DayItem = { kind: 'day'; key: string; at: string };
/** What an agent would have said; it stands after the entry that was the latest then. */
export type RefusedItem = { kind: 'refused'; key: string; message: RefusedMessage };
export type TimelineItem = MessageItem | EventsItem | DayItem | RefusedItem;

/** A change of owner, and the handoff that caused it. */
export type OwnerChange = {
  entry: EntryOf<'handoff'> | null;
  from: AgentId;
  to: AgentId;
  at: string;
  seq: number;
};

export type OwnerSegment = {
  key: string;
  owner: AgentId;
  /** Null for the first segment. */
  ownerChange: OwnerChange | null;
  items: readonly TimelineItem[];
};

type MutableSegment = { key: string; owner: AgentId; ownerChange: OwnerChange | null; items: TimelineItem[] };

/** The owner before the first of these entries. */
function firstOwner(entries: readonly Entry[], conversation: Conversation): AgentId {
  for (const entry of entries) {
    if (entry.kind === 'created') return entry.agentId;
    if (entry.kind === 'owner') return entry.from;
  }
  return conversation.owner.agentId;
}

function isSameAuthor(a: MessageEntry, b: MessageEntry): boolean {
  return (
    a.author.kind === b.author.kind && a.author.agentId === b.author.agentId && a.visibility === b.visibility
  );
}

/** Stays the same when the server's entry replaces the optimistic one. */
const keyOf = (entry: Entry): string =>
  entry.kind === 'message' ? entry.clientMessageId : `entry-${entry.seq}`;

/**
 * Groups entries by owner; within a segment into messages, days and runs of events.
 * @param entries in order, pending ones last
 * @param refused oldest first; those before the first entry are left out
 */
export function groupByOwner(
  conversation: Conversation,
  entries: readonly Entry[],
  pending: readonly Entry[] = [],
  refused: readonly RefusedMessage[] = [],
): readonly OwnerSegment[] {
  const pendingEntries = new Set(pending);
  const standing = standingMessages(entries);
  const consumed = new Set<Entry>();
  const segments: MutableSegment[] = [
    { key: 'first', owner: firstOwner(entries, conversation), ownerChange: null, items: [] },
  ];
  let current = segments[0] as MutableSegment;
  let last: MessageEntry | null = null;
  let day: string | null = null;

  function addDay(at: string): void {
    if (day !== null && isSameDay(day, at)) return;
    current.items.push({ kind: 'day', key: `day-${at}`, at });
    day = at;
    last = null;
  }

  const firstSeq = entries[0]?.seq ?? 1;
  const refusedItems = refused.filter(({ afterSeq }) => afterSeq >= firstSeq);

  /** Adds what was refused before the entry with this seq. */
  function addRefused(seq: number): void {
    for (let message = refusedItems[0]; message !== undefined && message.afterSeq < seq;) {
      refusedItems.shift();
      addDay(message.at);
      current.items.push({ kind: 'refused', key: `refused-${message.clientMessageId}`, message });
      last = null;
      message = refusedItems[0];
    }
  }

  for (const [index, entry] of entries.entries()) {
    addRefused(entry.seq);
    if (consumed.has(entry)) continue;
    const next = entries[index + 1];
    if (entry.kind === 'handoff' && next?.kind === 'owner' && next.version === entry.version) {
      consumed.add(next);
      current = beginSegment(segments, { entry, from: next.from, to: next.to, at: entry.at, seq: entry.seq });
      last = null;
    } else if (entry.kind === 'owner') {
      current = beginSegment(segments, {
        entry: null,
        from: entry.from,
        to: entry.to,
        at: entry.at,
        seq: entry.seq,
      });
      last = null;
    } else if (entry.kind === 'message') {
      addDay(entry.at);
      const isContinued =
        last !== null &&
        isSameAuthor(last, entry) &&
        Date.parse(entry.at) - Date.parse(last.at) < SAME_AUTHOR_WINDOW_MS;
      current.items.push({
        kind: 'message',
        key: keyOf(entry),
        entry: standing.get(entry.seq) ?? entry,
        isContinued,
        isPending: pendingEntries.has(entry),
      });
      last = entry;
    } else if (entry.kind !== 'delivery') {
      // How far a message has come stands beside it.
      addDay(entry.at);
      const before = current.items.at(-1);
      if (before?.kind === 'events') {
        current.items[current.items.length - 1] = { ...before, entries: [...before.entries, entry] };
      } else {
        current.items.push({ kind: 'events', key: `events-${entry.seq}`, entries: [entry] });
      }
      last = null;
    }
  }
  addRefused(Infinity);
  return segments;
}

function beginSegment(segments: MutableSegment[], ownerChange: OwnerChange): MutableSegment {
  const segment: MutableSegment = {
    key: `segment-${ownerChange.seq}`,
    owner: ownerChange.to,
    ownerChange,
    items: [],
  };
  segments.push(segment);
  return segment;
}

export function isFoldable({ entries }: EventsItem): boolean {
  return entries.length >= MIN_FOLDED_EVENTS;
}

export type HandoffStep = { agentId: AgentId; since: string; seq: number; ownerChange: OwnerChange | null };

export function handoffChainOf(
  conversation: Conversation,
  entries: readonly Entry[],
): readonly HandoffStep[] {
  const segments = groupByOwner(
    conversation,
    entries.filter(({ kind }) => kind === 'created' || kind === 'owner' || kind === 'handoff'),
  );
  return segments.map(({ owner, ownerChange }) => ({
    agentId: owner,
    since: ownerChange?.at ?? conversation.createdAt,
    seq: ownerChange?.seq ?? 1,
    ownerChange,
  }));
}

/** Shortens a long chain to its first and last steps. */
export function foldHandoffChain(
  steps: readonly HandoffStep[],
  maxSteps: number,
): { first: readonly HandoffStep[]; hidden: number; last: readonly HandoffStep[] } {
  if (steps.length <= maxSteps) return { first: [], hidden: 0, last: steps };
  const last = steps.slice(-(maxSteps - 1));
  return { first: steps.slice(0, 1), hidden: steps.length - 1 - last.length, last };
}
