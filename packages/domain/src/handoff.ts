import type {
  AgentId,
  Conversation,
  EntryOf,
  Handoff,
  HandoffKind,
  HandoffStatus,
  RequestHandoff,
  TransferHandoff,
} from '@baton/schema';
import { HandoffId, NO_TAKEOVER_REASON } from '@baton/schema';
import { DEFAULT_OWNER, requireAgent, requireMayBeAsked, requireMayOwn } from './agent.ts';
import { requireOpen } from './status.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { requireEpoch, requireNotOwner, requireOwner } from './ownership.ts';
import { invalidInput, Refusal } from './refusal.ts';
import { applyDrafts } from './drafts.ts';
import { moveStage } from './stage.ts';

type HandoffAction = EntryOf<'handoff'>['action'];

/** A→B→A→B without a new customer message is a loop. */
function requireNoLoop(conversation: Conversation, to: AgentId): void {
  const [a, b, c, d] = [...conversation.handoffChain, to].slice(-4);
  if (d === undefined || a !== c || b !== d) return;
  throw new Refusal(
    'HANDOFF_LOOP',
    `${a} and ${b} hand the conversation back and forth with nothing new between`,
    {
      chain: [...conversation.handoffChain, to],
    },
  );
}

function requireMayHandOver(conversation: Conversation, input: TransferHandoff | RequestHandoff): void {
  requireOpen(conversation);
  requireEpoch(conversation, input.ownerEpoch);
  requireOwner(conversation, input.from);
  if (input.to === input.from) throw invalidInput('to', 'An agent cannot hand over to itself');
  if (conversation.pendingHandoff !== null) {
    throw new Refusal('HANDOFF_PENDING', 'Another handoff is pending', {
      handoffId: conversation.pendingHandoff.id,
    });
  }
  const unknownSeq = input.brief?.facts.flatMap(({ seqs }) => seqs).find((seq) => seq > conversation.lastSeq);
  if (unknownSeq !== undefined) {
    throw invalidInput(
      'brief.facts',
      `The brief points at entry ${unknownSeq}, the last one is ${conversation.lastSeq}`,
    );
  }
  requireNoLoop(conversation, input.to);
}

/** @throws Refusal HANDOFF_NOT_PENDING */
function requirePending(conversation: Conversation, handoffId: HandoffId): Handoff {
  const pending = conversation.pendingHandoff;
  if (pending?.id === handoffId) return pending;
  throw new Refusal('HANDOFF_NOT_PENDING', 'This handoff is no longer pending', { handoffId });
}

function newHandoff(
  conversation: Conversation,
  kind: HandoffKind,
  input: Pick<TransferHandoff, 'from' | 'to' | 'reason' | 'trigger' | 'confidence' | 'brief' | 'stage'>,
  context: DecideContext,
): Handoff {
  return {
    id: HandoffId.parse(context.id),
    conversationId: conversation.id,
    kind,
    status: 'pending',
    from: input.from,
    to: input.to,
    acceptedBy: null,
    reason: input.reason,
    trigger: input.trigger,
    confidence: input.confidence,
    brief: input.brief ?? null,
    stage: input.stage ?? null,
    requestedAt: context.at,
    expiresAt: null,
    resolvedAt: null,
    resolution: null,
  };
}

function resolvedDraft(
  handoff: Handoff,
  action: HandoffAction,
  status: HandoffStatus,
  resolution: string | null,
  at: string,
): Extract<Draft, { kind: 'handoff' }> {
  return { kind: 'handoff', action, handoff: { ...handoff, status, resolution, resolvedAt: at } };
}

/** The change of owner; refuses one that cannot take it, unless forced. */
function handOver(
  conversation: Conversation,
  handoff: Handoff,
  action: HandoffAction,
  { to, force }: { to: AgentId; force?: boolean | undefined },
  context: DecideContext,
): Draft[] {
  const { owner } = conversation;
  const forced = requireMayOwn(to, { force }, context);
  const resolved = resolvedDraft({ ...handoff, acceptedBy: to }, action, 'accepted', null, context.at);
  const drafts: Draft[] = [
    { ...resolved, ...(forced && { forced }) },
    { kind: 'owner', from: owner.agentId, to, epoch: owner.epoch + 1 },
  ];
  if (handoff.stage === null || handoff.stage === conversation.stage) return drafts;
  const handedOver = applyDrafts(conversation, drafts, context);
  return [...drafts, ...moveStage(handedOver, { to: handoff.stage, reason: handoff.reason }, context)];
}

export const transfer: Decide<'handoffs.transfer'> = (conversation, input, context) => {
  requireMayHandOver(conversation, input);
  const handoff = newHandoff(conversation, 'transfer', input, context);
  return handOver(conversation, handoff, 'transferred', input, context);
};

export const request: Decide<'handoffs.request'> = (conversation, input, context) => {
  requireMayHandOver(conversation, input);
  requireMayBeAsked(input.to, context);
  const expiresAt = input.expiresAt ?? null;
  if (expiresAt !== null && expiresAt <= context.at) {
    throw invalidInput('expiresAt', 'expiresAt must be in the future');
  }
  const handoff = { ...newHandoff(conversation, 'request', input, context), expiresAt };
  return [{ kind: 'handoff', action: 'requested', handoff }];
};

export const accept: Decide<'handoffs.accept'> = (conversation, input, context) => {
  const handoff = requirePending(conversation, input.handoffId);
  requireOpen(conversation);
  if (handoff.expiresAt !== null && handoff.expiresAt <= context.at) {
    throw new Refusal('HANDOFF_NOT_PENDING', `This handoff expired at ${handoff.expiresAt}`);
  }
  if (input.by !== handoff.to && context.agents !== null && !isMember(input.by, handoff.to, context)) {
    throw new Refusal('FORBIDDEN', `${handoff.to} was asked, and ${input.by} is no member of it`);
  }
  requireNotOwner(conversation, input.by);
  requireNoLoop(conversation, input.by);
  return handOver(conversation, handoff, 'accepted', { to: input.by, force: input.force }, context);
};

function isMember(agentId: AgentId, queueId: AgentId, context: DecideContext): boolean {
  return requireAgent(queueId, context)?.members.includes(agentId) ?? false;
}

/** Only the agent that was asked may reject: a member cannot reject for its queue. */
export const reject: Decide<'handoffs.reject'> = (conversation, input, context) => {
  const handoff = requirePending(conversation, input.handoffId);
  if (input.by !== handoff.to) {
    throw new Refusal('FORBIDDEN', `${handoff.to} was asked, so ${input.by} cannot decline`);
  }
  return [resolvedDraft(handoff, 'rejected', 'rejected', input.reason ?? null, context.at)];
};

export const cancel: Decide<'handoffs.cancel'> = (conversation, input, context) => [
  resolvedDraft(
    requirePending(conversation, input.handoffId),
    'cancelled',
    'cancelled',
    input.reason ?? null,
    context.at,
  ),
];

/** @throws Refusal HANDOFF_NOT_PENDING where it has not run out yet */
export const expire: Decide<'handoffs.expire'> = (conversation, input, context) => {
  const handoff = requirePending(conversation, input.handoffId);
  if (handoff.expiresAt === null || handoff.expiresAt > context.at) {
    throw new Refusal('HANDOFF_NOT_PENDING', 'This handoff has not expired', {
      expiresAt: handoff.expiresAt,
    });
  }
  return [resolvedDraft(handoff, 'expired', 'expired', null, context.at)];
};

export function cancelPendingHandoff(
  conversation: Conversation,
  reason: string,
  context: Pick<DecideContext, 'at'>,
): Draft[] {
  const pending = conversation.pendingHandoff;
  return pending === null ? [] : [resolvedDraft(pending, 'cancelled', 'cancelled', reason, context.at)];
}

/** A person takes over at once, whatever is pending: that is cancelled. From another person it needs a reason. */
export const takeover: Decide<'handoffs.takeover'> = (conversation, input, context) => {
  requireOpen(conversation);
  const person = requireAgent(input.by, context);
  if (person !== undefined && person.kind !== 'human') {
    throw new Refusal('FORBIDDEN', `Only a person takes over, and ${input.by} is ${person.kind}`);
  }
  requireNotOwner(conversation, input.by);
  const { owner } = conversation;
  const isFromPerson = context.agents?.get(owner.agentId)?.kind === 'human';
  if (isFromPerson && input.reason === NO_TAKEOVER_REASON)
    throw invalidInput('reason', `${owner.agentId} is a person: say why you take over`);
  const cancelled = cancelPendingHandoff(conversation, `${input.by} took over`, context);
  const handoff = newHandoff(
    conversation,
    'takeover',
    { from: owner.agentId, to: input.by, reason: input.reason, trigger: 'manual', confidence: 1 },
    context,
  );
  const target = { to: input.by, force: input.force };
  return [...cancelled, ...handOver(conversation, handoff, 'taken_over', target, context)];
};

export const release: Decide<'handoffs.release'> = (conversation, input, context) => {
  requireOpen(conversation);
  requireOwner(conversation, input.by);
  const to = input.to ?? conversation.owner.previous ?? DEFAULT_OWNER;
  if (to === input.by) throw invalidInput('to', 'Name another agent to give it to');
  const cancelled = cancelPendingHandoff(conversation, `${input.by} gave the conversation back`, context);
  const handoff = newHandoff(
    conversation,
    'release',
    { from: input.by, to, reason: input.reason, trigger: 'manual', confidence: 1 },
    context,
  );
  const target = { to, force: input.force };
  return [...cancelled, ...handOver(conversation, handoff, 'released', target, context)];
};
