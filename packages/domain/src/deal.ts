import type { Conversation, Deal, DealPatch, EntryOf } from '@baton/schema';
import { end } from './conversation.ts';
import type { Decide, DecideContext, Draft } from './decide.ts';
import { after } from './seal.ts';
import { moveStage } from './stage.ts';

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

/** A deal with some parts changed; a null takes a part back. */
export function mergeDeal(deal: Deal | null, patch: DealPatch | undefined): Deal {
  return { ...(deal ?? NO_DEAL), ...patch };
}

/** The entry of a deal that is won or lost. */
export function closedDeal(
  conversation: Conversation,
  move: { to: string; lossReason?: string; deal?: DealPatch; reason?: string },
  context: Pick<DecideContext, 'at'>,
): Draft {
  const deal = mergeDeal(conversation.deal, move.deal);
  return {
    kind: 'deal',
    outcome: move.to === 'closed_won' ? 'won' : 'lost',
    deal: {
      ...deal,
      closedAt: context.at,
      closeReason: move.lossReason ?? deal.closeReason ?? move.reason ?? null,
    },
  };
}

export const update: Decide<'deals.update'> = (conversation, input) => [
  { kind: 'deal', outcome: null, deal: mergeDeal(conversation.deal, input.deal) },
];

/** Deal, stage and status in one command. */
export const close: Decide<'deals.close'> = (conversation, input, context) => {
  const to = input.outcome === 'won' ? 'closed_won' : 'closed_lost';
  const moved = moveStage(conversation, { to, lossReason: input.lossReason, deal: input.deal }, context);
  const reason = input.outcome === 'won' ? 'Deal won' : 'Deal lost';
  return [...moved, ...end(after(conversation, moved, context), 'completed', { reason }, context)];
};

export function applyDeal(conversation: Conversation, entry: EntryOf<'deal'>): Conversation {
  return { ...conversation, deal: entry.deal };
}
