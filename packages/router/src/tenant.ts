import { Tenant, UpdateTenant } from '@baton/schema';
import { managerProcedure, router, tenantProcedure } from './trpc.ts';

export const tenant = router({
  get: tenantProcedure.output(Tenant).query(({ ctx }) => ctx.store.tenant.get(ctx.tenantId, {})),
  update: managerProcedure
    .input(UpdateTenant)
    .output(Tenant)
    .mutation(({ ctx, input }) => ctx.store.tenant.update(ctx.tenantId, input)),
});
