export { actorOfCommand } from './actor.ts';
export { attachedFiles } from './attached-files.ts';
export { namedAgents } from './named-agents.ts';
export { DEFAULT_OWNER } from './agent.ts';
export type { AgentState, DecideContext } from './decide.ts';
export { cleanFileName } from './file-name.ts';
export { erasedAnswers, erasedFollowUp, erasedHandoff, erasedObjection } from './erased-words.ts';
export { eraseEntry, takeWords } from './erasure.ts';
export { BEGINS_A_HANDOFF, evolve, fold, FOLD_VERSION } from './evolve.ts';
export { execute, type Outcome } from './execute.ts';
export { type FollowUpCalendar, nextAllowed } from './follow-up-calendar.ts';
export { mayBeTried } from './follow-up.ts';
export { instantOfCommand } from './instant.ts';
export { CHARACTERS_OF_A_TOKEN, estimateTokens, MessageWindow } from './message-context.ts';
export { redactMessage } from './message.ts';
export { REVISION_LIMIT, standingAfter, standingMessages } from './message-standing.ts';
export {
  partCharacters,
  previewOfMessage,
  SEARCHED_TEXT_LIMIT,
  searchedParts,
  searchedText,
  type SaidWords,
  shownText,
} from './message-words.ts';
export { invalidInput, Refusal } from './refusal.ts';
export { newcomers } from './registered-agents.ts';
export { dayOf, nextDay } from './quiet-hours.ts';
export { type BudgetUse, type Sending, sendReasons } from './send-policy.ts';
export { NEXT_STAGES, nextStages, stageBlockers, stagesFrom } from './stage.ts';
export { isClosed } from './status.ts';
export { checkQualification } from './answers.ts';
export { isPreviewOf, truncateText } from './truncate.ts';
export { redactedEarlier, restore, type RestoreContext } from './restore.ts';
