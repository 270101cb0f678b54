import type { Objection } from '@baton/schema';
import { ObjectionId, OPEN_WORK_LIMIT } from '@baton/schema';
import type { Decide, Draft } from './decide.ts';
import { cancelDeferral, scheduled } from './follow-up.ts';
import { Refusal } from './refusal.ts';
import { after } from './seal.ts';
import { moveStage } from './stage.ts';

function requireRoom(list: readonly unknown[], what: string): void {
  if (list.length < OPEN_WORK_LIMIT) return;
  throw new Refusal('LIMIT_REACHED', `A conversation has at most ${OPEN_WORK_LIMIT} ${what}`, {
    limit: OPEN_WORK_LIMIT,
  });
}

function find(list: readonly Objection[], id: ObjectionId, otherwise: string): Objection {
  const objection = list.find((candidate) => candidate.id === id);
  if (objection !== undefined) return objection;
  throw new Refusal('OBJECTION_NOT_OPEN', otherwise, { objectionId: id });
}

export const raise: Decide<'objections.raise'> = (conversation, input, context) => {
  requireRoom(conversation.objections, 'active objections');
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

/** An active objection is resolved, or one that was put off; then nobody need come back to it. */
export const resolve: Decide<'objections.resolve'> = (conversation, input, context) => {
  const { objections, deferredObjections } = conversation;
  const unresolved = [...objections, ...deferredObjections];
  const open = find(unresolved, input.objectionId, 'This objection is resolved already');
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
  const resolved = after(conversation, drafts, context);
  return [...drafts, ...moveStage(resolved, { to: input.advanceTo, reason: 'Objection resolved' }, context)];
};

export const defer: Decide<'objections.defer'> = (conversation, input, context) => {
  const active = find(
    conversation.objections,
    input.objectionId,
    'Only an active objection can be deferred, and this one was deferred or resolved',
  );
  requireRoom(conversation.deferredObjections, 'deferred objections');
  const followUp =
    input.followUpAt === undefined
      ? []
      : scheduled(
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
  const [made] = followUp;
  const objection: Objection = {
    ...active,
    status: 'deferred',
    deferReason: input.reason,
    deferredAt: context.at,
    followUpId: made?.kind === 'follow_up' ? made.followUp.id : null,
  };
  return [{ kind: 'objection', action: 'deferred', objection }, ...followUp];
};
