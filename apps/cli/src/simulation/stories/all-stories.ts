import { cardNumberInChat, onboarding, priceNegotiation, quickWin } from './won.ts';
import { goneQuiet, lostToCompetitor, missingFeature, noBudget } from './lost.ts';
import { cameBack, contractBound, notNow, onHold } from './returning.ts';
import { largeDeal, needsApproval, rescuedByLead, securityQuestions } from './human-takeover.ts';
import {
  bouncingAddress,
  freshLead,
  partlyQualified,
  qualified,
  waitingForDana,
  waitingForSalesDesk,
} from './in-progress.ts';
import type { Story } from './story.ts';

/** Every story, the lively ones first: few conversations show much. */
export const STORIES: readonly [Story, ...Story[]] = [
  securityQuestions,
  quickWin,
  freshLead,
  waitingForSalesDesk,
  waitingForDana,
  priceNegotiation,
  largeDeal,
  qualified,
  notNow,
  partlyQualified,
  cardNumberInChat,
  needsApproval,
  lostToCompetitor,
  onboarding,
  cameBack,
  goneQuiet,
  rescuedByLead,
  missingFeature,
  contractBound,
  noBudget,
  bouncingAddress,
  onHold,
];
