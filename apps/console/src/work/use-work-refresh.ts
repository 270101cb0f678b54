import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { useFeedEntries } from '../live/live-provider.tsx';

/** Lists are refetched at most this often, in milliseconds. */
const REFRESH_MS = 1_000;

/** Refetches follow-ups and handoffs when the feed changes them. */
export function useWorkRefresh(): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const pendingTimers = useRef(new Map<'follow_up' | 'handoff', ReturnType<typeof setTimeout>>());

  useFeedEntries(({ kind }) => {
    if ((kind !== 'follow_up' && kind !== 'handoff') || pendingTimers.current.has(kind)) return;
    const filter = kind === 'handoff' ? trpc.handoffs.pending.pathFilter() : trpc.followUps.list.pathFilter();
    const timer = setTimeout(() => {
      pendingTimers.current.delete(kind);
      void queryClient.invalidateQueries(filter);
    }, REFRESH_MS);
    pendingTimers.current.set(kind, timer);
  });
  useEffect(() => {
    const timers = pendingTimers.current;
    return () => {
      for (const timer of timers.values()) clearTimeout(timer);
    };
  }, []);
}
