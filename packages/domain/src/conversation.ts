import type {
  ChangeStatus,
  Conversation,
  ConversationStatus,
  CreateConversation,
  EntryOf,
  UpdateConversation,
} from '@baton/schema';
import { AgentId } from '@baton/schema';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { cancelFollowUps } from './follow-up.ts';
import { cancelPending } from './handoff.ts';
import { messageDraft } from './message.ts';
import { EMPTY_QUALIFICATION } from './qualification.ts';
import { Refusal } from './refusal.ts';
import { after } from './seal.ts';

/** Who owns a new conversation where the caller names nobody. */
export const FIRST_OWNER = AgentId.parse('supervisor');

const CLOSED: ReadonlySet<ConversationStatus> = new Set(['completed', 'abandoned']);

export function isClosed(conversation: Conversation): boolean {
  return CLOSED.has(conversation.status);
}

/** @throws Refusal CONVERSATION_CLOSED */
export function requireOpen(conversation: Conversation): void {
  if (!isClosed(conversation)) return;
  throw new Refusal('CONVERSATION_CLOSED', `The conversation is ${conversation.status}; reopen it first`, {
    status: conversation.status,
  });
}

/** The first entries of a conversation: its birth and, where there is one, its first message. */
export function create(input: CreateConversation, context: DecideContext): Draft[] {
  const agentId = input.agentId ?? FIRST_OWNER;
  if (context.agents !== null && !context.agents.has(agentId)) {
    throw new Refusal('UNKNOWN_AGENT', `No agent ${agentId} is registered`, { agentId });
  }
  const created: Draft = {
    kind: 'created',
    contactId: input.contactId,
    channel: input.channel,
    agentId,
    tags: input.tags,
    metadata: input.metadata,
  };
  const first = input.initialMessage;
  if (first === undefined) return [created];
  if (first.author.kind === 'agent' && first.author.agentId !== agentId) {
    throw new Refusal('NOT_OWNER', `${agentId} owns the conversation`, { owner: agentId });
  }
  return [created, messageDraft({ ...first, visibility: 'public' }, null, context)];
}

export function born(entry: EntryOf<'created'>): Conversation {
  return {
    id: entry.conversationId,
    contactId: entry.contactId,
    channel: entry.channel,
    status: 'active',
    stage: 'lead',
    stageEnteredAt: entry.at,
    owner: { agentId: entry.agentId, epoch: 1, since: entry.at, previous: null },
    handoffChain: [entry.agentId],
    qualification: EMPTY_QUALIFICATION,
    isQualified: null,
    deal: null,
    metrics: {
      messages: 0,
      customerMessages: 0,
      interactionCount: 0,
      byAgent: {},
      firstResponseMs: null,
      waitingSince: null,
    },
    handoffCount: 0,
    pendingHandoff: null,
    activeObjections: 0,
    objections: [],
    deferredObjections: [],
    nextFollowUpAt: null,
    followUps: [],
    lastMessage: null,
    tags: entry.tags,
    metadata: entry.metadata,
    lastSeq: entry.seq,
    version: entry.version,
    createdAt: entry.at,
    updatedAt: entry.at,
    closedAt: null,
  };
}

export const update: Decide<'conversations.update'> = (_conversation, input: UpdateConversation) => [
  {
    kind: 'details',
    ...(input.tags && { tags: input.tags }),
    ...(input.metadata && { metadata: input.metadata }),
  },
];

export function applyDetails(conversation: Conversation, entry: EntryOf<'details'>): Conversation {
  return {
    ...conversation,
    tags: entry.tags ?? conversation.tags,
    metadata: entry.metadata ?? conversation.metadata,
  };
}

/** The entry of a change of status from one of `from`; throws INVALID_STATUS from any other. */
export function statusDraft(
  conversation: Conversation,
  from: readonly ConversationStatus[],
  to: ConversationStatus,
  reason?: string,
): Draft {
  if (!from.includes(conversation.status)) {
    throw new Refusal('INVALID_STATUS', `The conversation is ${conversation.status}, so it cannot become ${to}`, {
      status: conversation.status,
      needs: from,
    });
  }
  return { kind: 'status', from: conversation.status, to, reason: reason ?? null };
}

/** Nobody waits for an answer in a conversation that has ended. */
export function applyStatus(conversation: Conversation, entry: EntryOf<'status'>): Conversation {
  const moved = { ...conversation, status: entry.to, closedAt: CLOSED.has(entry.to) ? entry.at : null };
  return CLOSED.has(entry.to) ? { ...moved, metrics: { ...moved.metrics, waitingSince: null } } : moved;
}

/** A pause that a follow-up will end is called scheduled. */
export const pause: Decide<'conversations.pause'> = (conversation, input) => [
  statusDraft(conversation, ['active'], conversation.followUps.length > 0 ? 'scheduled' : 'paused', input.reason),
];

export const resume: Decide<'conversations.resume'> = (conversation, input) => [
  statusDraft(conversation, ['paused', 'scheduled'], 'active', input.reason),
];

/** Ends a conversation: what was pending or promised until then ends with it. */
export function end(
  conversation: Conversation,
  to: 'completed' | 'abandoned',
  input: Pick<ChangeStatus, 'reason'>,
  context: DecideContext,
): Draft[] {
  const ended = statusDraft(conversation, ['active', 'paused', 'scheduled'], to, input.reason);
  const drafts = [
    ...cancelPending(conversation, 'The conversation was closed', context),
    ...cancelFollowUps(conversation, 'close', context),
  ];
  return [...drafts, { ...ended, from: after(conversation, drafts, context).status } as Draft];
}

export const close: Decide<'conversations.close'> = (conversation, input, context) =>
  end(conversation, 'completed', input, context);

export const abandon: Decide<'conversations.abandon'> = (conversation, input, context) =>
  end(conversation, 'abandoned', input, context);

export const reopen: Decide<'conversations.reopen'> = (conversation, input) => [
  statusDraft(conversation, ['completed', 'abandoned'], 'active', input.reason),
];
