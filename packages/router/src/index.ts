export { appRouter } from './app-router.ts';
export { whyNotReady } from './admin.ts';
export { BatchAnswers } from './batch-answers.ts';
export type { CallSpan, Context, Credential, EndedCall, OnEnded } from './context.ts';
export { errorAnswer, retryAfterMs, UnexpectedFault } from './error.ts';
export { OPEN_PROCEDURES } from './roles.ts';
export { VERSION } from './version.ts';
