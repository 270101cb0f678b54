import { Change, CloseDeal, UpdateDeal } from '@baton/schema';
import { router, tenantProcedure } from './trpc.ts';

export const deals = router({
  update: tenantProcedure
    .input(UpdateDeal)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('deals.update', input)),
  close: tenantProcedure
    .input(CloseDeal)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('deals.close', input)),
});
