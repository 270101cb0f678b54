import {
  ContactRecord,
  EraseContact,
  Erasure,
  ErasureCounts,
  ExportContact,
  ListErasures,
  OfContact,
  page,
} from '@baton/schema';
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
  /** Everything that is kept about a contact, in pages of 4 MB at most. */
  exportContact: tenantProcedure
    .input(ExportContact)
    .output(page(ContactRecord))
    .query(({ ctx, input }) => ctx.store.privacy.exportContact(ctx.tenantId, input, ctx.by)),
  erasures: tenantProcedure
    .input(ListErasures)
    .output(page(Erasure))
    .query(({ ctx, input }) => ctx.store.privacy.erasures(ctx.tenantId, input)),
};
