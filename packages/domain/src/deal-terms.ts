import type { Conversation, Deal, DealPatch } from '@baton/schema';
import type { DecideContext, Draft } from './decide.ts';
import { omitUndefined } from './omit-undefined.ts';

const NO_DEAL: Deal = {
  monthlyValueCents: null,
  setupFeeCents: null,
  contractMonths: null,
  paymentMethod: null,
  discountPercent: null,
  startAt: null,
  closedAt: null,
  closeReason: null,
};

/** The deal with the patch applied: null clears a field, undefined leaves it. */
export function mergeDeal(deal: Deal | null, patch: DealPatch | undefined): Deal {
  return { ...(deal ?? NO_DEAL), ...omitUndefined(patch ?? {}) };
}

export function closedDealDraft(
  conversation: Conversation,
  move: { to: string; lossReason?: string; deal?: DealPatch; reason?: string },
  context: Pick<DecideContext, 'at'>,
): Draft {
  const isWon = move.to === 'closed_won';
  const { deal: known } = conversation;
  // The reason of an earlier close does not count for this one.
  const isClosedAgain = known !== null && known.closedAt !== null;
  const deal = mergeDeal(isClosedAgain ? { ...known, closeReason: null } : known, move.deal);
  const closeReason = (isWon ? null : move.lossReason) ?? deal.closeReason ?? move.reason ?? null;
  return {
    kind: 'deal',
    outcome: isWon ? 'won' : 'lost',
    deal: { ...deal, closedAt: context.at, closeReason },
  };
}
