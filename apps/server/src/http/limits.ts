import { MAX_BATCH_CALLS, MAX_BODY_BYTES, MAX_MEMBERS, MAX_NESTING } from '@baton/schema';

/** What a request may cost. */
export interface HttpLimits {
  /** Bytes of a body. */
  bodyBytes: number;
  /** How long a request may take to arrive with its body, in milliseconds. */
  arrivalMs: number;
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
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: MAX_BODY_BYTES,
  arrivalMs: 30_000,
  totalBodyBytes: 256 * 1024 * 1024,
  nesting: MAX_NESTING,
  members: MAX_MEMBERS,
  batchCalls: MAX_BATCH_CALLS,
  answerBytes: 8 * 1024 * 1024,
};

/** Bytes of the body of a call that needs no credential. */
export const OPEN_BODY_BYTES = 4_096;

/** Longest path: a batch names each of its calls there. */
export const MAX_PATH_LENGTH = 8_000;
