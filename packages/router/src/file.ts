import { CreatedFile, CreateFile, FileRecord, FoundFile, GetFile, ListFiles, page } from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const files = {
  /** A file of a conversation, and an address to which its content may be sent by PUT for ten minutes. */
  create: tenantProcedure
    .input(CreateFile)
    .output(CreatedFile)
    .mutation(({ ctx, input }) => ctx.store.files.create(ctx.tenantId, input, ctx.caller.actor)),
  /** A file, and an address from which its content may be fetched by GET for ten minutes. */
  get: tenantProcedure
    .input(GetFile)
    .output(FoundFile)
    .query(({ ctx, input }) => ctx.store.files.get(ctx.tenantId, input)),
  /** The files of a conversation, the latest first. */
  list: tenantProcedure
    .input(ListFiles)
    .output(page(FileRecord))
    .query(({ ctx, input }) => ctx.store.files.list(ctx.tenantId, input)),
};
