import type { AgentId, Availability } from '@baton/schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBaton } from '../baton-provider.tsx';
import { useRefreshAgents } from './use-refresh-agents.ts';

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
    // A full reload clears everything that this person has loaded.
    onSuccess: () => location.assign('/'),
  });
  return { actAs, availability, signOut };
}

export function useSignInLink() {
  const { api } = useBaton();
  return useMutation({ mutationFn: () => api.session.createLink.mutate() });
}
