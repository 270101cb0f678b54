import {
  type DeliveryState,
  type Entry,
  type EntryOf,
  isBlank,
  type MessageDelivery,
  type MessageEntry,
  type MessageView,
} from '@baton/schema';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { redactMessage } from './message.ts';
import { invalidInput, Refusal } from './refusal.ts';

/** Most edits of a message. */
export const REVISION_LIMIT = 1_000;

const PROGRESS: Record<Exclude<DeliveryState, 'failed'>, number> = {
  queued: 0,
  sent: 1,
  delivered: 2,
  read: 3,
};

/**
 * Whether a report says something new: reports come twice, late and in any order. A state never goes back, but what failed
 * may be tried again; what was delivered has not failed.
 */
export function isNews(
  known: MessageDelivery | undefined,
  { state, sentAt }: { state: DeliveryState; sentAt?: string | undefined },
): boolean {
  if (known === undefined) return true;
  const isLate = sentAt !== undefined && known.sentAt !== undefined && sentAt < known.sentAt;
  if (known.state === 'failed')
    return state !== 'failed' && (PROGRESS[state] >= PROGRESS.delivered || !isLate);
  if (state === 'failed') return PROGRESS[known.state] < PROGRESS.delivered && !isLate;
  return PROGRESS[state] > PROGRESS[known.state];
}

/** A message as a later entry of its conversation leaves it; the same object where that is not about it. */
export function standingAfter(message: MessageView, entry: Entry): MessageView {
  if (entry.conversationId !== message.conversationId || !('targetSeq' in entry)) return message;
  if (entry.targetSeq !== message.seq) return message;
  switch (entry.kind) {
    case 'redaction': {
      const { revision, delivery, rating } = message;
      return {
        ...redactMessage(message, entry.at),
        ...(revision && { revision: { ...revision, reason: null } }),
        ...(delivery && { delivery }),
        ...(rating && { rating }),
      };
    }
    case 'revision':
      return revised(message, entry);
    case 'delivery': {
      const { state, seq, at, sentAt, error } = entry;
      return { ...message, delivery: { state, seq, at, ...(sentAt !== undefined && { sentAt }), error } };
    }
    case 'rating': {
      const { verdict, seq, at, note } = entry;
      return { ...message, rating: { verdict, seq, at, note } };
    }
  }
}

function revised(
  message: MessageView,
  { seq, at, text, parts, raw, reason }: EntryOf<'revision'>,
): MessageView {
  const { parts: _parts, raw: _raw, ...rest } = message;
  const revision = { seq, number: (message.revision?.number ?? 0) + 1, at, reason };
  // What was redacted says nothing any more, whatever an archive brings after it.
  if (message.redactedAt !== null) return { ...message, revision };
  return { ...rest, text, ...(parts && { parts }), ...(raw && { raw }), revision };
}

/** Each message as it stands after all of the entries, by its seq. */
export function standingMessages(entries: Iterable<Entry>): Map<number, MessageView> {
  const messages = new Map<number, MessageView>();
  for (const entry of entries) {
    if (entry.kind === 'message') messages.set(entry.seq, entry);
    if (!('targetSeq' in entry)) continue;
    const message = messages.get(entry.targetSeq);
    if (message !== undefined) messages.set(entry.targetSeq, standingAfter(message, entry));
  }
  return messages;
}

/** @throws Refusal NOT_FOUND */
function requireMessage(
  { message }: DecideContext,
  { seq, clientMessageId }: { seq?: number | undefined; clientMessageId?: string | undefined },
): MessageView {
  if (message) return message;
  const named = seq === undefined ? `No message ${clientMessageId}` : `Entry ${seq} is no message`;
  throw new Refusal('NOT_FOUND', `${named} of this conversation`);
}

/** An agent edits what it said itself, and a manager what any agent did; what customers said is their channel's to edit. */
function requireMayRevise({ author }: MessageEntry, { actor, isOneAgent, mayForce }: DecideContext): void {
  if (isOneAgent !== true) return;
  const isAgents = author.kind === 'agent' || author.kind === 'tool';
  if (isAgents && (mayForce || author.agentId === actor.agentId)) return;
  const whose = isAgents ? (author.agentId ?? 'a tool') : `the ${author.kind}`;
  throw new Refusal('FORBIDDEN', `This was said by ${whose}: its author, a manager or an app edits it`, {
    author,
  });
}

/** @throws Refusal NOT_FOUND, FORBIDDEN, ALREADY_REDACTED, INVALID_INPUT, LIMIT_REACHED */
export const revise: Decide<'messages.revise'> = (_conversation, input, context) => {
  const message = requireMessage(context, input);
  requireMayRevise(message, context);
  if (message.redactedAt !== null)
    throw new Refusal('ALREADY_REDACTED', `Message ${message.seq} was redacted at ${message.redactedAt}`);
  const { text = message.text, parts = message.parts, raw = message.raw } = input;
  if (isBlank(text) && (parts ?? []).length === 0 && raw === undefined)
    throw invalidInput('text', 'Text is blank, and there is no part: nothing would be left');
  // A provider tells of an edit twice.
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  if (isSame([text, parts, raw], [message.text, message.parts, message.raw])) return [];
  if ((message.revision?.number ?? 0) >= REVISION_LIMIT)
    throw new Refusal('LIMIT_REACHED', `A message has at most ${REVISION_LIMIT} edits`, {
      limit: REVISION_LIMIT,
    });
  const draft: Draft = {
    kind: 'revision',
    targetSeq: message.seq,
    text,
    ...(parts && { parts }),
    ...(raw && { raw }),
    reason: input.reason ?? null,
  };
  return [draft];
};

/** @throws Refusal NOT_FOUND */
export const report: Decide<'messages.report'> = (_conversation, input, context) => {
  const message = requireMessage(context, input);
  if (!isNews(message.delivery, input)) return [];
  const { state, error = null, sentAt } = input;
  return [
    { kind: 'delivery', targetSeq: message.seq, state, error, ...(sentAt !== undefined && { sentAt }) },
  ];
};

/** @throws Refusal NOT_FOUND */
export const rate: Decide<'messages.rate'> = (_conversation, { seq, verdict, note = null }, context) => {
  const { rating } = requireMessage(context, { seq });
  if (rating?.verdict === verdict && rating.note === note) return [];
  return [{ kind: 'rating', targetSeq: seq, verdict, note }];
};
