import {
  Conversation,
  type Entry,
  type EntryOf,
  type KnownEntry,
  type MessageEntry,
  type RestoreConversation,
} from '@baton/schema';
import { blankRevision, eraseEntry } from './erasure.ts';
import { evolve } from './evolve.ts';
import type { Outcome } from './execute.ts';
import { redactMessage } from './message.ts';
import { invalidInput, Refusal } from './refusal.ts';

/** What a restore is decided on, beside the conversation. */
export type RestoreContext = {
  /** The store's time: nothing that is restored lies in the future. */
  now: string;
  /** The fold of the pieces that came before; null where none did, or the conversation exists. */
  unfinished: Conversation | null;
  /** The entries that stand at the places of the given ones already. */
  stored: readonly Entry[];
};

/**
 * Takes the entries of a timeline as they are, with their ids and instants: after what is there, which must be the
 * same. The outcome has the entries that are new; none where all are there already.
 * @param conversation null where it does not exist, or not as a whole yet
 * @throws Refusal ENTRIES_DIFFER where the store has others
 * @throws Refusal INVALID_INPUT where they are no timeline
 * @throws Refusal INVALID_INSTANT for an entry in the future
 * @throws Refusal LIMIT_REACHED where a conversation that exists would grow piece by piece
 */
export function restore(
  conversation: Conversation | null,
  input: RestoreConversation,
  { now, unfinished, stored }: RestoreContext,
): Outcome {
  const { conversationId, entries, more } = input;
  const before = conversation ?? unfinished;
  requireSequence(entries, (before?.lastSeq ?? 0) + 1);
  const erasures = erasuresOf(entries, before);
  requireSame(entries, stored, erasures);
  const added = withoutRedactedText(entries.slice(stored.length)).map((entry) => erase(entry, erasures));
  if (conversation !== null && more && added.length > 0) {
    throw new Refusal(
      'LIMIT_REACHED',
      'The conversation exists with fewer entries; what is new must come in one call',
      { conversationId, lastSeq: conversation.lastSeq },
    );
  }
  const lastGiven = entries.at(-1)?.seq ?? 0;
  if (conversation === null && before !== null && !more && lastGiven < before.lastSeq) {
    throw entriesDiffer(conversationId, lastGiven + 1, 'Earlier pieces brought further entries');
  }
  let next = before;
  for (const [index, entry] of added.entries()) {
    const path = `entries[${stored.length + index}]`;
    requireNext(next, entry, conversationId, path);
    if (entry.at > now) {
      throw new Refusal('INVALID_INSTANT', `${path}.at is in the future`, { at: entry.at, now });
    }
    next = evolve(next, entry);
  }
  if (next === null) throw new Error('No entry was restored');
  if (!more) requireWhole(next);
  return { conversation: next, entries: added };
}

/** One after the other, from what is there or from the entry after it. */
function requireSequence(entries: readonly KnownEntry[], next: number): void {
  const first = entries[0]?.seq ?? 0;
  if (first > next) throw invalidInput('entries[0].seq', `Entry ${next} comes next, not ${first}`);
  for (const [index, { seq }] of entries.entries()) {
    if (seq === first + index) continue;
    throw invalidInput(`entries[${index}].seq`, `Entry ${first + index} comes next, not ${seq}`);
  }
}

function entriesDiffer(conversationId: string, seq: number, message: string): Refusal {
  return new Refusal('ENTRIES_DIFFER', message, { conversationId, seq });
}

type Erasure = EntryOf<'erasure'>;

/** What takes words from given or stored entries: erasures among the given ones, and the one that ended the conversation. */
function erasuresOf(entries: readonly KnownEntry[], before: Conversation | null): Erasure[] {
  const given = entries.filter((entry) => entry.kind === 'erasure');
  if (before?.erasedAt === undefined) return given;
  const { id: conversationId, lastSeq: seq, version, contactId, erasedAt: at } = before;
  const actor = { kind: 'system' } as const;
  return [...given, { kind: 'erasure', conversationId, seq, version, contactId, at, actor }];
}

function erase<Given extends Entry>(entry: Given, erasures: readonly Erasure[]): Given | KnownEntry {
  return erasures.reduce<Given | KnownEntry>((left, erasure) => eraseEntry(left, erasure), entry);
}

/** What was erased on one side, or is about to be, cannot be compared any more. */
function requireSame(
  entries: readonly KnownEntry[],
  stored: readonly Entry[],
  erasures: readonly Erasure[],
): void {
  for (const [index, entry] of stored.entries()) {
    const given = entries[index];
    if (given !== undefined && isSameEntry(erase(given, erasures), erase(entry, erasures))) continue;
    const { conversationId, seq } = entry;
    throw entriesDiffer(conversationId, seq, `Entry ${seq} is another one in the store`);
  }
}

/** What a redacted message said can no longer be compared. */
function isSameEntry(a: KnownEntry, b: Entry): boolean {
  if (a.kind === 'revision' && b.kind === 'revision' && (isWordless(a) || isWordless(b)))
    return isEqual(blankRevision(a), blankRevision(b));
  if (a.kind !== 'message' || b.kind !== 'message') return isEqual(a, b);
  if (a.redactedAt === null && b.redactedAt === null) return isEqual(a, b);
  return isEqual(redactMessage(a, ''), redactMessage(b, ''));
}

/** An edit that says nothing was redacted. */
function isWordless({ text, parts, raw }: EntryOf<'revision'>): boolean {
  return text === '' && parts === undefined && raw === undefined;
}

/** Whether two values are the same JSON, whatever the order of their keys. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && isEqual(value, right.get(key)))
  );
}

/** A message may have been read for an archive before it was redacted, and the redaction after. */
function withoutRedactedText(entries: readonly KnownEntry[]): KnownEntry[] {
  const redactedAt = new Map(
    entries.flatMap((entry) => (entry.kind === 'redaction' ? [[entry.targetSeq, entry.at] as const] : [])),
  );
  return entries.map((entry) => {
    if (entry.kind === 'revision' && redactedAt.has(entry.targetSeq)) return blankRevision(entry);
    const at = redactedAt.get(entry.seq);
    return at === undefined || entry.kind !== 'message' || entry.redactedAt !== null
      ? entry
      : redactMessage(entry, at);
  });
}

/** @throws Refusal INVALID_INPUT for an entry that cannot follow on the conversation */
function requireNext(
  conversation: Conversation | null,
  entry: KnownEntry,
  conversationId: string,
  path: string,
): void {
  const wrong = (field: string, message: string) => invalidInput(`${path}.${field}`, message);
  if (entry.conversationId !== conversationId)
    throw wrong('conversationId', `It is no entry of ${conversationId}`);
  if ((entry.kind === 'created') !== (conversation === null))
    throw wrong('kind', 'A timeline begins with the entry created, and has no other one');
  const version = conversation?.version ?? 0;
  if (entry.version !== version + 1 && (entry.version !== version || version === 0))
    throw wrong('version', `Version ${entry.version} does not follow on ${version}`);
  if (conversation === null) return;
  if (entry.at < conversation.updatedAt) throw wrong('at', 'It is before the entry that it follows');
  const fault = faultOf(conversation, entry);
  if (fault !== null) throw wrong(fault.field, fault.message);
}

type EntryFault = { field: string; message: string };

/** Where an entry contradicts the conversation that it would change; null where it does not. */
function faultOf(conversation: Conversation, entry: KnownEntry): EntryFault | null {
  const { owner, stage, status, id, erasedAt } = conversation;
  if (erasedAt !== undefined)
    return { field: 'seq', message: 'Nothing follows on an erasure of its contact' };
  const inOther = (field: string, of: { conversationId: string }): EntryFault | null =>
    of.conversationId === id
      ? null
      : { field: `${field}.conversationId`, message: `It belongs to ${of.conversationId}` };
  switch (entry.kind) {
    case 'handoff':
      return inOther('handoff', entry.handoff);
    case 'objection':
      return inOther('objection', entry.objection);
    case 'follow_up':
      return inOther('followUp', entry.followUp);
    case 'owner':
      if (entry.from !== owner.agentId) return { field: 'from', message: `The owner is ${owner.agentId}` };
      return entry.epoch === owner.epoch + 1
        ? null
        : { field: 'epoch', message: `Epoch ${entry.epoch} does not follow on ${owner.epoch}` };
    case 'stage':
      return entry.from === stage ? null : { field: 'from', message: `The stage is ${stage}` };
    case 'status':
      return entry.from === status ? null : { field: 'from', message: `The status is ${status}` };
    case 'redaction':
    case 'revision':
    case 'delivery':
    case 'rating':
      return entry.targetSeq < entry.seq
        ? null
        : { field: 'targetSeq', message: 'It is about no earlier entry' };
    default:
      return null;
  }
}

/** @throws Refusal INVALID_INPUT where the entries make what no conversation can be */
function requireWhole(conversation: Conversation): void {
  const { error } = Conversation.safeParse(conversation);
  const issue = error?.issues[0];
  if (issue === undefined) return;
  throw invalidInput('entries', `They make no conversation: ${issue.path.join('.')}: ${issue.message}`);
}

/** The messages in the store that a restore redacts: those before the ones that it adds. */
export function redactedEarlier(
  entries: readonly KnownEntry[],
): Pick<MessageEntry, 'conversationId' | 'seq' | 'redactedAt'>[] {
  const first = entries[0]?.seq ?? 0;
  return entries.flatMap((entry) =>
    entry.kind === 'redaction' && entry.targetSeq < first
      ? [{ conversationId: entry.conversationId, seq: entry.targetSeq, redactedAt: entry.at }]
      : [],
  );
}
