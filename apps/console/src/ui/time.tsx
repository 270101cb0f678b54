import { useSyncExternalStore } from 'react';
import { formatElapsed, exactTime, relativeTime } from '../format/time.ts';
import { Tooltip } from './tooltip.tsx';

const TICK_MS = 15_000;
const listeners = new Set<() => void>();
let tickAt = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) tickAt = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Stable within a tick: a value that changes on each call would render forever. */
function currentTick(): number {
  if (Date.now() - tickAt >= TICK_MS) tickAt = Date.now();
  return tickAt;
}

/** Milliseconds since 1970, updated every 15 seconds by one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, currentTick);
}

export type TimeProps = {
  at: string;
  /** `long` says "5 minutes ago", `short` "5m". */
  form?: 'long' | 'short';
  className?: string;
};

/** A relative time; the exact one on hover. */
export function Time({ at, form = 'long', className }: TimeProps) {
  const now = useNow();
  return (
    <Tooltip label={exactTime(at)} side="top">
      <time dateTime={at} className={className}>
        {relativeTime(at, now, form)}
      </time>
    </Tooltip>
  );
}

/** Time since an instant, which is shown on hover. */
export function Elapsed({ since, className }: { since: string; className?: string }) {
  const now = useNow();
  return (
    <Tooltip label={`Since ${exactTime(since)}`} side="top">
      <time dateTime={since} className={className}>
        {formatElapsed(now - Date.parse(since))}
      </time>
    </Tooltip>
  );
}
