export { appRouter } from './app-router.ts';
export type { Context, Credential } from './context.ts';
export { UnexpectedFault } from './error.ts';
export { VERSION } from './version.ts';
