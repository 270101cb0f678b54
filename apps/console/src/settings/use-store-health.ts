import { batonError } from '@baton/client';
import { Readiness } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';

/** Refetched each time the section opens. */
export function useStoreHealth() {
  const trpc = useTRPC();
  const schema = useQuery(trpc.admin.verifySchema.queryOptions(undefined, { staleTime: 0 }));
  const ready = useQuery(trpc.admin.ready.queryOptions(undefined, { staleTime: 0 }));
  const health = useQuery(trpc.admin.health.queryOptions(undefined, { staleTime: 0 }));
  const stats = useQuery(trpc.admin.stats.queryOptions(undefined, { staleTime: 0 }));
  // A server that is not ready says so by a refusal that holds what it lacks.
  const notReady = Readiness.safeParse(batonError(ready.error)?.details).data;
  const queries = notReady === undefined ? [schema, ready, health, stats] : [schema, health, stats];
  return {
    schema: schema.data,
    ready: ready.data ?? notReady,
    health: health.data,
    stats: stats.data,
    error: queries.find((query) => query.error !== null)?.error,
    isChecking: schema.isFetching,
    check: () => [schema, ready, health, stats].forEach((query) => void query.refetch()),
  };
}
