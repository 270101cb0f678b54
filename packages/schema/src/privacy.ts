import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { AuditActor } from './audit.ts';
import { commandFields, keyedCommandFields } from './command-fields.ts';
import { Contact, ContactChange } from './contact.ts';
import { Conversation } from './conversation.ts';
import { FollowUp } from './follow-up.ts';
import { Handoff } from './handoff.ts';
import { ConversationId, ErasureId } from './id.ts';
import { Objection } from './objection.ts';
import { type PageFields, pageFields, type PageFieldsInput } from './page.ts';
import { RecordedAnswer } from './qualification.ts';
import { RefusedMessage } from './refused-message.ts';
import { ContactId } from './text.ts';
import { Entry } from './timeline.ts';
import { Timestamp } from './timestamp.ts';

// The server's own command: every word of a conversation goes, and the contact's key is replaced by a random one.
export interface EraseConversation {
  conversationId: ConversationId;
  // What stands in the place of the contact's key from now on.
  contactId: ContactId;
  // Refuses it with VERSION_CONFLICT where the conversation has another version.
  expectedVersion?: number | undefined;
  at?: Timestamp | undefined;
}
export interface EraseConversationInput extends Omit<EraseConversation, 'conversationId'> {
  conversationId: string;
}
export const EraseConversation: NamedSchema<EraseConversation, EraseConversationInput> = named(
  z.strictObject({
    conversationId: ConversationId,
    contactId: ContactId,
    expectedVersion: commandFields.expectedVersion,
    at: Timestamp.optional(),
  }),
);

export interface OfContact {
  contactId: ContactId;
}
export const OfContact: NamedSchema<OfContact, OfContact> = named(z.strictObject({ contactId: ContactId }));

/** How much there is of a contact, or was erased. */
export interface ErasureCounts {
  contacts: number;
  conversations: number;
  /** Of all kinds, messages included. */
  entries: number;
  messages: number;
  handoffs: number;
  objections: number;
  followUps: number;
  answers: number;
  deals: number;
  refusedMessages: number;
}
const count = z.int().min(0);
export const ErasureCounts: NamedSchema<ErasureCounts> = named(
  z.strictObject({
    contacts: count,
    conversations: count,
    entries: count,
    messages: count,
    handoffs: count,
    objections: count,
    followUps: count,
    answers: count,
    deals: count,
    refusedMessages: count,
  }),
);

export interface EraseContact extends OfContact {
  idempotencyKey?: string | undefined;
}
export const EraseContact: NamedSchema<EraseContact, EraseContact> = named(
  z.strictObject({ contactId: ContactId, idempotencyKey: keyedCommandFields.idempotencyKey }),
);

/** What was erased, when and by whom. It has nothing of the person. */
export interface Erasure {
  id: ErasureId;
  /** `running` until nothing is left; whoever erases goes on where another was stopped. */
  state: 'running' | 'done';
  // What stands in the place of the contact's key.
  pseudonym: string;
  counts: ErasureCounts;
  by: AuditActor;
  startedAt: Timestamp;
  finishedAt: Timestamp | null;
}
export const Erasure: NamedSchema<Erasure> = named(
  z.strictObject({
    id: ErasureId,
    state: z.enum(['running', 'done']),
    pseudonym: ContactId,
    counts: ErasureCounts,
    by: AuditActor,
    startedAt: Timestamp,
    finishedAt: Timestamp.nullable(),
  }),
);

export interface ListErasures extends PageFields {}
export interface ListErasuresInput extends PageFieldsInput {}
export const ListErasures: NamedSchema<ListErasures, ListErasuresInput> = named(z.strictObject(pageFields));

// Most records that one page of an export gives.
const EXPORT_PAGE_LIMIT = 1_000;

export interface ExportContact extends OfContact, ListErasures {}
export interface ExportContactInput extends OfContact, ListErasuresInput {}
export const ExportContact: NamedSchema<ExportContact, ExportContactInput> = named(
  z.strictObject({
    contactId: ContactId,
    limit: z.int().min(1).max(EXPORT_PAGE_LIMIT).default(200),
    cursor: pageFields.cursor,
  }),
);

/** One thing that is kept about a contact. A conversation comes before all that belongs to it, its deal within it. */
export type ContactRecord =
  | { type: 'contact'; contact: Contact }
  | { type: 'contactChange'; change: ContactChange }
  | { type: 'conversation'; conversation: Conversation }
  | { type: 'entry'; entry: Entry }
  | { type: 'handoff'; handoff: Handoff }
  | { type: 'objection'; objection: Objection }
  | { type: 'followUp'; followUp: FollowUp }
  | { type: 'answer'; answer: RecordedAnswer }
  | { type: 'refusedMessage'; conversationId: ConversationId; message: RefusedMessage };
export const ContactRecord: NamedSchema<ContactRecord> = named(
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('contact'), contact: Contact }),
    z.strictObject({ type: z.literal('contactChange'), change: ContactChange }),
    z.strictObject({ type: z.literal('conversation'), conversation: Conversation }),
    z.strictObject({ type: z.literal('entry'), entry: Entry }),
    z.strictObject({ type: z.literal('handoff'), handoff: Handoff }),
    z.strictObject({ type: z.literal('objection'), objection: Objection }),
    z.strictObject({ type: z.literal('followUp'), followUp: FollowUp }),
    z.strictObject({ type: z.literal('answer'), answer: RecordedAnswer }),
    z.strictObject({
      type: z.literal('refusedMessage'),
      conversationId: ConversationId,
      message: RefusedMessage,
    }),
  ]),
);
