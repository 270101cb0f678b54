import type { AppRouter } from '@baton/router/api';
import type { ClaimedFollowUp, FollowUp } from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import { callWithin, linkedSignal } from './bounded-call.ts';
import { isRefused } from './error.ts';
import { keepLease } from './follow-up-lease.ts';
import { type Outcome, reportOutcome } from './follow-up-report.ts';
import { describeFailure, describeOutcome } from './outcome-text.ts';
import { pause } from './pause.ts';
import { ReportLost } from './report-lost.ts';

/** What a handler is given beside its follow-up. */
export type FollowUpWork = {
  /** Aborted when the lease is lost, or when a stop has run out of time: another worker may have the follow-up. */
  signal: AbortSignal;
  /** Which attempt this is, from 1. A claim whose worker never reported was one, too. */
  attempt: number;
  /** Names this attempt at this follow-up, and no other: a key for what must not happen twice in one attempt. */
  idempotencyKey: string;
};

/** Thrown by a handler that knows when to try again, as a provider's own Retry-After says. */
export class RetryAt extends Error {
  override readonly name = 'RetryAt';
  /** An instant of the wire: UTC, with milliseconds. */
  readonly at: string;

  /** @throws RangeError for an invalid date */
  constructor(at: Date, message = `Try again at ${at.toISOString()}`, options?: ErrorOptions) {
    super(message, options);
    this.at = at.toISOString();
  }
}

export type FollowUpWorkerOptions = {
  /**
   * Does one follow-up, at least once: where the worker dies or its lease is lost, another does it again. What it returns
   * is kept as the outcome, as text of at most 1,000 characters. Where it throws, the follow-up is tried again at the
   * instant of a RetryAt, else after a backoff, until its attempts are used up.
   */
  handle: (followUp: FollowUp, work: FollowUpWork) => Promise<unknown>;
  /** How many at once; 4 without it. */
  concurrency?: number;
  /** Only this agent's; everybody's without it. */
  assignee?: string;
  /** How long the work of a worker that died stays its own, in milliseconds; 60,000 without it. */
  leaseMs?: number;
  /** How long to wait where nothing is due, in milliseconds; 1,000 without it. */
  pollMs?: number;
  /**
   * Told of what the worker itself failed at: a claim or a heartbeat while the server was away; once, as a
   * ReportLost, of a handler's end that could not be reported. The worker goes on, also where this throws.
   */
  onError?: (error: unknown) => void;
};

export type FollowUpWorker = {
  /**
   * Claims nothing more, waits until what runs is done and reported, at most `graceMs` (30,000 without it); then it
   * aborts the rest, whose leases run out, and ends within 3,000 more.
   */
  stop(graceMs?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** How long an aborted handler may take to return, in milliseconds. */
const ABORT_GRACE_MS = 100;
/** How long the reports of aborted handlers may take, in milliseconds. */
const LAST_REPORTS_MS = 2_500;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const MOST_OF_A_CLAIM = 100;

/** As a server of the version before gives it, too: without the attempt. */
type Claimed = Omit<ClaimedFollowUp, 'attempt'> & { attempt?: number };

/** How a handler ended; null where it goes on after it was aborted. */
function outcomeOrTimeout(handled: Promise<Outcome>, aborting: AbortSignal): Promise<Outcome | null> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const startTimer = () => {
      timer = setTimeout(() => resolve(null), ABORT_GRACE_MS);
    };
    if (aborting.aborted) startTimer();
    else aborting.addEventListener('abort', startTimer, { once: true });
    void handled.then(resolve).finally(() => {
      clearTimeout(timer);
      aborting.removeEventListener('abort', startTimer);
    });
  });
}

/** The instant of a RetryAt; nothing of all else that may be thrown. */
function retryAtOf(thrown: unknown): string | undefined {
  try {
    return thrown instanceof RetryAt ? thrown.at : undefined;
  } catch {
    // It cannot even be asked what it is.
    return undefined;
  }
}

/** Runs a handler, whose end is an outcome, whatever it returns or throws. */
async function outcomeOf(handle: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, text: describeOutcome(await handle()) };
  } catch (thrown) {
    return { ok: false, text: describeFailure(thrown), retryAt: retryAtOf(thrown) };
  }
}

/** @throws RangeError */
function requireOptions({
  concurrency,
  leaseMs,
  pollMs,
}: Record<'concurrency' | 'leaseMs' | 'pollMs', number>) {
  const isWhole = Number.isInteger(concurrency) || concurrency === Infinity;
  if (!(isWhole && concurrency >= 1)) throw new RangeError(`No concurrency: ${concurrency}`);
  if (!(Number.isInteger(leaseMs) && leaseMs >= 1_000 && leaseMs <= 3_600_000))
    throw new RangeError(`A lease holds 1,000 to 3,600,000 whole milliseconds, not ${leaseMs}`);
  if (!(pollMs >= 0 && pollMs <= LONGEST_TIMER_MS / 2))
    throw new RangeError(`Cannot wait for ${pollMs} milliseconds`);
}

/**
 * Works on follow-ups that are due, each under a lease that it keeps alive. All times are measured on our own monotonic
 * clock, from before a call is sent.
 * @throws RangeError for options out of range
 */
export function createFollowUpWorker(
  { api }: { api: TRPCClient<AppRouter> },
  options: FollowUpWorkerOptions,
): FollowUpWorker {
  const { handle, concurrency = 4, assignee, leaseMs = 60_000, pollMs = 1_000, onError } = options;
  requireOptions({ concurrency, leaseMs, pollMs });
  const stopping = new AbortController();
  const aborting = new AbortController();
  const ending = new AbortController();
  const running = new Set<Promise<void>>();
  let onEnd: () => void = () => undefined;

  /** What onError throws, now or later, is its own affair. */
  function tell(fault: unknown): void {
    const told = async () => onError?.(fault);
    told().catch(() => undefined);
  }

  async function work(claimed: Claimed, claimedAt: number): Promise<void> {
    const { followUp, leaseToken, attempt = followUp.attempts + 1 } = claimed;
    const followUpId = followUp.id;
    if (performance.now() - claimedAt >= leaseMs) {
      tell(new Error(`Follow-up ${followUpId} was not begun: its claim was answered after the lease`));
      return;
    }
    const lease = keepLease(api, { followUpId, leaseToken, leaseMs, claimedAt, tell });
    const linked = linkedSignal(lease.lost, aborting.signal);
    const given = { signal: linked.signal, attempt, idempotencyKey: `${followUpId}-${attempt}` };
    try {
      const outcome = await outcomeOrTimeout(
        outcomeOf(async () => handle(followUp, given)),
        aborting.signal,
      );
      // Broken off is not failed: the claim counts as an attempt once its lease has run out.
      if (outcome === null || lease.isGone() || (!outcome.ok && linked.signal.aborted)) return;
      lease.beginReport();
      try {
        await reportOutcome(api, { followUpId, leaseToken }, outcome, ending.signal);
      } catch (error) {
        // While our lease holds nobody has claimed it: it was cancelled, or put off.
        const isChanged = isRefused(error, 'LEASE_LOST', 'FOLLOW_UP_NOT_OPEN', 'NOT_FOUND');
        if (isChanged && !lease.hasLapsed()) return;
        tell(new ReportLost({ followUpId, attempt, ended: outcome.ok ? 'completed' : 'failed' }, error));
      }
    } finally {
      linked.end();
      lease.end();
    }
  }

  async function claim(limit: number): Promise<ClaimedFollowUp[]> {
    try {
      // After its lease an answer is of no use.
      return await callWithin(leaseMs, aborting.signal, (signal) =>
        api.followUps.claim.mutate({ limit, leaseMs, assignee }, { signal }),
      );
    } catch (error) {
      if (!aborting.signal.aborted) tell(error);
      return [];
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const free = Math.min(concurrency - running.size, MOST_OF_A_CLAIM);
      const claimedAt = performance.now();
      const claimed = free > 0 ? await claim(free) : [];
      for (const item of claimed) {
        const job = work(item, claimedAt)
          .catch(tell)
          .finally(() => {
            running.delete(job);
            onEnd();
          });
        running.add(job);
      }
      if (stopping.signal.aborted) return;
      if (running.size >= concurrency) await new Promise<void>((resolve) => (onEnd = resolve));
      else if (claimed.length < free) await pause(pollMs * (0.75 + Math.random() / 2), stopping.signal);
    }
  }

  const loopEnded = loop();

  async function stop(graceMs = 30_000): Promise<void> {
    stopping.abort();
    // The loop need not wait for a free place any more.
    onEnd();
    const abortAfterMs = Math.min(graceMs, LONGEST_TIMER_MS - ABORT_GRACE_MS - LAST_REPORTS_MS);
    const timers = [
      setTimeout(() => aborting.abort(), abortAfterMs),
      setTimeout(
        () => ending.abort(new Error('The worker was stopped')),
        abortAfterMs + ABORT_GRACE_MS + LAST_REPORTS_MS,
      ),
    ];
    await loopEnded;
    await Promise.all(running);
    for (const timer of timers) clearTimeout(timer);
  }

  return { stop, [Symbol.asyncDispose]: () => stop() };
}
