/*
 * Limits of a request, where a server's settings do not change them. Clients keep to them.
 */

/** Bytes of a body: a turn of 100 messages of the longest text fits. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Levels of arrays and objects in the input of a call. */
export const MAX_NESTING = 64;

/** Members of an array or object in the input of a call. */
export const MAX_MEMBERS = 20_000;

/** Calls that share a request. */
export const MAX_BATCH_CALLS = 50;

/** Procedures that take a request of their own: strangers may call them, and a batch would multiply what that costs. */
export const LONE_PROCEDURES: ReadonlySet<string> = new Set(['admin.ready', 'session.signIn']);
