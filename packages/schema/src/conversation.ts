import { z } from 'zod';
import { Actor } from './actor.ts';
import { Channel } from './channel.ts';
import { keyedCommandFields } from './command-fields.ts';
import { ContactDetails } from './contact.ts';
import { Deal } from './deal.ts';
import { FollowUp } from './follow-up.ts';
import { Handoff } from './handoff.ts';
import { AgentId, ConversationId } from './id.ts';
import { ClientMessageId, MESSAGE_TEXT_LIMIT } from './message.ts';
import { Objection } from './objection.ts';
import { Milliseconds, pageFields } from './page.ts';
import { Qualification } from './qualification.ts';
import { SalesStage } from './sales-stage.ts';
import { ContactId, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** Most active objections, deferred objections and open follow-ups of a conversation, each. */
export const OPEN_WORK_LIMIT = 50;

/** Most characters of a message that `lastMessage.preview` shows. */
export const PREVIEW_LENGTH = 140;

export const ConversationStatus = z.enum(['active', 'paused', 'scheduled', 'completed', 'abandoned']);
export type ConversationStatus = z.infer<typeof ConversationStatus>;

/** Most tags of a conversation. */
export const TAG_LIMIT = 50;

export const Tag = text(64);
export const Tags = z
  .array(Tag)
  .max(TAG_LIMIT)
  .refine((tags) => new Set(tags).size === tags.length, 'A tag stands twice');

const MetadataKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Expected a key of 1-64 letters, digits, _ or -');
export const Metadata = z
  .record(MetadataKey, z.union([text(2_000, 0), z.number(), z.boolean(), z.null()]))
  .refine((metadata) => Object.keys(metadata).length <= 50, 'At most 50 keys');
export type Metadata = z.infer<typeof Metadata>;

/** Metadata as a caller gives it: a record leaves out `__proto__` without a word, so that name is looked for first. */
const MetadataInput = z
  .custom<Metadata>()
  .superRefine((metadata: unknown, context) => {
    if (typeof metadata !== 'object' || metadata === null || !Object.hasOwn(metadata, '__proto__')) return;
    context.addIssue({ code: 'custom', path: ['__proto__'], message: '__proto__ cannot be a key' });
  })
  .pipe(Metadata);

export const Owner = z.strictObject({
  agentId: AgentId,
  /** Goes up by one at every change of owner. */
  epoch: z.int().min(1),
  since: Timestamp,
  /** The owner before: who gets the conversation back on a release. */
  previous: AgentId.nullable(),
});
export type Owner = z.infer<typeof Owner>;

export const AgentMetrics = z.strictObject({
  messages: z.int().min(0),
  firstAt: Timestamp,
  lastAt: Timestamp,
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  costMicros: z.int().min(0),
});
export type AgentMetrics = z.infer<typeof AgentMetrics>;

export const ConversationMetrics = z.strictObject({
  /** Every message, the first one too. */
  messages: z.int().min(0),
  customerMessages: z.int().min(0),
  /** Messages since the conversation began. */
  interactionCount: z.int().min(0),
  byAgent: z.record(AgentId, AgentMetrics),
  firstResponseMs: Milliseconds.nullable(),
  /** When the first customer message without an answer came. */
  waitingSince: Timestamp.nullable(),
});
export type ConversationMetrics = z.infer<typeof ConversationMetrics>;

export const LastMessage = z.strictObject({
  seq: z.int().min(1),
  author: Actor,
  preview: text(PREVIEW_LENGTH, 0),
  at: Timestamp,
});
export type LastMessage = z.infer<typeof LastMessage>;

export const Conversation = z.strictObject({
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
});
export type Conversation = z.infer<typeof Conversation>;

export const InitialMessage = z.strictObject({
  text: text(MESSAGE_TEXT_LIMIT),
  author: Actor.default({ kind: 'customer' }),
  clientMessageId: ClientMessageId.default('initial'),
});
export type InitialMessage = z.infer<typeof InitialMessage>;

export const CreateConversation = z.strictObject({
  contactId: ContactId,
  channel: Channel,
  contact: ContactDetails.optional(),
  initialMessage: InitialMessage.optional(),
  tags: Tags.default([]),
  metadata: MetadataInput.default({}),
  /** The first owner; `supervisor` without one. */
  agentId: AgentId.optional(),
  at: keyedCommandFields.at,
  by: keyedCommandFields.by,
  idempotencyKey: keyedCommandFields.idempotencyKey,
});
export type CreateConversation = z.infer<typeof CreateConversation>;

export const FoundOrCreated = z.strictObject({ conversation: Conversation, created: z.boolean() });
export type FoundOrCreated = z.infer<typeof FoundOrCreated>;

export const GetConversation = z.strictObject({ conversationId: ConversationId });

export const ListConversations = z.strictObject({
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
export type ListConversations = z.infer<typeof ListConversations>;

export const ListConversationsByStage = z.strictObject({
  stage: SalesStage,
  status: ConversationStatus.optional(),
  ...pageFields,
});
export const ListConversationsByAgent = z.strictObject({
  agentId: AgentId,
  status: ConversationStatus.default('active'),
  ...pageFields,
});
export const FindActiveConversation = z.strictObject({ contactId: ContactId, channel: Channel.optional() });
export type FindActiveConversation = z.infer<typeof FindActiveConversation>;
export const ListContactHistory = z.strictObject({ contactId: ContactId, ...pageFields });

/** Tags and metadata are each replaced whole; what is not given stays. */
export const UpdateConversation = z
  .strictObject({
    conversationId: ConversationId,
    tags: Tags.optional(),
    metadata: MetadataInput.optional(),
    ...keyedCommandFields,
  })
  .refine((input) => input.tags ?? input.metadata, { message: 'Give tags, metadata or both' });
export type UpdateConversation = z.infer<typeof UpdateConversation>;

/** pause, resume, close, abandon and reopen take the same. */
export const ChangeStatus = z.strictObject({
  conversationId: ConversationId,
  reason: text(500).optional(),
  ...keyedCommandFields,
});
export type ChangeStatus = z.infer<typeof ChangeStatus>;
