import type {
  ChangeStatus,
  Conversation,
  ConversationStatus,
  CreateConversation,
  ReactivateConversation,
  UpdateConversation,
} from '@baton/schema';
import { DEFAULT_OWNER, requireMayOwn } from './agent.ts';
import { consentDrafts } from './contact.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { cancelFollowUps } from './follow-up.ts';
import { cancelPendingHandoff } from './handoff.ts';
import { isSaidByAgent, messageDraft, messageDrafts, sendCheck } from './message.ts';
import { invalidInput, Refusal } from './refusal.ts';
import { applyDrafts } from './drafts.ts';
import { PAUSED, requireOpen, statusDraft } from './status.ts';

export function create(input: CreateConversation, context: DecideContext): Draft[] {
  const agentId = input.agentId ?? DEFAULT_OWNER;
  const forced = requireMayOwn(agentId, input, context);
  const created: Draft = {
    kind: 'created',
    contactId: input.contactId,
    channel: input.channel,
    agentId,
    tags: input.tags,
    metadata: input.metadata,
    ...(forced && { forced }),
  };
  const opening = [created, ...consentDrafts(undefined, context.consent)];
  const first = input.initialMessage;
  if (first === undefined) return opening;
  const said = { ...first, visibility: 'public' } as const;
  const isOfAgent = isSaidByAgent(said, context);
  if (isOfAgent && first.author.agentId !== agentId) {
    throw new Refusal('NOT_OWNER', `${agentId} owns the conversation`, { owner: { agentId } });
  }
  const begun = {
    channel: input.channel,
    consent: context.consent ?? undefined,
    owner: { agentId },
    metrics: { waitingSince: null },
  };
  sendCheck(begun, input, context)?.take(said, isOfAgent);
  return [...opening, messageDraft(said, null, context)];
}

export const update: Decide<'conversations.update'> = (_conversation, input: UpdateConversation) => [
  {
    kind: 'details',
    ...(input.tags && { tags: input.tags }),
    ...(input.metadata && { metadata: input.metadata }),
  },
];

/** With an open follow-up the status is `scheduled` rather than `paused`. */
export const pause: Decide<'conversations.pause'> = (conversation, { reason, until }, { at }) => {
  if (until !== undefined && until <= at) {
    throw new Refusal('INVALID_INSTANT', 'until is in the past', { until, now: at });
  }
  const to = conversation.followUps.length > 0 ? 'scheduled' : 'paused';
  const draft = statusDraft(conversation, ['active'], to, reason);
  return [{ ...draft, ...(until !== undefined && { until }) }];
};

/**
 * Nobody decides to come back, so the owner's capacity and availability do not count.
 * @throws Refusal INVALID_STATUS where no pause is over
 */
export const endPause: Decide<'conversations.endPause'> = (conversation, _input, context) => {
  const { pausedUntil, status } = conversation;
  if (pausedUntil === undefined || pausedUntil > context.at) {
    throw new Refusal('INVALID_STATUS', 'No pause is over', { status });
  }
  if (context.staysPaused === true)
    return [statusDraft(conversation, PAUSED, status, 'The contact has another active conversation')];
  return [statusDraft(conversation, PAUSED, 'active', 'The pause is over')];
};

/**
 * The contact comes back, in person: nobody decides it, so the owner's capacity and availability do not count.
 * @throws Refusal ALREADY_ACTIVE where nothing is to be done; CONVERSATION_CLOSED where it closed too long ago
 */
export const continueConversation: Decide<'conversations.continue'> = (conversation, input, context) => {
  const { reopenSince, initialMessage: message } = input;
  const mayReopen =
    reopenSince !== undefined && conversation.closedAt !== null && conversation.closedAt >= reopenSince;
  if (!mayReopen) requireOpen(conversation);
  const isActive = conversation.status === 'active';
  if (isActive && message === undefined)
    throw new Refusal('ALREADY_ACTIVE', 'The conversation is active', { conversationId: conversation.id });
  const back: Draft[] = isActive
    ? []
    : [
        statusDraft(conversation, [conversation.status], 'active', 'The contact came back'),
        ...consentDrafts(conversation.consent, context.consent),
      ];
  if (message === undefined) return back;
  const active = applyDrafts(conversation, back, context);
  const check = sendCheck(active, input, context);
  const said = { ...message, visibility: 'public' } as const;
  return [...back, ...messageDrafts(active, said, undefined, context, check)];
};

/** The owner has one active conversation more. */
function reactivate(
  conversation: Conversation,
  from: readonly ConversationStatus[],
  input: ReactivateConversation,
  context: DecideContext,
): Draft[] {
  const draft = statusDraft(conversation, from, 'active', input.reason);
  const forced = requireMayOwn(conversation.owner.agentId, input, context);
  if (forced && input.reason === undefined) {
    throw invalidInput('reason', 'To force this, give a reason');
  }
  return [{ ...draft, ...(forced && { forced }) }];
}

export const resume: Decide<'conversations.resume'> = (conversation, input, context) =>
  reactivate(conversation, PAUSED, input, context);

/** Also cancels the pending handoff, and the follow-ups that say so. */
export function endConversation(
  conversation: Conversation,
  to: 'completed' | 'abandoned',
  input: Pick<ChangeStatus, 'reason'>,
  context: DecideContext,
): Draft[] {
  const ended = statusDraft(conversation, ['active', 'paused', 'scheduled'], to, input.reason);
  const drafts = [
    ...cancelPendingHandoff(conversation, 'The conversation was closed', context),
    ...cancelFollowUps(conversation, 'close', context),
  ];
  return [...drafts, { ...ended, from: applyDrafts(conversation, drafts, context).status }];
}

export const close: Decide<'conversations.close'> = (conversation, input, context) =>
  endConversation(conversation, 'completed', input, context);

export const abandon: Decide<'conversations.abandon'> = (conversation, input, context) =>
  endConversation(conversation, 'abandoned', input, context);

export const reopen: Decide<'conversations.reopen'> = (conversation, input, context) => [
  ...reactivate(conversation, ['completed', 'abandoned'], input, context),
  ...consentDrafts(conversation.consent, context.consent),
];
