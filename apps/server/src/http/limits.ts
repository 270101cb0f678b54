import { MAX_BATCH_CALLS, MAX_BODY_BYTES, MAX_MEMBERS, MAX_NESTING } from '@baton/schema';

/** What a request may cost. */
export interface HttpLimits {
  /** Bytes of a body. */
  bodyBytes: number;
  /** How long a request may take to arrive with its body, in milliseconds. */
  arrivalMs: number;
  /** The same for its head alone. */
  headersMs: number;
  /** Bytes in a second that a body arrives and an answer is read at least, after a few seconds. */
  slowestBytesPerSecond: number;
  /** How long a connection may be idle between two requests, in milliseconds. */
  keepAliveMs: number;
  /** Bytes of all the bodies that the process holds. Twice `bodyBytes` at least: a tenant may have half of it. */
  totalBodyBytes: number;
  /** Levels of arrays and objects in the input of a call. */
  nesting: number;
  /** Members of each of them; all of a request's have thirty times as many. */
  members: number;
  /** Calls that share a request. */
  batchCalls: number;
  /** Bytes of the answers to the queries of one request, unless one alone has more. */
  answerBytes: number;
  /** Calls of one credential in a second; those of a batch count one by one. */
  callsPerSecond: number;
  /** Calls of one credential that run at once. */
  runningCalls: number;
  /** The same two for credentials that bring history in. */
  importCallsPerSecond: number;
  importRunningCalls: number;
  /** Feeds of one credential that are open at once. */
  feedsPerCredential: number;
  /** The same for a company's own backend. */
  feedsPerApp: number;
  /** Calls in a second that come from one address without a valid credential. */
  unauthenticatedCallsPerSecond: number;
  /** Different wrong credentials in a minute that come from one address. */
  failedAuthenticationsPerMinute: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: MAX_BODY_BYTES,
  arrivalMs: 30_000,
  headersMs: 10_000,
  slowestBytesPerSecond: 1_000,
  keepAliveMs: 72_000,
  totalBodyBytes: 256 * 1024 * 1024,
  nesting: MAX_NESTING,
  members: MAX_MEMBERS,
  batchCalls: MAX_BATCH_CALLS,
  answerBytes: 8 * 1024 * 1024,
  callsPerSecond: 200,
  runningCalls: 50,
  importCallsPerSecond: 5_000,
  importRunningCalls: 500,
  feedsPerCredential: 20,
  feedsPerApp: 1_000,
  unauthenticatedCallsPerSecond: 100,
  failedAuthenticationsPerMinute: 100,
};

/** Bounds no client reaches, for tests and benches that call as fast as they can. */
export const UNBOUNDED_RATES = {
  callsPerSecond: 1_000_000,
  runningCalls: 100_000,
  importCallsPerSecond: 1_000_000,
  importRunningCalls: 100_000,
  feedsPerCredential: 100_000,
  feedsPerApp: 100_000,
  unauthenticatedCallsPerSecond: 1_000_000,
  failedAuthenticationsPerMinute: 1_000_000,
} satisfies Partial<HttpLimits>;

/** Bytes of the body of a call that needs no credential. */
export const OPEN_BODY_BYTES = 4_096;

/** Longest path: a batch names each of its calls there. */
export const MAX_PATH_LENGTH = 8_000;
