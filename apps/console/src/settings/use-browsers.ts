import type { BrowserSession, SessionId } from '@baton/schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { usePages } from '../lists/use-pages.ts';

/** The browsers that are signed in, as far as the person may see them, the newest first. */
export function useBrowsers() {
  const { api } = useBaton();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return {
    pages: usePages<BrowserSession>({
      queryKey: trpc.sessions.list.queryKey(),
      read: (cursor, signal) => api.sessions.list.query({ limit: 50, cursor }, { signal }),
    }),
    end: useMutation({
      mutationFn: (sessionId: SessionId) => api.sessions.revoke.mutate({ sessionId }),
      onSuccess: () => queryClient.invalidateQueries(),
    }),
  };
}
