import { z } from 'zod';
import { AuditActor } from './audit.ts';
import { Channel } from './channel.ts';
import { keyedCommandFields } from './command-fields.ts';
import { ChannelConsent, ConsentSource, ConsentState, ContactConsent } from './consent.ts';
import { named, type NamedSchema } from './named.ts';
import { TimeZone } from './follow-up.ts';
import { Metadata, NewMetadata } from './metadata.ts';
import { type PageFields, pageFields, type PageFieldsInput } from './page.ts';
import { ContactId, readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const NAME_LENGTH = 200;
const EMAIL_LENGTH = 320;
const PHONE_LENGTH = 50;

/** A BCP 47 tag like `de` or `pt-BR`. */
const Language = z
  .string()
  .max(35)
  .refine((value) => {
    try {
      return Intl.getCanonicalLocales(value).length === 1;
    } catch {
      return false;
    }
  }, 'Expected a BCP 47 language like de or pt-BR');

/** What is known of a person; kept once a contact, not in each conversation. */
export interface ContactDetails {
  name?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  /** IANA. */
  timeZone?: string | undefined;
  /** BCP 47. */
  language?: string | undefined;
}
export type ContactDetailsInput = ContactDetails;
const detailsShape = {
  name: text(NAME_LENGTH).optional(),
  email: text(EMAIL_LENGTH).optional(),
  phone: text(PHONE_LENGTH).optional(),
  timeZone: TimeZone.optional(),
  language: Language.optional(),
};
export const ContactDetails: NamedSchema<ContactDetails, ContactDetails> = named(
  z.strictObject(detailsShape),
);

/** Who a conversation is with. */
export interface ContactSummary {
  id: string;
  /** Null where none is known. */
  name: string | null;
}
export const ContactSummary: NamedSchema<ContactSummary> = named(
  z.strictObject({ id: ContactId, name: text(NAME_LENGTH).nullable() }),
);

/** As archives have a contact: those of earlier versions know neither attributes nor consent. */
export interface ArchivedContact extends ContactDetails {
  id: string;
  attributes?: Metadata | undefined;
  consent?: ContactConsent | undefined;
  /** Who this person was found to be: what is sent to this id goes to that one. */
  mergedInto?: string | undefined;
  firstSeenAt: Timestamp;
  lastSeenAt: Timestamp;
}
/** A person. */
export interface Contact extends ArchivedContact {
  attributes: Metadata;
  consent: ContactConsent;
}
const contactObject = z.strictObject({
  id: ContactId,
  ...detailsShape,
  attributes: Metadata,
  consent: ContactConsent,
  mergedInto: ContactId.optional(),
  firstSeenAt: Timestamp,
  lastSeenAt: Timestamp,
});
export const Contact: NamedSchema<Contact> = named(contactObject);
export const ArchivedContact: NamedSchema<Contact, ArchivedContact> = named(
  contactObject.extend({ attributes: Metadata.default({}), consent: ContactConsent.default({}) }),
);

/** A contact by its id, or by that of one that was merged into it. */
export interface GetContact {
  contactId: string;
}
export const GetContact: NamedSchema<GetContact, GetContact> = named(
  z.strictObject({ contactId: ContactId }),
);

export interface ListContactsInput extends PageFieldsInput {
  /**
   * Words that begin a word of the name, the e-mail address, the digits of the phone number or the id, whatever their case
   * and accents; all of them.
   */
  text?: string | undefined;
  /** Also those that were merged into another, as an archive needs them. */
  merged?: boolean | undefined;
}
export interface ListContacts extends ListContactsInput {
  limit: number;
  merged: boolean;
}
export const ListContacts: NamedSchema<ListContacts, ListContactsInput> = named(
  z.strictObject({ text: readableText(200).optional(), merged: z.boolean().default(false), ...pageFields }),
);

/** Each field that is given is replaced, the last write wins; null removes it. */
export interface UpdateContact extends GetContact {
  name?: string | null | undefined;
  email?: string | null | undefined;
  /** With its country code; kept as E.164. */
  phone?: string | null | undefined;
  timeZone?: string | null | undefined;
  language?: string | null | undefined;
  /** Replaced whole. */
  attributes?: Metadata | undefined;
  idempotencyKey?: string | undefined;
}
export const UpdateContact: NamedSchema<UpdateContact, UpdateContact> = named(
  z.strictObject({
    contactId: ContactId,
    name: readableText(NAME_LENGTH).nullable().optional(),
    email: readableText(EMAIL_LENGTH)
      .regex(/^\s*[^\s@]+@[^\s@]+\s*$/, 'Expected an e-mail address')
      .nullable()
      .optional(),
    phone: readableText(PHONE_LENGTH).nullable().optional(),
    timeZone: TimeZone.nullable().optional(),
    language: Language.nullable().optional(),
    attributes: NewMetadata.optional(),
    idempotencyKey: keyedCommandFields.idempotencyKey,
  }),
);

export interface SetConsent extends GetContact {
  channel: Channel;
  state: ConsentState;
  /** How it is known, as in `web form` or `replied STOP`. */
  source: string;
  idempotencyKey?: string | undefined;
}
export const SetConsent: NamedSchema<SetConsent, SetConsent> = named(
  z.strictObject({
    contactId: ContactId,
    channel: Channel,
    state: ConsentState,
    source: ConsentSource,
    idempotencyKey: keyedCommandFields.idempotencyKey,
  }),
);

/** One thing that became of a contact. */
export interface ContactChange {
  id: string;
  contactId: string;
  at: Timestamp;
  by: AuditActor;
  /** The fields that were given another value, by name; the values are the contact's. */
  fields?: string[] | undefined;
  consent?: ChannelConsent | undefined;
}
export const ContactChange: NamedSchema<ContactChange> = named(
  z.strictObject({
    id: z.string().regex(/^[0-9a-f]{24}$/),
    contactId: ContactId,
    at: Timestamp,
    by: AuditActor,
    fields: z.array(text(64)).max(20).optional(),
    consent: ChannelConsent.optional(),
  }),
);

/** What belongs to a contact and to those that were merged into it, the newest first. */
export interface ListOfContact extends GetContact, PageFields {}
export interface ListOfContactInput extends GetContact, PageFieldsInput {}
export const ListOfContact: NamedSchema<ListOfContact, ListOfContactInput> = named(
  z.strictObject({ contactId: ContactId, ...pageFields }),
);
