import { Health, Readiness, SchemaReport, StoreStats } from '@baton/schema';
import { publicProcedure, tenantProcedure } from './trpc.ts';
import { VERSION } from './version.ts';

export const admin = {
  health: publicProcedure.output(Health).query(({ ctx }) => ({
    ok: true as const,
    version: VERSION,
    uptimeMs: Math.round(performance.now() - ctx.startedAt),
  })),
  ready: publicProcedure.output(Readiness).query(({ ctx }) => ctx.store.readiness()),
  stats: tenantProcedure.output(StoreStats).query(({ ctx }) => ctx.store.admin.stats(ctx.tenantId, {})),
  verifySchema: tenantProcedure.output(SchemaReport).query(({ ctx }) => ctx.store.verifySchema()),
};
