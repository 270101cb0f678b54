import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';

/** Refetched each time the section opens. */
export function useStoreHealth() {
  const trpc = useTRPC();
  const schema = useQuery(trpc.admin.verifySchema.queryOptions(undefined, { staleTime: 0 }));
  const ready = useQuery(trpc.admin.ready.queryOptions(undefined, { staleTime: 0 }));
  const health = useQuery(trpc.admin.health.queryOptions(undefined, { staleTime: 0 }));
  const stats = useQuery(trpc.admin.stats.queryOptions(undefined, { staleTime: 0 }));
  const queries = [schema, ready, health, stats];
  return {
    schema: schema.data,
    ready: ready.data,
    health: health.data,
    stats: stats.data,
    error: queries.find((query) => query.error !== null)?.error,
    isChecking: schema.isFetching,
    check: () => queries.forEach((query) => void query.refetch()),
  };
}
