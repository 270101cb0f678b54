import type { Erasure } from '@baton/schema';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { usePages } from '../lists/use-pages.ts';

const LOOK_EVERY_MS = 2_000;

/** What was erased, the newest first; kept up while one is running. */
export function useErasures() {
  const { api } = useBaton();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const pages = usePages<Erasure>({
    queryKey: trpc.privacy.erasures.queryKey(),
    read: (cursor, signal) => api.privacy.erasures.query({ limit: 50, cursor }, { signal }),
  });
  const isRunning = pages.items?.some(({ state }) => state === 'running') === true;
  useEffect(() => {
    if (!isRunning) return undefined;
    const look = () => void queryClient.invalidateQueries({ queryKey: trpc.privacy.erasures.queryKey() });
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isRunning, queryClient, trpc]);
  return pages;
}
