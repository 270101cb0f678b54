import type { Objection } from '@baton/schema';
import { ObjectionId, OPEN_WORK_LIMIT } from '@baton/schema';
import type { Decide, Draft } from './decide.ts';
import { cancelDeferral, scheduleDrafts } from './follow-up.ts';
import { Refusal } from './refusal.ts';
import { applyDrafts } from './drafts.ts';
import { moveStage } from './stage.ts';

function requireBelowLimit(list: readonly unknown[], what: string): void {
  if (list.length < OPEN_WORK_LIMIT) return;
  throw new Refusal('LIMIT_REACHED', `A conversation has at most ${OPEN_WORK_LIMIT} ${what}`, {
    limit: OPEN_WORK_LIMIT,
  });
}

function requireObjection(list: readonly Objection[], id: ObjectionId, message: string): Objection {
  const objection = list.find((candidate) => candidate.id === id);
  if (objection !== undefined) return objection;
  throw new Refusal('OBJECTION_NOT_OPEN', message, { objectionId: id });
}

export const raise: Decide<'objections.raise'> = (conversation, input, context) => {
  requireBelowLimit(conversation.objections, 'active objections');
  const objection: Objection = {
    id: ObjectionId.parse(context.id),
    conversationId: conversation.id,
    type: input.type,
    text: input.text,
    severity: input.severity,
    status: 'active',
    raisedBy: input.by ?? null,
    raisedAt: context.at,
    method: null,
    notes: null,
    handledBy: null,
    confidence: null,
    resolvedAt: null,
    deferReason: null,
    deferredAt: null,
    followUpId: null,
  };
  return [{ kind: 'objection', action: 'raised', objection }];
};

/** Resolves an active or a deferred objection; its follow-up is cancelled. */
export const resolve: Decide<'objections.resolve'> = (conversation, input, context) => {
  const { objections, deferredObjections } = conversation;
  const unresolved = [...objections, ...deferredObjections];
  const open = requireObjection(unresolved, input.objectionId, 'This objection is resolved already');
  const objection: Objection = {
    ...open,
    status: 'resolved',
    method: input.method,
    notes: input.notes ?? null,
    handledBy: input.handledBy,
    confidence: input.confidence,
    resolvedAt: context.at,
  };
  const drafts: Draft[] = [
    { kind: 'objection', action: 'resolved', objection },
    ...cancelDeferral(conversation, open, context),
  ];
  if (input.advanceTo === undefined) return drafts;
  const resolved = applyDrafts(conversation, drafts, context);
  return [...drafts, ...moveStage(resolved, { to: input.advanceTo, reason: 'Objection resolved' }, context)];
};

export const defer: Decide<'objections.defer'> = (conversation, input, context) => {
  const active = requireObjection(
    conversation.objections,
    input.objectionId,
    'Only an active objection can be deferred, and this one was deferred or resolved',
  );
  requireBelowLimit(conversation.deferredObjections, 'deferred objections');
  const followUp =
    input.followUpAt === undefined
      ? []
      : scheduleDrafts(
          conversation,
          {
            type: 'objection_follow_up',
            dueAt: input.followUpAt,
            priority: 'medium',
            maxAttempts: 3,
            cancelOn: [],
            context: input.reason,
            assignee: input.by,
          },
          context,
        );
  const [first] = followUp;
  const objection: Objection = {
    ...active,
    status: 'deferred',
    deferReason: input.reason,
    deferredAt: context.at,
    followUpId: first?.kind === 'follow_up' ? first.followUp.id : null,
  };
  return [{ kind: 'objection', action: 'deferred', objection }, ...followUp];
};
