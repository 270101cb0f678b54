import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useEffect, useRef } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { useFeedEntries } from '../live/live-provider.tsx';

/** Lists are refetched at most this often, in milliseconds. */
const REFRESH_MS = 1_000;

/** Limit of delays while the pointer is over the list, because a touch never leaves it. */
const MAX_DELAYS = 15;

/** Refetches follow-ups and handoffs when the feed changes them, but not while the pointer is over the lists. */
export function useWorkRefresh(lists: RefObject<HTMLElement | null>): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const pendingTimers = useRef(new Map<'follow_up' | 'handoff', ReturnType<typeof setTimeout>>());

  function refreshLater(kind: 'follow_up' | 'handoff', delays: number): void {
    const timer = setTimeout(() => {
      if (delays < MAX_DELAYS && lists.current?.matches(':hover') === true) {
        refreshLater(kind, delays + 1);
        return;
      }
      pendingTimers.current.delete(kind);
      const filter =
        kind === 'handoff' ? trpc.handoffs.pending.pathFilter() : trpc.followUps.list.pathFilter();
      void queryClient.invalidateQueries(filter);
    }, REFRESH_MS);
    pendingTimers.current.set(kind, timer);
  }

  useFeedEntries(({ kind }) => {
    if ((kind === 'follow_up' || kind === 'handoff') && !pendingTimers.current.has(kind))
      refreshLater(kind, 0);
  });
  useEffect(() => {
    const timers = pendingTimers.current;
    return () => {
      for (const timer of timers.values()) clearTimeout(timer);
    };
  }, []);
}
