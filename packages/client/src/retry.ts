import type { Operation } from '@trpc/client';
import { batonError } from './error.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/** Calls that may be made twice although they carry no key: the second finds what the first did. */
const REPEATABLE = new Set(['agents.update', 'followUps.heartbeat']);

function isRepeatable({ type, path, input }: Pick<Operation, 'type' | 'path' | 'input'>): boolean {
  if (type === 'query') return true;
  if (type === 'subscription') return false;
  if (REPEATABLE.has(path)) return true;
  if (typeof input !== 'object' || input === null) return false;
  return 'idempotencyKey' in input || 'clientMessageId' in input || 'messages' in input;
}

/** Whether to call again: only where the server was away, and only what does no harm when it is done twice. */
export function shouldRetry(
  options: { op: Pick<Operation, 'type' | 'path' | 'input' | 'signal'>; error: unknown; attempts: number },
  attempts: number,
): boolean {
  if (options.attempts >= attempts || options.op.signal?.aborted === true) return false;
  const answer = batonError(options.error);
  return (answer === null || answer.code === 'UNAVAILABLE') && isRepeatable(options.op);
}

/** Milliseconds before the next attempt: doubled each time, and spread so that clients do not come back together. */
export function retryDelayMs(attempt: number): number {
  const step = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return step / 2 + (step / 2) * Math.random();
}
