export { appRouter } from './app-router.ts';
export type { Context, Credential } from './context.ts';
export { errorAnswer, refusalError, retryAfterMs, UnexpectedFault } from './error.ts';
export { OPEN_PROCEDURES } from './trpc.ts';
export { VERSION } from './version.ts';
