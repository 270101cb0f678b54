import type { Conversation, ConversationStatus } from '@baton/schema';
import type { Draft } from './decide.ts';
import { Refusal } from './refusal.ts';

const CLOSED: ReadonlySet<ConversationStatus> = new Set(['completed', 'abandoned']);
/** With an open follow-up a paused one is `scheduled`. */
export const PAUSED: readonly ConversationStatus[] = ['paused', 'scheduled'];

export function isClosed({ status }: Pick<Conversation, 'status'>): boolean {
  return CLOSED.has(status);
}

export function isPaused({ status }: Pick<Conversation, 'status'>): boolean {
  return PAUSED.includes(status);
}

/** @throws Refusal CONVERSATION_CLOSED */
export function requireOpen(conversation: Conversation): void {
  if (!isClosed(conversation)) return;
  throw new Refusal('CONVERSATION_CLOSED', `The conversation is ${conversation.status}; reopen it first`, {
    status: conversation.status,
  });
}

/** @throws Refusal INVALID_STATUS unless the status is one of `from` */
export function statusDraft(
  conversation: Conversation,
  from: readonly ConversationStatus[],
  to: ConversationStatus,
  reason?: string,
): Extract<Draft, { kind: 'status' }> {
  if (!from.includes(conversation.status)) {
    throw new Refusal(
      'INVALID_STATUS',
      `The conversation is ${conversation.status}, so it cannot become ${to}`,
      { status: conversation.status, needs: from },
    );
  }
  return { kind: 'status', from: conversation.status, to, reason: reason ?? null };
}
