import {
  Contact,
  ContactChange,
  ConversationView,
  GetContact,
  ListContacts,
  ListOfContact,
  page,
  RestoreContacts,
  RestoredContacts,
  SetConsent,
  UpdateContact,
} from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const contacts = {
  /** One that was merged into another is that other. */
  get: tenantProcedure
    .input(GetContact)
    .output(Contact)
    .query(({ ctx, input }) => ctx.store.contacts.get(ctx.tenantId, input)),
  list: tenantProcedure
    .input(ListContacts)
    .output(page(Contact))
    .query(({ ctx, input }) => ctx.store.contacts.list(ctx.tenantId, input)),
  /** A person's conversations, those of ids that were merged among them; the latest change first. */
  history: tenantProcedure
    .input(ListOfContact)
    .output(page(ConversationView))
    .query(({ ctx, input }) => ctx.store.contacts.history(ctx.tenantId, input)),
  /** What became of a person: changed fields, consent; the latest first. */
  changes: tenantProcedure
    .input(ListOfContact)
    .output(page(ContactChange))
    .query(({ ctx, input }) => ctx.store.contacts.changes(ctx.tenantId, input)),
  update: tenantProcedure
    .input(UpdateContact)
    .output(Contact)
    .mutation(({ ctx, input }) => ctx.store.contacts.update(ctx.tenantId, input, ctx.by)),
  setConsent: tenantProcedure
    .input(SetConsent)
    .output(Contact)
    .mutation(({ ctx, input }) => ctx.store.contacts.setConsent(ctx.tenantId, input, ctx.by)),
  restore: tenantProcedure
    .input(RestoreContacts)
    .output(RestoredContacts)
    .mutation(({ ctx, input }) => ctx.store.contacts.restore(ctx.tenantId, input)),
};
