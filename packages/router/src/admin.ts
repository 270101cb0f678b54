import { Refusal } from '@baton/domain';
import {
  AuditRecord,
  Health,
  ListAudit,
  page,
  Readiness,
  SchemaReport,
  ServerLimits,
  StoreStats,
} from '@baton/schema';
import { publicProcedure, tenantProcedure } from './trpc.ts';
import { VERSION } from './version.ts';

export const admin = {
  health: publicProcedure.output(Health).query(({ ctx }) => ({
    ok: true as const,
    version: VERSION,
    uptimeMs: Math.round(performance.now() - ctx.startedAt),
  })),
  /** UNAVAILABLE with the whole answer as its details while the server is not ready. */
  ready: publicProcedure.output(Readiness).query(async ({ ctx }) => {
    const readiness = await ctx.readiness();
    if (!readiness.ready) throw new Refusal('UNAVAILABLE', whyNotReady(readiness), { ...readiness });
    return readiness;
  }),
  stats: tenantProcedure.output(StoreStats).query(({ ctx }) => ctx.store.admin.stats(ctx.tenantId, {})),
  verifySchema: tenantProcedure.output(SchemaReport).query(({ ctx }) => ctx.store.verifySchema(ctx.tenantId)),
  /** What bounds the caller's own calls, and how long browsers stay signed in. */
  limits: tenantProcedure.output(ServerLimits).query(({ ctx }) => {
    const { idleMs: sessionIdleMs, longestMs: sessionLongestMs } = ctx.store.sessionLife;
    return { ...ctx.limitsOf(ctx.credential), sessionIdleMs, sessionLongestMs };
  }),
  /** Who did what, the newest first. */
  audit: tenantProcedure
    .input(ListAudit)
    .output(page(AuditRecord))
    .query(({ ctx, input }) => ctx.store.admin.audit(ctx.tenantId, input)),
};

/** Why a server is not ready, in words for an operator. */
export function whyNotReady({
  stopping = false,
  mongodb,
  newerMigrations = [],
  pendingMigrations,
}: Readiness): string {
  if (stopping) return 'Not ready: the server stops';
  if (!mongodb) return 'Not ready: MongoDB does not answer';
  if (newerMigrations.length > 0)
    return `Not ready: a newer version has changed the store (${newerMigrations.join(', ')})`;
  return `Not ready: run baton migrate (${pendingMigrations.join(', ')})`;
}
