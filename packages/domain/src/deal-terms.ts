import type { Conversation, Deal, DealPatch } from '@baton/schema';
import type { DecideContext, Draft } from './decide.ts';
import { defined } from './defined.ts';

const NO_DEAL: Deal = {
  monthlyValueCents: null,
  setupFeeCents: null,
  contractLength: null,
  paymentMethod: null,
  discountPercent: null,
  startAt: null,
  closedAt: null,
  closeReason: null,
};

/** A deal with some parts changed; a null takes a part back, an undefined one says nothing of it. */
export function mergeDeal(deal: Deal | null, patch: DealPatch | undefined): Deal {
  return { ...(deal ?? NO_DEAL), ...defined(patch ?? {}) };
}

/** The entry of a deal that is won or lost. */
export function closedDeal(
  conversation: Conversation,
  move: { to: string; lossReason?: string; deal?: DealPatch; reason?: string },
  context: Pick<DecideContext, 'at'>,
): Draft {
  const isWon = move.to === 'closed_won';
  const { deal: known } = conversation;
  // Why it was closed once before says nothing of this time.
  const isClosedAgain = known !== null && known.closedAt !== null;
  const deal = mergeDeal(isClosedAgain ? { ...known, closeReason: null } : known, move.deal);
  const closeReason = (isWon ? null : move.lossReason) ?? deal.closeReason ?? move.reason ?? null;
  return {
    kind: 'deal',
    outcome: isWon ? 'won' : 'lost',
    deal: { ...deal, closedAt: context.at, closeReason },
  };
}
