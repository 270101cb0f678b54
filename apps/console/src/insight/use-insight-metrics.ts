import type { MetricsPeriod } from '@baton/schema';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';

const QUERY_OPTIONS = { placeholderData: keepPreviousData, staleTime: 60_000 };

/** Every metric of the page; the previous ones stay while the next load. */
export function useInsightMetrics(input: MetricsPeriod) {
  const trpc = useTRPC();
  const overview = useQuery(trpc.metrics.overview.queryOptions(input, QUERY_OPTIONS));
  const funnel = useQuery(trpc.metrics.funnel.queryOptions(input, QUERY_OPTIONS));
  const timeInStage = useQuery(trpc.metrics.timeInStage.queryOptions(input, QUERY_OPTIONS));
  const responseTimes = useQuery(trpc.metrics.responseTimes.queryOptions(input, QUERY_OPTIONS));
  const objections = useQuery(trpc.metrics.objections.queryOptions(input, QUERY_OPTIONS));
  const agents = useQuery(trpc.metrics.agents.queryOptions(input, QUERY_OPTIONS));
  const queries = [overview, funnel, timeInStage, responseTimes, objections, agents];
  return {
    overview: overview.data,
    funnel: funnel.data,
    timeInStage: timeInStage.data,
    responseTimes: responseTimes.data,
    objections: objections.data,
    agents: agents.data,
    error: queries.find((query) => query.error !== null)?.error,
    isStale: queries.some((query) => query.isPlaceholderData),
    isOverviewStale: overview.isPlaceholderData,
    retry: () => queries.forEach((query) => query.error !== null && void query.refetch()),
  };
}
