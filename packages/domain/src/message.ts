import type { Conversation, MessageEntry, MessageStanding, NewMessage } from '@baton/schema';
import { elapsedMs } from './instant.ts';
import { isPublicAgentMessage } from './public-agent-message.ts';
import { isPaused, PAUSED, requireOpen, statusDraft } from './status.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { cancelFollowUps } from './follow-up.ts';
import { requireEpoch, requireOwner } from './ownership.ts';
import { invalidInput, Refusal } from './refusal.ts';
import { applyDrafts } from './drafts.ts';
import { type CheckedConversation, SendCheck } from './send-policy.ts';

export function messageDraft(
  message: NewMessage,
  conversation: Conversation | null,
  context: Pick<DecideContext, 'at'>,
): Draft {
  const waitingSince = conversation?.metrics.waitingSince ?? null;
  return {
    kind: 'message',
    clientMessageId: message.clientMessageId,
    author: message.author,
    text: message.text,
    visibility: message.visibility,
    ...(message.inReplyTo !== undefined && { inReplyTo: message.inReplyTo }),
    ...(message.supersedes !== undefined && { supersedes: message.supersedes }),
    ...(message.sentAt !== undefined && { sentAt: message.sentAt }),
    ...(message.usage && { usage: message.usage }),
    ...(message.parts && { parts: message.parts }),
    ...(message.raw && { raw: message.raw }),
    ...(message.template && { template: message.template }),
    ...(isPublicAgentMessage(message) &&
      waitingSince !== null && { responseMs: elapsedMs(waitingSince, context.at) }),
    redactedAt: null,
  };
}

/** Whether the customer sees it, and the rules of what agents say hold of it. */
export function isSaidByAgent(
  { author, visibility }: NewMessage,
  { isOneAgent }: Pick<DecideContext, 'isOneAgent'>,
): boolean {
  if (visibility !== 'public') return false;
  return author.kind === 'agent' || (isOneAgent === true && author.kind === 'tool');
}

/**
 * The epoch is checked before the owner: what was written under an earlier ownership is stale, whoever owns the
 * conversation now.
 * @throws Refusal CONVERSATION_CLOSED, STALE_OWNER, NOT_OWNER, INVALID_INPUT
 */
function requireMayAppend(
  conversation: Conversation,
  message: NewMessage,
  ownerEpoch: number | undefined,
  { isOneAgent, path }: Pick<DecideContext, 'isOneAgent'> & { path: string },
): void {
  requireOpen(conversation);
  requireEpoch(conversation, ownerEpoch);
  if (isSaidByAgent(message, { isOneAgent })) requireOwner(conversation, message.author.agentId);
  if (message.inReplyTo !== undefined && message.inReplyTo > conversation.lastSeq) {
    throw invalidInput(`${path}inReplyTo`, `No entry ${message.inReplyTo} to reply to`);
  }
  if (message.supersedes !== undefined && message.supersedes > conversation.lastSeq) {
    throw invalidInput(`${path}supersedes`, `No entry ${message.supersedes} to replace`);
  }
}

/** @throws Refusal CONVERSATION_CLOSED, STALE_OWNER, NOT_OWNER, INVALID_INPUT */
export function messageDrafts(
  conversation: Conversation,
  message: NewMessage,
  ownerEpoch: number | undefined,
  context: DecideContext,
  check: SendCheck | null,
  path = '',
): Draft[] {
  requireMayAppend(conversation, message, ownerEpoch, { isOneAgent: context.isOneAgent, path });
  check?.take(message, isSaidByAgent(message, context));
  const draft = messageDraft(message, conversation, context);
  if (message.author.kind !== 'customer') return [draft];
  const drafts = [draft, ...cancelFollowUps(conversation, 'customer_reply', context)];
  return [...drafts, ...endOfPause(conversation, drafts, message, context)];
}

/** A customer's public words bring a paused conversation back. */
function endOfPause(
  conversation: Conversation,
  drafts: readonly Draft[],
  { visibility }: NewMessage,
  context: DecideContext,
): Draft[] {
  if (!isPaused(conversation) || visibility !== 'public' || context.staysPaused === true) return [];
  // Without its last follow-up it is paused, and no more scheduled.
  const paused = applyDrafts(conversation, drafts, context);
  return [statusDraft(paused, PAUSED, 'active', 'The customer wrote')];
}

/** What holds of messages that are sent now; null for history that is brought in, which was sent long ago. */
export function sendCheck(
  conversation: CheckedConversation,
  { at }: { at?: string | undefined },
  context: DecideContext,
): SendCheck | null {
  return at === undefined ? new SendCheck(conversation, context.at, context.sending) : null;
}

export const append: Decide<'messages.append'> = (conversation, input, context) =>
  messageDrafts(conversation, input, input.ownerEpoch, context, sendCheck(conversation, input, context));

export const appendTurn: Decide<'messages.appendTurn'> = (conversation, input, context) => {
  const drafts: Draft[] = [];
  let current = conversation;
  const check = sendCheck(conversation, input, context);
  for (const [index, message] of input.messages.entries()) {
    const path = `messages[${index}].`;
    const added = messageDrafts(current, message, input.ownerEpoch, context, check, path);
    current = applyDrafts(current, added, context);
    drafts.push(...added);
  }
  return drafts;
};

export const redact: Decide<'messages.redact'> = (_conversation, input, context) => {
  const { message } = context;
  if (!message) throw new Refusal('NOT_FOUND', `Entry ${input.seq} is no message of this conversation`);
  if (message.redactedAt !== null) {
    throw new Refusal('ALREADY_REDACTED', `Message ${input.seq} was redacted at ${message.redactedAt}`);
  }
  return [{ kind: 'redaction', targetSeq: input.seq, reason: input.reason ?? null }];
};

/** The message without its content, as it is stored after a redaction. */
export function redactMessage(message: MessageEntry & MessageStanding, redactedAt: string): MessageEntry {
  const {
    parts: _parts,
    raw: _raw,
    revision: _revision,
    delivery: _delivery,
    rating: _rating,
    ...rest
  } = message;
  return { ...rest, text: '', redactedAt };
}
