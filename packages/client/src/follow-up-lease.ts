import type { AppRouter } from '@baton/router/api';
import type { FollowUpId } from '@baton/schema';
import type { TRPCClient } from '@trpc/client';
import { callWithin } from './bounded-call.ts';
import { isRefused } from './error.ts';

export type KeptLease = {
  /** Aborted when the lease is lost: by our own clock, or because the server says so. */
  lost: AbortSignal;
  /** Whether the server has said that the lease is gone. */
  isGone(): boolean;
  /** Whether it has run out by our own clock: until then nobody else can have claimed the follow-up. */
  hasLapsed(): boolean;
  /** From now on the report says whether the lease holds; heartbeats go on until then, and may fail. */
  beginReport(): void;
  end(): void;
};

export type LeaseOptions = {
  followUpId: FollowUpId;
  leaseToken: string;
  leaseMs: number;
  /** When its claim was sent, on our own clock: the lease holds for `leaseMs` from then at least. */
  claimedAt: number;
  /** Told of a heartbeat that failed. */
  tell: (error: unknown) => void;
};

/** Keeps a lease alive by a heartbeat each third of it. */
export function keepLease(api: TRPCClient<AppRouter>, options: LeaseOptions): KeptLease {
  const { followUpId, leaseToken, leaseMs, claimedAt, tell } = options;
  const lost = new AbortController();
  const ended = new AbortController();
  let until = claimedAt + leaseMs;
  let isGone = false;
  let isReporting = false;
  let heartbeats: ReturnType<typeof setTimeout> | undefined;

  const lose = (reason: unknown) => {
    clearTimeout(heartbeats);
    lost.abort(reason);
  };
  const startLapseTimer = () =>
    setTimeout(
      () => lose(new Error('The lease ran out: no heartbeat was answered in time')),
      until - performance.now(),
    );
  let lapse = startLapseTimer();

  async function renew(): Promise<void> {
    const beganAt = performance.now();
    try {
      await callWithin(leaseMs, ended.signal, (signal) =>
        api.followUps.heartbeat.mutate({ followUpId, leaseToken, leaseMs }, { signal }),
      );
      if (ended.signal.aborted || lost.signal.aborted) return;
      until = Math.max(until, beganAt + leaseMs);
      clearTimeout(lapse);
      lapse = startLapseTimer();
    } catch (error) {
      if (ended.signal.aborted || lost.signal.aborted || isReporting) return;
      if (isRefused(error, 'LEASE_LOST', 'NOT_FOUND')) {
        isGone = true;
        lose(error);
      } else tell(error);
    }
  }
  const beat = (inMs: number) => {
    heartbeats = setTimeout(() => {
      void renew();
      beat(leaseMs / 3);
    }, inMs);
  };
  // Where the claim's answer took long, the first is due already.
  beat(claimedAt + leaseMs / 3 - performance.now());

  return {
    lost: lost.signal,
    isGone: () => isGone,
    hasLapsed: () => performance.now() >= until,
    beginReport() {
      isReporting = true;
    },
    end() {
      ended.abort();
      clearTimeout(heartbeats);
      clearTimeout(lapse);
    },
  };
}
