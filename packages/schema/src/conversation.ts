import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { Actor } from './actor.ts';
import { Channel } from './channel.ts';
import { Force, keyedCommand, keyedCommandFields } from './command-fields.ts';
import { Consent } from './consent.ts';
import { ContactDetails, ContactSummary } from './contact.ts';
import { Deal } from './deal.ts';
import { FollowUp } from './follow-up.ts';
import { Handoff } from './handoff.ts';
import { AgentId, ConversationId } from './id.ts';
import { MESSAGE_TEXT_LIMIT, MessageTemplate, NewClientMessageId } from './message.ts';
import { Metadata, NewMetadata } from './metadata.ts';
import { Objection } from './objection.ts';
import { Milliseconds, type PageFields, pageFields, type PageFieldsInput } from './page.ts';
import { Qualification } from './qualification.ts';
import { SalesStage } from './sales-stage.ts';
import { ContactId, identifier, NewContactId, readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** Most active objections, deferred objections and open follow-ups of a conversation, each. */
export const OPEN_WORK_LIMIT = 50;

/** Most characters of a message that `lastMessage.preview` shows. */
export const PREVIEW_LENGTH = 140;

const conversationStatusValues = ['active', 'paused', 'scheduled', 'completed', 'abandoned'] as const;
export type ConversationStatus = (typeof conversationStatusValues)[number];
export interface ConversationStatusEnum extends NamedEnum<ConversationStatus> {}
export const ConversationStatus: ConversationStatusEnum = z.enum(conversationStatusValues);

/** Most tags of a conversation. */
export const TAG_LIMIT = 50;

const TAG_LENGTH = 64;

export interface TagList extends NamedSchema<string[], string[]> {}

function tagList(tag: z.ZodString): TagList {
  return z
    .array(tag)
    .max(TAG_LIMIT)
    .refine((tags) => new Set(tags).size === tags.length, 'A tag stands twice');
}

export const Tag = text(TAG_LENGTH);
export const Tags = tagList(Tag);

/** Tags as a caller gives them. */
export const NewTags = tagList(identifier(TAG_LENGTH));

export interface Owner {
  agentId: AgentId;
  /** Goes up by one at every change of owner. */
  epoch: number;
  since: Timestamp;
  /** The owner before: who gets the conversation back on a release. */
  previous: AgentId | null;
}
export const Owner: NamedSchema<Owner> = named(
  z.strictObject({
    agentId: AgentId,
    epoch: z.int().min(1),
    since: Timestamp,
    previous: AgentId.nullable(),
  }),
);

export interface AgentMetrics {
  messages: number;
  firstAt: Timestamp;
  lastAt: Timestamp;
  inputTokens: number;
  outputTokens: number;
  costMicros: number;
}
export const AgentMetrics: NamedSchema<AgentMetrics> = named(
  z.strictObject({
    messages: z.int().min(0),
    firstAt: Timestamp,
    lastAt: Timestamp,
    inputTokens: z.int().min(0),
    outputTokens: z.int().min(0),
    costMicros: z.int().min(0),
  }),
);

export interface ConversationMetrics {
  /** Every message, the first one too. */
  messages: number;
  customerMessages: number;
  /** Messages since the conversation began. */
  interactionCount: number;
  byAgent: Record<AgentId, AgentMetrics>;
  firstResponseMs: number | null;
  /** When the first customer message without an answer came. */
  waitingSince: Timestamp | null;
}
export const ConversationMetrics: NamedSchema<ConversationMetrics> = named(
  z.strictObject({
    messages: z.int().min(0),
    customerMessages: z.int().min(0),
    interactionCount: z.int().min(0),
    byAgent: z.record(AgentId, AgentMetrics),
    firstResponseMs: Milliseconds.nullable(),
    waitingSince: Timestamp.nullable(),
  }),
);

export interface LastMessage {
  seq: number;
  author: Actor;
  preview: string;
  at: Timestamp;
}
export const LastMessage: NamedSchema<LastMessage> = named(
  z.strictObject({
    seq: z.int().min(1),
    author: Actor,
    preview: text(PREVIEW_LENGTH, 0),
    at: Timestamp,
  }),
);

export const conversationObject = z.strictObject({
  id: ConversationId,
  contactId: ContactId,
  channel: Channel,
  status: ConversationStatus,
  stage: SalesStage,
  stageEnteredAt: Timestamp,
  owner: Owner,
  /** The owners since the customer's last message or the last new answer, for the guard against loops. */
  handoffChain: z.array(AgentId).max(4),
  qualification: Qualification,
  /** Null while nobody has decided. */
  isQualified: z.boolean().nullable(),
  deal: Deal.nullable(),
  metrics: ConversationMetrics,
  handoffCount: z.int().min(0),
  pendingHandoff: Handoff.nullable(),
  activeObjections: z.int().min(0),
  objections: z.array(Objection).max(OPEN_WORK_LIMIT),
  deferredObjections: z.array(Objection).max(OPEN_WORK_LIMIT),
  nextFollowUpAt: Timestamp.nullable(),
  followUps: z.array(FollowUp).max(OPEN_WORK_LIMIT),
  lastMessage: LastMessage.nullable(),
  tags: Tags,
  metadata: Metadata,
  lastSeq: z.int().min(1),
  version: z.int().min(1),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  closedAt: Timestamp.nullable(),
  /** Whether the contact agreed to messages on this channel; absent where nothing was ever said. */
  consent: Consent.optional(),
  /** When a pause ends by itself; absent where it does not, and where nothing is paused. */
  pausedUntil: Timestamp.optional(),
  /** When all that was said was erased; absent where it was not. Nothing is said or done here any more. */
  erasedAt: Timestamp.optional(),
});
export interface Conversation extends z.infer<typeof conversationObject> {}
export const Conversation: NamedSchema<Conversation> = named(conversationObject);

/** A conversation as it is read, with its contact beside what its timeline gives. */
export interface ConversationView extends Conversation {
  /** Null where nothing is kept of the contact. */
  contact: ContactSummary | null;
  /**
   * In lists, where `lastMessage` is an internal note: the last message that the customer may see; null where none of the
   * 500 entries before it is one.
   */
  lastPublicMessage?: LastMessage | null | undefined;
}
export const ConversationView: NamedSchema<ConversationView> = named(
  conversationObject.extend({
    contact: ContactSummary.nullable(),
    lastPublicMessage: LastMessage.nullable().optional(),
  }),
);

/** The id of a conversation's first message where its sender gives none. */
export const DEFAULT_MESSAGE_ID = 'initial';

const initialMessageObject = z.strictObject({
  text: readableText(MESSAGE_TEXT_LIMIT),
  author: Actor.default({ kind: 'customer' }),
  clientMessageId: NewClientMessageId.default(DEFAULT_MESSAGE_ID),
  template: MessageTemplate.optional(),
});
export interface InitialMessage extends z.infer<typeof initialMessageObject> {}
export interface InitialMessageInput extends z.input<typeof initialMessageObject> {}
export const InitialMessage: NamedSchema<InitialMessage, InitialMessageInput> = named(initialMessageObject);

const createConversationObject = z.strictObject({
  contactId: NewContactId,
  channel: Channel,
  contact: ContactDetails.optional(),
  initialMessage: InitialMessage.optional(),
  tags: NewTags.default([]),
  metadata: NewMetadata.default({}),
  /** The first owner; `supervisor` without one. */
  agentId: AgentId.optional(),
  force: Force.optional(),
  at: keyedCommandFields.at,
  by: keyedCommandFields.by,
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export interface CreateConversation extends z.infer<typeof createConversationObject> {}
export interface CreateConversationInput extends z.input<typeof createConversationObject> {}
export const CreateConversation: NamedSchema<CreateConversation, CreateConversationInput> =
  named(createConversationObject);

type WithoutId<Message extends { clientMessageId?: unknown }> = Omit<Message, 'clientMessageId'> & {
  clientMessageId?: Message['clientMessageId'] | undefined;
};

/** As a create takes it; the first message needs no id, and is said also where the conversation is there already. */
export interface FindOrCreateConversation extends Omit<CreateConversation, 'initialMessage'> {
  initialMessage?: WithoutId<InitialMessage> | undefined;
}
export type FindOrCreateConversationInput = CreateConversationInput;
export const FindOrCreateConversation: NamedSchema<FindOrCreateConversation, FindOrCreateConversationInput> =
  named(
    createConversationObject.extend({
      initialMessage: initialMessageObject
        .extend({ clientMessageId: NewClientMessageId.optional() })
        .optional(),
    }),
  );

export interface GetConversation {
  conversationId: ConversationId;
}
export interface GetConversationInput {
  conversationId: string;
}
export const GetConversation: NamedSchema<GetConversation, GetConversationInput> = named(
  z.strictObject({ conversationId: ConversationId }),
);

/** A conversation as it stood after one of its entries. */
export interface ConversationAt extends GetConversation {
  seq: number;
}
export interface ConversationAtInput extends GetConversationInput {
  seq: number;
}
export const ConversationAt: NamedSchema<ConversationAt, ConversationAtInput> = named(
  z.strictObject({ conversationId: ConversationId, seq: z.int().min(1) }),
);

const listConversationsObject = z.strictObject({
  status: ConversationStatus.optional(),
  stage: SalesStage.optional(),
  agentId: AgentId.optional(),
  contactId: ContactId.optional(),
  channel: Channel.optional(),
  tag: Tag.optional(),
  updatedAfter: Timestamp.optional(),
  /** Only where a customer has waited for an answer since before this instant. */
  waitingBefore: Timestamp.optional(),
  /** Only where a follow-up is due before this instant. */
  followUpBefore: Timestamp.optional(),
  /** Newest change first, or who waits longest first (only those that wait). */
  sort: z.enum(['updatedAt', 'waitingSince']).default('updatedAt'),
  ...pageFields,
});
export interface ListConversations extends z.infer<typeof listConversationsObject> {}
export interface ListConversationsInput extends z.input<typeof listConversationsObject> {}
export const ListConversations: NamedSchema<ListConversations, ListConversationsInput> =
  named(listConversationsObject);

interface OfStage {
  stage: SalesStage;
  status?: ConversationStatus | undefined;
}
export interface ListConversationsByStage extends OfStage, PageFields {}
export interface ListConversationsByStageInput extends OfStage, PageFieldsInput {}
export const ListConversationsByStage: NamedSchema<ListConversationsByStage, ListConversationsByStageInput> =
  named(z.strictObject({ stage: SalesStage, status: ConversationStatus.optional(), ...pageFields }));
export interface ListConversationsByAgent extends PageFields {
  agentId: AgentId;
  status: ConversationStatus;
}
export interface ListConversationsByAgentInput extends PageFieldsInput {
  agentId: string;
  status?: ConversationStatus | undefined;
}
export const ListConversationsByAgent: NamedSchema<ListConversationsByAgent, ListConversationsByAgentInput> =
  named(z.strictObject({ agentId: AgentId, status: ConversationStatus.default('active'), ...pageFields }));
export interface FindActiveConversation {
  contactId: ContactId;
  channel?: Channel | undefined;
}
export const FindActiveConversation: NamedSchema<FindActiveConversation, FindActiveConversation> = named(
  z.strictObject({ contactId: ContactId, channel: Channel.optional() }),
);
export interface ListContactHistory extends PageFields {
  contactId: ContactId;
}
export interface ListContactHistoryInput extends PageFieldsInput {
  contactId: ContactId;
}
export const ListContactHistory: NamedSchema<ListContactHistory, ListContactHistoryInput> = named(
  z.strictObject({ contactId: ContactId, ...pageFields }),
);

// Tags and metadata are each replaced whole; what is not given stays.
const updateConversationObject = keyedCommand({
  conversationId: ConversationId,
  tags: NewTags.optional(),
  metadata: NewMetadata.optional(),
}).refine((input) => input.tags ?? input.metadata, { message: 'Give tags, metadata or both' });
export interface UpdateConversation extends z.infer<typeof updateConversationObject> {}
export interface UpdateConversationInput extends z.input<typeof updateConversationObject> {}
export const UpdateConversation: NamedSchema<UpdateConversation, UpdateConversationInput> =
  named(updateConversationObject);

/** close and abandon take the same. */
const changeStatusObject = keyedCommand({
  conversationId: ConversationId,
  reason: readableText(500).optional(),
});
export interface ChangeStatus extends z.infer<typeof changeStatusObject> {}
export interface ChangeStatusInput extends z.input<typeof changeStatusObject> {}
export const ChangeStatus: NamedSchema<ChangeStatus, ChangeStatusInput> = named(changeStatusObject);

/** A pause ends at `until`, or when the customer writes. */
export interface PauseConversation extends ChangeStatus {
  until?: Timestamp | undefined;
}
export interface PauseConversationInput extends ChangeStatusInput {
  until?: string | undefined;
}
export const PauseConversation: NamedSchema<PauseConversation, PauseConversationInput> = named(
  changeStatusObject.extend({ until: Timestamp.optional() }),
);

/** The server's own command for a pause whose time is over. */
export interface EndPause {
  conversationId: ConversationId;
  at?: Timestamp | undefined;
}
export interface EndPauseInput {
  conversationId: string;
  at?: string | undefined;
}
export const EndPause: NamedSchema<EndPause, EndPauseInput> = named(
  z.strictObject({ conversationId: ConversationId, at: Timestamp.optional() }),
);

/** The server's own command for a contact who comes back to a paused conversation, or to one that has just closed. */
export interface ContinueConversation extends EndPause {
  /** One that closed before this instant stays closed; without it, every closed one. */
  reopenSince?: Timestamp | undefined;
  initialMessage?: InitialMessage | undefined;
  by?: AgentId | undefined;
}
export interface ContinueConversationInput extends EndPauseInput {
  reopenSince?: string | undefined;
  initialMessage?: InitialMessageInput | undefined;
  by?: string | undefined;
}
export const ContinueConversation: NamedSchema<ContinueConversation, ContinueConversationInput> = named(
  z.strictObject({
    conversationId: ConversationId,
    reopenSince: Timestamp.optional(),
    initialMessage: initialMessageObject.optional(),
    by: keyedCommandFields.by,
    at: keyedCommandFields.at,
  }),
);

// resume and reopen give the owner one active conversation more; forced, they need a reason.
const reactivateConversationObject = keyedCommand({
  conversationId: ConversationId,
  reason: readableText(500).optional(),
  force: Force.optional(),
});
export interface ReactivateConversation extends z.infer<typeof reactivateConversationObject> {}
export interface ReactivateConversationInput extends z.input<typeof reactivateConversationObject> {}
export const ReactivateConversation: NamedSchema<ReactivateConversation, ReactivateConversationInput> = named(
  reactivateConversationObject,
);
