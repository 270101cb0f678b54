import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useEffect, useRef } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { useFeedEntries } from '../live/live-provider.tsx';

/** Lists are read again at most this often while entries come in, in milliseconds. */
const REFRESH_MS = 1_000;

/** How often a list that lies under the pointer is put off, each time by `REST_MS`: a touch never leaves. */
const MAX_DELAYS = 15;

/**
 * Reads follow-ups and handoffs again when the feed brings something of them. What lies under the pointer waits, so
 * that nothing moves while somebody is about to press it.
 */
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
