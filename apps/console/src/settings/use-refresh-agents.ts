import { useQueryClient } from '@tanstack/react-query';
import { useInvalidateAgents } from '../agents/use-agents.ts';
import { useTRPC } from '../baton-provider.tsx';

/** Refetches everything that shows agents. */
export function useRefreshAgents(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refreshAgents = useInvalidateAgents();
  return async () => {
    await Promise.all([
      refreshAgents(),
      queryClient.invalidateQueries(trpc.agents.pathFilter()),
      queryClient.invalidateQueries(trpc.session.get.pathFilter()),
    ]);
  };
}
