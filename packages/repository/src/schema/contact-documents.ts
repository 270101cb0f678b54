import {
  AuditActor,
  ChannelConsent,
  ContactConsent,
  ContactDetails,
  ContactId,
  Metadata,
  TenantId,
  text,
  Timestamp,
} from '@baton/schema';
import { z } from 'zod';
import { StoredId } from './documents.ts';

/** Most characters of what finds a contact. */
export const MAX_TERM_LENGTH = 200;

/** Its `_id` is compared as bytes: write the tenant first. */
export const ContactDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, contactId: ContactId }),
  details: ContactDetails,
  attributes: Metadata.optional(),
  consent: ContactConsent.optional(),
  /** Always of one that was not merged itself, but for what an archive brings. */
  mergedInto: ContactId.optional(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

/** What finds a contact by the beginning of one of its words; see `contact-terms.ts`. Its `_id` is compared as bytes, in this order. */
export const ContactTermDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, term: text(MAX_TERM_LENGTH), contactId: ContactId }),
});

/** What became of a contact. */
export const ContactChangeDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  contactId: ContactId,
  at: Timestamp,
  by: AuditActor,
  fields: z.array(text(64)).max(20).optional(),
  consent: ChannelConsent.optional(),
});
