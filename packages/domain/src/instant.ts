import type { Command, Conversation, Timestamp } from '@baton/schema';
import { timestamp } from '@baton/schema';
import { Refusal } from './refusal.ts';

/**
 * When a command happens: now, or the instant that an imported command names; never before the conversation's
 * latest entry.
 * @param nowMs the server's clock, milliseconds since 1970
 * @throws Refusal INVALID_INSTANT for an instant in the future, or before the latest entry
 */
export function instantOfCommand(
  command: Command,
  conversation: Conversation | null,
  nowMs: number,
): Timestamp {
  const now = timestamp(nowMs);
  const latest = conversation?.updatedAt ?? now;
  const { at } = command.input;
  if (at === undefined) return conversation !== null && latest > now ? latest : now;
  if (at > now) throw new Refusal('INVALID_INSTANT', 'at is in the future', { at, now });
  if (conversation !== null && at < latest) {
    throw new Refusal('INVALID_INSTANT', "at is before the conversation's latest entry", { at, latest });
  }
  return at;
}

/** Milliseconds from one instant to a later one; 0 where it is earlier. */
export function elapsedMs(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

const LAST_INSTANT_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** At most the end of the year 9999, the last instant that a `Timestamp` can hold. */
export function addMs(at: string, ms: number): string {
  return timestamp(Math.min(LAST_INSTANT_MS, Date.parse(at) + ms));
}
