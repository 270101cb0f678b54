import {
  DeferObjection,
  ListObjections,
  MetricsPeriod,
  Objection,
  ObjectionChange,
  ObjectionStats,
  page,
  RaiseObjection,
  ResolveObjection,
} from '@baton/schema';
import { objectionChange } from './change.ts';
import { tenantProcedure } from './trpc.ts';

export const objections = {
  raise: tenantProcedure
    .input(RaiseObjection)
    .output(ObjectionChange)
    .mutation(async ({ ctx, input }) => objectionChange(await ctx.execute('objections.raise', input))),
  resolve: tenantProcedure
    .input(ResolveObjection)
    .output(ObjectionChange)
    .mutation(async ({ ctx, input }) => objectionChange(await ctx.execute('objections.resolve', input))),
  defer: tenantProcedure
    .input(DeferObjection)
    .output(ObjectionChange)
    .mutation(async ({ ctx, input }) => objectionChange(await ctx.execute('objections.defer', input))),
  list: tenantProcedure
    .input(ListObjections)
    .output(page(Objection))
    .query(({ ctx, input }) => ctx.store.objections.list(ctx.tenantId, input)),
  stats: tenantProcedure
    .input(MetricsPeriod)
    .output(ObjectionStats)
    .query(({ ctx, input }) => ctx.store.objections.stats(ctx.tenantId, input)),
};
