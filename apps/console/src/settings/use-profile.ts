import type { AgentId, Availability } from '@baton/schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBaton } from '../baton-provider.tsx';
import { useRefreshAgents } from './use-refresh-agents.ts';

/** What the person at this browser may change about themselves. */
export function useProfile(me: AgentId) {
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const refreshAgents = useRefreshAgents();
  const actAs = useMutation({
    mutationFn: (agentId: AgentId) => api.session.actAs.mutate({ agentId }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  const availability = useMutation({
    mutationFn: (next: Availability) => api.agents.update.mutate({ id: me, availability: next }),
    onSuccess: refreshAgents,
  });
  const signOut = useMutation({
    mutationFn: () => api.session.signOut.mutate(),
    // A fresh page: nobody who signs in next sees what the one before has read.
    onSuccess: () => location.assign('/'),
  });
  return { actAs, availability, signOut };
}

/** Makes a link by which one more browser may sign in, once. */
export function useSignInLink() {
  const { api } = useBaton();
  return useMutation({ mutationFn: () => api.session.createLink.mutate() });
}
