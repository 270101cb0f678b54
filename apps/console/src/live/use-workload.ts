import type { AgentWorkload } from '@baton/schema';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { useFeedEntries } from './live-provider.tsx';

/** Counts are refetched at most this often, in milliseconds. */
const REFRESH_MS = 1_500;

/** Kept current by the feed. */
export function useWorkload(): readonly AgentWorkload[] | undefined {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.agents.workload.queryOptions({});
  const { data } = useQuery({ ...options, refetchInterval: 60_000 });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useFeedEntries(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void queryClient.invalidateQueries({ queryKey: options.queryKey });
    }, REFRESH_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return data;
}
