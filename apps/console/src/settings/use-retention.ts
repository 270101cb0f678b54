import type { Retention } from '@baton/schema';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBaton, useTRPC } from '../baton-provider.tsx';

const RUNNING_MS = 2_000;
/** While nothing goes on: the hours until the next run are long. */
const RESTING_MS = 60_000;

/** @returns how soon to look again, in milliseconds */
export function lookAgainAfter(retention: Retention | undefined, now: number): number {
  if (retention === undefined || retention.days === null) return RESTING_MS;
  const { run, nextAt } = retention;
  const isDue = nextAt !== null && Date.parse(nextAt) <= now;
  const isRunning = run !== null && run.finishedAt === null;
  return isRunning || isDue || run === null ? RUNNING_MS : RESTING_MS;
}

/** The tenant's limit in days, kept up while what is past it is erased. */
export function useRetention() {
  const { api } = useBaton();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const retention = useQuery({
    ...trpc.privacy.retention.queryOptions(),
    refetchInterval: ({ state }) => lookAgainAfter(state.data, Date.now()),
  });
  const save = useMutation({
    mutationFn: (days: number | null) => api.privacy.setRetention.mutate({ days }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.privacy.retention.queryKey() }),
  });
  return { retention, save };
}
