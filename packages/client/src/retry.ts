import type { ErrorCode } from '@baton/schema';
import { type Operation, TRPCClientError } from '@trpc/client';
import { batonError, isRefused, UnexpectedAnswer } from './error.ts';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 3_000;
/** Longest wait that a server may ask for. */
const MAX_WAIT_MS = 10_000;

/** Mutations that are safe to repeat without a key. */
const REPEATABLE_PATHS = new Set(['followUps.heartbeat']);

/** HTTP statuses that are worth a retry: timeout, too early, too many requests. */
const TEMPORARY_STATUSES = new Set([408, 425, 429]);

/** The HTTP status of a failed call or of a feed that could not be opened; null where there was no answer. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof TRPCClientError)) return null;
  if (error.cause instanceof UnexpectedAnswer) return error.cause.status;
  // A feed's error has the event of its EventSource as its shape, and that has the status as its code.
  const code: unknown = error.shape?.code;
  return typeof code === 'number' && code >= 100 ? code : null;
}

/** Codes of failures that pass. */
const TEMPORARY_CODES = new Set<ErrorCode>(['UNAVAILABLE', 'RATE_LIMITED', 'UNREADABLE', 'INTERNAL']);

/** Whether asking again is of no use: Baton has said no, or something that is not Baton answers in its place. */
export function isFinal(error: unknown): boolean {
  const answer = batonError(error);
  if (answer !== null) return !TEMPORARY_CODES.has(answer.code);
  const status = statusOf(error);
  return status !== null && status < 500 && !TEMPORARY_STATUSES.has(status);
}

/** Asks whether the server is ready: that it is not is an answer too. */
const READY = 'admin.ready';

function isRepeatable({ type, path, input }: Pick<Operation, 'type' | 'path' | 'input'>): boolean {
  if (type === 'query') return true;
  if (REPEATABLE_PATHS.has(path)) return true;
  if (typeof input !== 'object' || input === null) return false;
  return 'idempotencyKey' in input || 'clientMessageId' in input || 'messages' in input;
}

/**
 * How long a caller who asks too much is to wait, in milliseconds; null for any other error. In the place of a server that
 * is not available another may answer at once.
 */
function rateLimitedMs(error: unknown): number | null {
  if (!isRefused(error, 'RATE_LIMITED')) return null;
  const details: object = Object(batonError(error)?.details);
  return 'retryAfterMs' in details && typeof details.retryAfterMs === 'number' ? details.retryAfterMs : null;
}

/** Whether others in the same request have left no room for the answer, so that it is to be asked for alone. */
function isCrowdedOut(error: unknown): boolean {
  return rateLimitedMs(error) === 0;
}

const ALONE = 'baton.alone';

/** Whether a call takes a request of its own, because it was crowded out of one with others. */
export function isAlone({ context }: Pick<Operation, 'context'>): boolean {
  return context[ALONE] === true;
}

/** Whether to make a query again that was crowded out of a batch: once, alone, whatever else it is told. */
export function retryAlone({
  op,
  error,
}: {
  op: Pick<Operation, 'context' | 'signal'>;
  error: unknown;
}): boolean {
  if (isAlone(op) || !isCrowdedOut(error) || op.signal?.aborted === true) return false;
  op.context[ALONE] = true;
  return true;
}

/**
 * Whether to call again: only where the server was away, and only what does no harm when it is done twice. A feed
 * is opened again, after the last entry that came, for as long as somebody listens.
 */
export function shouldRetry(
  options: { op: Pick<Operation, 'type' | 'path' | 'input' | 'signal'>; error: unknown; attempts: number },
  attempts: number,
): boolean {
  const { op, error } = options;
  if (isFinal(error) || (op.path === READY && batonError(error) !== null)) return false;
  if (op.type === 'subscription') return true;
  if (options.attempts >= attempts || op.signal?.aborted === true) return false;
  if ((rateLimitedMs(error) ?? 0) > MAX_WAIT_MS) return false;
  // It was refused before anything was done.
  if (isRefused(error, 'RATE_LIMITED')) return true;
  // A call that broke would most likely break again: its caller hears of it at once.
  return !isRefused(error, 'INTERNAL', 'UNREADABLE') && isRepeatable(op);
}

/**
 * Milliseconds before the next attempt: doubled each time, and spread so that clients do not come back together. The wait
 * that a server asks of a caller who asks too much comes before it.
 */
export function retryDelayMs(attempt: number, error?: unknown): number {
  const step = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  const asked = Math.min(MAX_WAIT_MS, rateLimitedMs(error) ?? 0);
  return asked + step / 2 + (step / 2) * Math.random();
}
