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
import { HandoffId } from '@baton/schema';
import { FIRST_OWNER, knownAgent, requireMayOwn } from './agent.ts';
import { requireOpen } from './status.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { requireEpoch, requireNotOwner, requireOwner } from './ownership.ts';
import { badInput, Refusal } from './refusal.ts';
import { after } from './seal.ts';
import { moveStage } from './stage.ts';

type HandoffAction = EntryOf<'handoff'>['action'];

/** A→B→A→B with nothing new from the customer between is a loop. */
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
  if (input.to === input.from) throw badInput('to', 'An agent cannot hand over to itself');
  if (conversation.pendingHandoff !== null) {
    throw new Refusal('HANDOFF_PENDING', 'Another handoff is pending', {
      handoffId: conversation.pendingHandoff.id,
    });
  }
  const unheard = input.brief?.facts.flatMap(({ seqs }) => seqs).find((seq) => seq > conversation.lastSeq);
  if (unheard !== undefined) {
    throw badInput(
      'brief.facts',
      `The brief points at entry ${unheard}, the last one is ${conversation.lastSeq}`,
    );
  }
  requireNoLoop(conversation, input.to);
}

/** The pending handoff that a command names; throws HANDOFF_NOT_PENDING. */
function requirePending(conversation: Conversation, handoffId: HandoffId): Handoff {
  const pending = conversation.pendingHandoff;
  if (pending?.id === handoffId) return pending;
  throw new Refusal('HANDOFF_NOT_PENDING', 'This handoff is no longer pending', { handoffId });
}

function opened(
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

function ended(
  handoff: Handoff,
  action: HandoffAction,
  status: HandoffStatus,
  resolution: string | null,
  at: string,
): Draft {
  return { kind: 'handoff', action, handoff: { ...handoff, status, resolution, resolvedAt: at } };
}

/** The entries by which the conversation gets another owner. */
function handOver(
  conversation: Conversation,
  handoff: Handoff,
  action: HandoffAction,
  to: AgentId,
  context: DecideContext,
): Draft[] {
  const { owner } = conversation;
  const drafts: Draft[] = [
    ended({ ...handoff, acceptedBy: to }, action, 'accepted', null, context.at),
    { kind: 'owner', from: owner.agentId, to, epoch: owner.epoch + 1 },
  ];
  if (handoff.stage === null || handoff.stage === conversation.stage) return drafts;
  const handed = after(conversation, drafts, context);
  return [...drafts, ...moveStage(handed, { to: handoff.stage, reason: handoff.reason }, context)];
}

export const transfer: Decide<'handoffs.transfer'> = (conversation, input, context) => {
  requireMayHandOver(conversation, input);
  requireMayOwn(input.to, context);
  return handOver(
    conversation,
    opened(conversation, 'transfer', input, context),
    'transferred',
    input.to,
    context,
  );
};

export const request: Decide<'handoffs.request'> = (conversation, input, context) => {
  requireMayHandOver(conversation, input);
  const target = knownAgent(input.to, context);
  if (target?.kind !== 'queue') requireMayOwn(input.to, context);
  const expiresAt = input.expiresAt ?? null;
  if (expiresAt !== null && expiresAt <= context.at) {
    throw badInput('expiresAt', 'expiresAt must be in the future');
  }
  const handoff = { ...opened(conversation, 'request', input, context), expiresAt };
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
  requireMayOwn(input.by, context);
  requireNoLoop(conversation, input.by);
  return handOver(conversation, handoff, 'accepted', input.by, context);
};

function isMember(agentId: AgentId, queueId: AgentId, context: DecideContext): boolean {
  return knownAgent(queueId, context)?.members.includes(agentId) ?? false;
}

/** Only the agent that was asked may decline: one member does not decide for a queue. */
export const reject: Decide<'handoffs.reject'> = (conversation, input, context) => {
  const handoff = requirePending(conversation, input.handoffId);
  if (input.by !== handoff.to) {
    throw new Refusal('FORBIDDEN', `${handoff.to} was asked, so ${input.by} cannot decline`);
  }
  return [ended(handoff, 'rejected', 'rejected', input.reason ?? null, context.at)];
};

export const cancel: Decide<'handoffs.cancel'> = (conversation, input, context) => [
  ended(
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
  return [ended(handoff, 'expired', 'expired', null, context.at)];
};

/** What ends a pending handoff that something else has overtaken. */
export function cancelPending(
  conversation: Conversation,
  why: string,
  context: Pick<DecideContext, 'at'>,
): Draft[] {
  const pending = conversation.pendingHandoff;
  return pending === null ? [] : [ended(pending, 'cancelled', 'cancelled', why, context.at)];
}

/** A person takes the conversation at once: whatever is pending, however full or away the person is. */
export const takeover: Decide<'handoffs.takeover'> = (conversation, input, context) => {
  requireOpen(conversation);
  const person = knownAgent(input.by, context);
  if (person !== undefined && person.kind !== 'human') {
    throw new Refusal('FORBIDDEN', `Only a person takes over, and ${input.by} is ${person.kind}`);
  }
  requireNotOwner(conversation, input.by);
  const { owner } = conversation;
  const cancelled = cancelPending(conversation, `${input.by} took over`, context);
  const handoff = opened(
    conversation,
    'takeover',
    { from: owner.agentId, to: input.by, reason: input.reason, trigger: 'manual', confidence: 1 },
    context,
  );
  return [...cancelled, ...handOver(conversation, handoff, 'taken_over', input.by, context)];
};

export const release: Decide<'handoffs.release'> = (conversation, input, context) => {
  requireOpen(conversation);
  requireOwner(conversation, input.by);
  const to = input.to ?? conversation.owner.previous ?? FIRST_OWNER;
  if (to === input.by) throw badInput('to', 'Name another agent to give it to');
  requireMayOwn(to, context);
  const cancelled = cancelPending(conversation, `${input.by} gave the conversation back`, context);
  const handoff = opened(
    conversation,
    'release',
    { from: input.by, to, reason: input.reason, trigger: 'manual', confidence: 1 },
    context,
  );
  return [...cancelled, ...handOver(conversation, handoff, 'released', to, context)];
};
