import { Change, CloseDeal, UpdateDeal } from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const deals = {
  update: tenantProcedure
    .input(UpdateDeal)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('deals.update', input)),
  close: tenantProcedure
    .input(CloseDeal)
    .output(Change)
    .mutation(({ ctx, input }) => ctx.execute('deals.close', input)),
};
