import {
  type Conversation,
  type NextStage,
  SALES_PATH,
  type SalesStage,
  type StageBlocker,
  type TransitionStage,
} from '@baton/schema';
import { requireMayForce } from './agent.ts';
import { incompleteFields } from './answers.ts';
import { closedDealDraft, mergeDeal } from './deal-terms.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { cancelFollowUps } from './follow-up.ts';
import { elapsedMs } from './instant.ts';
import { invalidInput, Refusal } from './refusal.ts';

/** Who entered one of these has come as far as a stage: on the path of a sale that stage or a later one. */
export function stagesFrom(stage: SalesStage): readonly SalesStage[] {
  const index = SALES_PATH.indexOf(stage);
  return index === -1 ? [stage] : SALES_PATH.slice(index);
}

export const NEXT_STAGES: Record<SalesStage, readonly SalesStage[]> = {
  lead: ['qualification', 'closed_lost', 'follow_up'],
  qualification: ['qualified', 'objection_handling', 'closed_lost', 'follow_up'],
  qualified: ['objection_handling', 'closing', 'closed_lost', 'follow_up'],
  objection_handling: ['qualified', 'closing', 'closed_lost', 'follow_up'],
  closing: ['closed_won', 'closed_lost', 'objection_handling', 'follow_up'],
  closed_won: ['follow_up'],
  closed_lost: ['follow_up'],
  follow_up: ['lead', 'qualification', 'qualified', 'closing'],
};

export type StageMoveInput = Pick<
  TransitionStage,
  'to' | 'reason' | 'notes' | 'lossReason' | 'deal' | 'force'
>;

/** What a stage still needs; null where nothing. */
function missingFor(
  conversation: Conversation,
  move: Pick<StageMoveInput, 'to' | 'lossReason' | 'deal'>,
): StageBlocker | null {
  if (move.to === 'qualified') {
    const { qualification } = conversation;
    if (conversation.isQualified === true || qualification.met) return null;
    const incomplete = incompleteFields(qualification);
    const unmet = (['budget', 'authority', 'need', 'timeline'] as const).filter(
      (field) => qualification[field]?.verdict === false,
    );
    return { code: 'QUALIFICATION_INCOMPLETE', missing: [...new Set([...incomplete, ...unmet])] };
  }
  if (move.to === 'closed_won') {
    const deal = mergeDeal(conversation.deal, move.deal);
    const missing = (['monthlyValueCents', 'paymentMethod'] as const).filter((part) => deal[part] === null);
    return missing.length === 0 ? null : { code: 'DEAL_INCOMPLETE', missing };
  }
  if (move.to === 'closed_lost' && move.lossReason === undefined) {
    return { code: 'LOSS_REASON_REQUIRED', missing: ['lossReason'] };
  }
  return null;
}

/** What prevents a move to a stage; empty where it is allowed. */
export function stageBlockers(
  conversation: Conversation,
  move: Pick<StageMoveInput, 'to' | 'lossReason' | 'deal'>,
): StageBlocker[] {
  const blockers: StageBlocker[] = [];
  if (!NEXT_STAGES[conversation.stage].includes(move.to)) {
    blockers.push({ code: 'INVALID_TRANSITION', missing: [] });
  }
  const missing = missingFor(conversation, move);
  return missing === null ? blockers : [...blockers, missing];
}

export function nextStages(conversation: Conversation): NextStage[] {
  return NEXT_STAGES[conversation.stage].map((stage) => ({
    stage,
    blockers: stageBlockers(conversation, { to: stage }),
  }));
}

/**
 * Moves the stage, for `stages.transition` and for every other command that does so.
 * @throws Refusal INVALID_TRANSITION, QUALIFICATION_INCOMPLETE, DEAL_INCOMPLETE, LOSS_REASON_REQUIRED, FORBIDDEN
 */
export function moveStage(conversation: Conversation, move: StageMoveInput, context: DecideContext): Draft[] {
  const [blocker] = stageBlockers(conversation, move);
  const forced = move.force === true && blocker !== undefined;
  if (forced && move.to === conversation.stage) {
    throw new Refusal('INVALID_TRANSITION', `The conversation is in ${move.to} already`);
  }
  if (forced) requireMayForce(context, 'Forcing a stage');
  if (forced && move.reason === undefined) {
    throw invalidInput('reason', 'A forced move needs a reason');
  }
  if (blocker !== undefined && !forced) throw blocked(conversation, move.to, blocker);

  const drafts: Draft[] = [];
  if (move.to === 'closed_won' || move.to === 'closed_lost') {
    drafts.push(closedDealDraft(conversation, move, context));
  } else if (move.deal !== undefined) {
    drafts.push({ kind: 'deal', outcome: null, deal: mergeDeal(conversation.deal, move.deal) });
  }
  drafts.push({
    kind: 'stage',
    from: conversation.stage,
    to: move.to,
    inStageMs: elapsedMs(conversation.stageEnteredAt, context.at),
    reason: move.reason ?? null,
    notes: move.notes ?? null,
    lossReason: move.lossReason ?? null,
    forced,
  });
  return [...drafts, ...cancelFollowUps(conversation, 'stage_change', context)];
}

function blocked(conversation: Conversation, to: SalesStage, blocker: StageBlocker): Refusal {
  const details = { from: conversation.stage, to, missing: blocker.missing };
  if (blocker.code === 'INVALID_TRANSITION') {
    return new Refusal(blocker.code, `From ${conversation.stage} a sale cannot go to ${to}`, {
      ...details,
      allowed: NEXT_STAGES[conversation.stage],
    });
  }
  return new Refusal(blocker.code, `${to} still needs: ${blocker.missing.join(', ')}`, details);
}

export const transition: Decide<'stages.transition'> = (conversation, input, context) =>
  moveStage(conversation, input, context);
