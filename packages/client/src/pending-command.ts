import { evolve, execute, type Outcome } from '@baton/domain';
import {
  type Actor,
  type Command,
  type Conversation,
  type Entry,
  type KnownEntry,
  timestamp,
} from '@baton/schema';

/** A command that was sent and that the server has not confirmed yet. */
export type PendingCommand = {
  id: string;
  command: Command;
  actor: Actor;
  at: string;
  /** The last entry when it was sent. */
  sentAfter: number;
  /** The entries that it should make; none where only the server can tell. */
  expected: readonly KnownEntry[];
  /** Once it is answered, the entry with which its effect is complete. */
  completeAt: number | null;
};

/**
 * A command as it is sent, now.
 * @param conversation as it is shown
 * @param lastSeq of the last entry that the server has confirmed
 */
export function pendingCommand(
  command: Command,
  actor: Actor,
  conversation: Conversation | null,
  lastSeq: number,
): PendingCommand {
  const sent = {
    id: freshId(),
    command,
    actor,
    at: timestamp(Date.now()),
    sentAfter: lastSeq,
    completeAt: null,
  };
  return { ...sent, expected: expectedOutcome(conversation, sent)?.entries ?? [] };
}

/** Lays the commands that are on their way over what the server has confirmed; returns the entries that they add. */
export function applyPending(
  confirmed: Conversation | null,
  entries: readonly Entry[],
  pending: readonly PendingCommand[],
): { conversation: Conversation | null; entries: KnownEntry[] } {
  let conversation = confirmed;
  const added: KnownEntry[] = [];
  const claimed = new Set<number>();
  for (const command of pending) {
    const version = versionOf(command, entries, claimed);
    if (version !== undefined) claimed.add(version);
    const outcome =
      version === undefined
        ? expectedOutcome(conversation, command)
        : remainingOutcome(conversation, entries, command, version);
    if (outcome === null) continue;
    conversation = outcome.conversation;
    added.push(...outcome.entries);
  }
  return { conversation, entries: added };
}

/** What a command will make of a conversation; null where the rules refuse it: the server's answer says why. */
function expectedOutcome(
  conversation: Conversation | null,
  { command, id, actor, at }: Omit<PendingCommand, 'expected'>,
): Outcome | null {
  if (conversation === null) return null;
  const latest = conversation.updatedAt;
  try {
    return execute(conversation, command, {
      at: at > latest ? at : latest,
      actor,
      id,
      agents: null,
      mayForce: true,
      businessHours: null,
      jitter: 0,
    });
  } catch {
    return null;
  }
}

/** What is still to come of a command whose first entries are here: they are not taken back until then. */
function remainingOutcome(
  conversation: Conversation | null,
  confirmed: readonly Entry[],
  { expected }: PendingCommand,
  version: number,
): Outcome | null {
  const here = confirmed.filter((entry) => entry.version === version).length;
  let next = conversation;
  const entries: KnownEntry[] = [];
  for (const entry of expected.slice(here)) {
    if (next === null) return null;
    const moved = { ...entry, seq: next.lastSeq + 1, version, at: next.updatedAt };
    next = evolve(next, moved);
    entries.push(moved);
  }
  return next === null ? null : { conversation: next, entries };
}

/**
 * The version that a command has made, where the feed has brought it before the answer. A message is known by its
 * id, anything else by the kind of its first entry, so that it is not shown twice.
 */
function versionOf(
  { command, sentAfter, expected }: PendingCommand,
  entries: readonly Entry[],
  claimed: ReadonlySet<number>,
): number | undefined {
  const { type, input } = command;
  const message =
    type === 'messages.append' ? input : type === 'messages.appendTurn' ? input.messages[0] : undefined;
  const first = entries.find((entry) => {
    if (message !== undefined) {
      return entry.kind === 'message' && entry.clientMessageId === message.clientMessageId;
    }
    return entry.seq > sentAfter && entry.kind === expected[0]?.kind && !claimed.has(entry.version);
  });
  return first?.version;
}

/** An id of an ObjectId's form, for what is shown until the server gives the real one. */
function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
