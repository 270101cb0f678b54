import type { AppRouter } from '@baton/router/api';
import type { FollowUpId } from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import { callWithin } from './bounded-call.ts';
import { batonError, isRefused } from './error.ts';
import { pause } from './pause.ts';
import { isFinal, retryDelayMs } from './retry.ts';

/** How a handler ended. */
export type Outcome =
  | { ok: true; text: string | undefined }
  | { ok: false; text: string | undefined; retryAt: string | undefined };

/** How long a report may take, in milliseconds: longer than the server itself gives a command. */
const ANSWER_WITHIN_MS = 15_000;
/** How long a report is made again while the server is away, in milliseconds: the longest lease. */
const REPORT_FOR_MS = 3_600_000;
/** How often a report is made that the server breaks at. */
const MOST_BROKEN = 5;

const NO_WORDS = 'Failed without a word';
const WORDS_REFUSED = 'Failed, with words that cannot be kept';

type Lease = { followUpId: FollowUpId; leaseToken: string };
type Send = (key: { idempotencyKey: string }, options: { signal: AbortSignal }) => Promise<unknown>;

/**
 * Tells the server how a handler ended, again and again while it is away: each time under the same key, so that it
 * counts once. What the server will not keep of it is left out.
 * @throws the server's refusal, or the last failure after an hour or when `signal` is aborted
 */
export async function reportOutcome(
  api: TRPCClient<AppRouter>,
  lease: Lease,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<void> {
  const [first, ...simpler] = reportsOf(api, lease, outcome);
  try {
    await deliver(first, signal);
  } catch (error) {
    let refusal = error;
    for (const send of simpler) {
      if (!isRefused(refusal, 'INVALID_INPUT', 'INVALID_INSTANT')) break;
      try {
        return await deliver(send, signal);
      } catch (next) {
        refusal = next;
      }
    }
    throw refusal;
  }
}

/** The report of an outcome, and simpler ones in case that it is refused: its time may have passed. */
function reportsOf({ followUps }: TRPCClient<AppRouter>, lease: Lease, outcome: Outcome): [Send, ...Send[]] {
  if (outcome.ok) {
    const complete =
      (text: string | undefined): Send =>
      (key, options) =>
        followUps.complete.mutate({ ...lease, ...key, outcome: text }, options);
    return [complete(outcome.text), complete(undefined)];
  }
  const { text = NO_WORDS, retryAt } = outcome;
  const fail =
    (error: string, at?: string): Send =>
    (key, options) =>
      followUps.fail.mutate({ ...lease, ...key, error, retryAt: at }, options);
  return [fail(text, retryAt), fail(text), fail(WORDS_REFUSED)];
}

async function deliver(send: Send, signal: AbortSignal): Promise<void> {
  const key = { idempotencyKey: crypto.randomUUID() };
  const giveUpAt = performance.now() + REPORT_FOR_MS;
  let broken = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await callWithin(ANSWER_WITHIN_MS, signal, (within) => send(key, { signal: within }));
      return;
    } catch (error) {
      if (isRefused(error, 'INTERNAL', 'UNREADABLE')) broken += 1;
      // What a proxy answers while the server is away is no answer to a report.
      const isAnswer = batonError(error) !== null && isFinal(error);
      const isOver = broken >= MOST_BROKEN || signal.aborted || performance.now() >= giveUpAt;
      if (isAnswer || isOver) throw error;
      await pause(retryDelayMs(attempt), signal);
    }
  }
}
