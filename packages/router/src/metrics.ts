import {
  CountedConversations,
  MetricsAgents,
  MetricsConversations,
  MetricsFunnel,
  MetricsPeriod,
  MetricsOverview,
  MetricsResponseTimes,
  MetricsTimeInStage,
  ObjectionStats,
} from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const metrics = {
  overview: tenantProcedure
    .input(MetricsPeriod)
    .output(MetricsOverview)
    .query(({ ctx, input }) => ctx.store.metrics.overview(ctx.tenantId, input)),
  funnel: tenantProcedure
    .input(MetricsPeriod)
    .output(MetricsFunnel)
    .query(({ ctx, input }) => ctx.store.metrics.funnel(ctx.tenantId, input)),
  timeInStage: tenantProcedure
    .input(MetricsPeriod)
    .output(MetricsTimeInStage)
    .query(({ ctx, input }) => ctx.store.metrics.timeInStage(ctx.tenantId, input)),
  responseTimes: tenantProcedure
    .input(MetricsPeriod)
    .output(MetricsResponseTimes)
    .query(({ ctx, input }) => ctx.store.metrics.responseTimes(ctx.tenantId, input)),
  agents: tenantProcedure
    .input(MetricsPeriod)
    .output(MetricsAgents)
    .query(({ ctx, input }) => ctx.store.metrics.agents(ctx.tenantId, input)),
  conversations: tenantProcedure
    .input(MetricsConversations)
    .output(CountedConversations)
    .query(({ ctx, input }) => ctx.store.metrics.conversations(ctx.tenantId, input)),
  objections: tenantProcedure
    .input(MetricsPeriod)
    .output(ObjectionStats)
    .query(({ ctx, input }) => ctx.store.objections.stats(ctx.tenantId, input)),
};
