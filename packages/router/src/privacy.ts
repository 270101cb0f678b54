import {
  ContactRecord,
  EraseContact,
  Erasure,
  ErasureCounts,
  ExportContact,
  ListErasures,
  OfContact,
  page,
  PreviewRetention,
  Retention,
  RetentionPreview,
  RetentionSetting,
  SetRetention,
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
  retention: tenantProcedure.output(Retention).query(({ ctx }) => ctx.store.retention.get(ctx.tenantId, {})),
  /** How many conversations and contacts a limit of so many days would erase now. */
  previewRetention: tenantProcedure
    .input(PreviewRetention)
    .output(RetentionPreview)
    .query(({ ctx, input }) => ctx.store.retention.preview(ctx.tenantId, input)),
  /** Sets the limit; servers begin to erase what is past it within seconds. Refuses with IDEMPOTENCY_MISMATCH. */
  setRetention: tenantProcedure
    .input(SetRetention)
    .output(RetentionSetting)
    .mutation(({ ctx, input }) => ctx.store.retention.set(ctx.tenantId, input, ctx.by)),
};
