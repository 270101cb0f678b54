import { Tenant, UpdateTenant } from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const tenant = {
  get: tenantProcedure.output(Tenant).query(({ ctx }) => ctx.store.tenant.get(ctx.tenantId, {})),
  update: tenantProcedure
    .input(UpdateTenant)
    .output(Tenant)
    .mutation(({ ctx, input }) => ctx.store.tenant.update(ctx.tenantId, input, ctx.by)),
};
