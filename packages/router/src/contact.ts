import { Contact, ListContacts, page, RestoreContacts, RestoredContacts } from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const contacts = {
  list: tenantProcedure
    .input(ListContacts)
    .output(page(Contact))
    .query(({ ctx, input }) => ctx.store.contacts.list(ctx.tenantId, input)),
  restore: tenantProcedure
    .input(RestoreContacts)
    .output(RestoredContacts)
    .mutation(({ ctx, input }) => ctx.store.contacts.restore(ctx.tenantId, input)),
};
