import { EraseContact, Erasure, ErasureCounts, ListErasures, OfContact, page } from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const privacy = {
  preview: tenantProcedure
    .input(OfContact)
    .output(ErasureCounts)
    .query(({ ctx, input }) => ctx.store.privacy.preview(ctx.tenantId, input)),
  eraseContact: tenantProcedure
    .input(EraseContact)
    .output(Erasure)
    .mutation(({ ctx, input }) => ctx.store.privacy.erase(ctx.tenantId, input, ctx.by)),
  erasures: tenantProcedure
    .input(ListErasures)
    .output(page(Erasure))
    .query(({ ctx, input }) => ctx.store.privacy.erasures(ctx.tenantId, input)),
};
