import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { useEntries } from '../live/live-provider.tsx';

/** Lists are read again at most this often while entries come in, in milliseconds. */
const REST_MS = 1_000;

/** Reads follow-ups and handoffs again when the feed brings something of them. */
export function useWorkRefresh(): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const due = useRef(new Map<'follow_up' | 'handoff', ReturnType<typeof setTimeout>>());

  useEntries(({ kind }) => {
    if (kind !== 'follow_up' && kind !== 'handoff') return;
    if (due.current.has(kind)) return;
    const timer = setTimeout(() => {
      due.current.delete(kind);
      const filter =
        kind === 'handoff' ? trpc.handoffs.pending.pathFilter() : trpc.followUps.list.pathFilter();
      void queryClient.invalidateQueries(filter);
    }, REST_MS);
    due.current.set(kind, timer);
  });
  useEffect(() => {
    const timers = due.current;
    return () => {
      for (const timer of timers.values()) clearTimeout(timer);
    };
  }, []);
}
