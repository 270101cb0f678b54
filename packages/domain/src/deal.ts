import { endConversation } from './conversation.ts';
import { mergeDeal } from './deal-terms.ts';
import type { Decide } from './decide.ts';
import { applyDrafts } from './drafts.ts';
import { moveStage } from './stage.ts';

export const update: Decide<'deals.update'> = (conversation, input) => [
  { kind: 'deal', outcome: null, deal: mergeDeal(conversation.deal, input.deal) },
];

/** Changes the deal, the stage and the status in one command. */
export const close: Decide<'deals.close'> = (conversation, input, context) => {
  const to = input.outcome === 'won' ? 'closed_won' : 'closed_lost';
  const moved = moveStage(conversation, { to, lossReason: input.lossReason, deal: input.deal }, context);
  const reason = input.outcome === 'won' ? 'Deal won' : 'Deal lost';
  return [
    ...moved,
    ...endConversation(applyDrafts(conversation, moved, context), 'completed', { reason }, context),
  ];
};
