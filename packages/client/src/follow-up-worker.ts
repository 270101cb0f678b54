import type { AppRouter } from '@baton/router/api';
import type { ClaimedFollowUp, FollowUp, FollowUpId } from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import { isRefused } from './error.ts';
import { pause } from './pause.ts';

/** What a handler is given beside its follow-up. */
export type FollowUpWork = {
  /** Aborted when the lease is lost, or when a stop has run out of time: another worker may have the follow-up. */
  signal: AbortSignal;
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
   * Does one follow-up; what it returns is kept as the outcome (at most 1,000 characters). Where it throws, the
   * follow-up is tried again at the instant of a RetryAt, else after a backoff, until its attempts are used up.
   */
  handle: (followUp: FollowUp, work: FollowUpWork) => Promise<string | void>;
  /** How many at once; 4 without it. */
  concurrency?: number;
  /** Only this agent's; everybody's without it. */
  assignee?: string;
  /** How long the work of a worker that died stays its own, in milliseconds; 60,000 without it. */
  leaseMs?: number;
  /** How long to wait where nothing is due, in milliseconds; 1,000 without it. */
  pollMs?: number;
  /** Told of what the worker itself failed at: a claim while the server was away. It goes on by itself. */
  onError?: (error: unknown) => void;
};

export type FollowUpWorker = {
  /**
   * Claims nothing more, waits until what runs is done, at most `graceMs` (30,000 without it); then it aborts
   * the rest, whose leases run out.
   */
  stop(graceMs?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const OUTCOME_LIMIT = 1_000;
/** How long an aborted handler may take to return, in milliseconds. */
const ABORT_GRACE_MS = 100;

/** How a handler ended; null where it goes on after it was aborted. */
function outcomeOrTimeout<Outcome>(
  handled: Promise<Outcome>,
  aborting: AbortSignal,
): Promise<Outcome | null> {
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

/**
 * Aborted with the first of `sources`, until it is ended. AbortSignal.any would keep its listeners for as long as
 * the worker runs.
 */
function linkedSignal(...sources: AbortSignal[]): { signal: AbortSignal; end: () => void } {
  const follower = new AbortController();
  const ends = sources.map((source) => {
    const abort = () => follower.abort(source.reason);
    if (source.aborted) abort();
    else source.addEventListener('abort', abort, { once: true });
    return () => source.removeEventListener('abort', abort);
  });
  return { signal: follower.signal, end: () => ends.forEach((end) => end()) };
}

type Failed = { followUpId: FollowUpId; leaseToken: string; error: string };

/** Works on follow-ups that are due, each under a lease that it keeps alive. */
export function createFollowUpWorker(
  { api }: { api: TRPCClient<AppRouter> },
  options: FollowUpWorkerOptions,
): FollowUpWorker {
  const { handle, concurrency = 4, assignee, leaseMs = 60_000, pollMs = 1_000, onError } = options;
  const stopping = new AbortController();
  const aborting = new AbortController();
  const running = new Set<Promise<void>>();

  async function fail(failed: Failed, retryAt: string | undefined, signal: AbortSignal): Promise<void> {
    try {
      await api.followUps.fail.mutate({ ...failed, retryAt }, { signal });
    } catch (error) {
      // By the server's clock it has passed already: then after a backoff.
      if (retryAt === undefined || !isRefused(error, 'INVALID_INSTANT', 'INVALID_INPUT')) throw error;
      await api.followUps.fail.mutate(failed, { signal });
    }
  }

  /** @param claimedAt when its claim was sent, on our own clock: the lease holds for `leaseMs` from then at least */
  async function work({ followUp, leaseToken }: ClaimedFollowUp, claimedAt: number): Promise<void> {
    const lost = new AbortController();
    const lease = { followUpId: followUp.id, leaseToken };
    const assumeLost = () => lost.abort(new Error('The lease ran out: no heartbeat was answered in time'));
    const startLeaseTimer = (from: number) => setTimeout(assumeLost, from + leaseMs - performance.now());
    let end = startLeaseTimer(claimedAt);
    let isOver = false;
    const renew = async () => {
      const beganAt = performance.now();
      try {
        await api.followUps.heartbeat.mutate({ ...lease, leaseMs }, { signal: lost.signal });
        clearTimeout(end);
        if (!isOver) end = startLeaseTimer(beganAt);
      } catch (error) {
        if (isRefused(error, 'LEASE_LOST', 'NOT_FOUND')) lost.abort(error);
        else if (!lost.signal.aborted) onError?.(error);
      }
    };
    const heartbeat = setInterval(() => void renew(), leaseMs / 3);
    const linked = linkedSignal(lost.signal, aborting.signal);
    try {
      const handled = (async () => handle(followUp, { signal: linked.signal }))().then(
        (text) => ({ ok: true as const, text: text ?? undefined }),
        (error: unknown) => ({
          ok: false as const,
          text: error instanceof Error ? error.message : String(error),
          retryAt: error instanceof RetryAt ? error.at : undefined,
        }),
      );
      const outcome = await outcomeOrTimeout(handled, aborting.signal);
      clearInterval(heartbeat);
      // Broken off is not failed: the lease runs out, and another has the work with all of its attempts.
      if (outcome === null || lost.signal.aborted || (!outcome.ok && aborting.signal.aborted)) return;
      const text = outcome.text?.slice(0, OUTCOME_LIMIT) || undefined;
      const held = { signal: lost.signal };
      if (outcome.ok) await api.followUps.complete.mutate({ ...lease, outcome: text }, held);
      else await fail({ ...lease, error: text ?? 'Failed without a word' }, outcome.retryAt, lost.signal);
    } catch (error) {
      // Somebody else has it by now, or the server was away: the lease says who goes on.
      if (!isRefused(error, 'LEASE_LOST', 'FOLLOW_UP_NOT_OPEN')) onError?.(error);
    } finally {
      isOver = true;
      linked.end();
      clearInterval(heartbeat);
      clearTimeout(end);
    }
  }

  async function claim(limit: number): Promise<ClaimedFollowUp[]> {
    const { signal, end } = linkedSignal(aborting.signal);
    try {
      return await api.followUps.claim.mutate({ limit, leaseMs, assignee }, { signal });
    } catch (error) {
      if (!aborting.signal.aborted) onError?.(error);
      return [];
    } finally {
      end();
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const free = concurrency - running.size;
      const claimedAt = performance.now();
      const claimed = free > 0 ? await claim(Math.min(free, 100)) : [];
      for (const item of claimed) {
        const job = work(item, claimedAt).finally(() => running.delete(job));
        running.add(job);
      }
      if (running.size >= concurrency) await Promise.race(running);
      else if (claimed.length < free) await pause(pollMs * (0.75 + Math.random() / 2), stopping.signal);
    }
  }

  const loopEnded = loop();

  async function stop(graceMs = 30_000): Promise<void> {
    stopping.abort();
    const timer = setTimeout(() => aborting.abort(), graceMs);
    await loopEnded;
    await Promise.all(running);
    clearTimeout(timer);
  }

  return { stop, [Symbol.asyncDispose]: () => stop() };
}
