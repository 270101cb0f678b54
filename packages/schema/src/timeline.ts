import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { Actor } from './actor.ts';
import { Channel } from './channel.ts';
import { Consent } from './consent.ts';
import { ConversationStatus, Tags } from './conversation.ts';
import { Deal } from './deal.ts';
import { FollowUp } from './follow-up.ts';
import { Handoff } from './handoff.ts';
import { AgentId, ConversationId } from './id.ts';
import { ClientMessageId, MESSAGE_TEXT_LIMIT, MessageTemplate, Usage, Visibility } from './message.ts';
import { MessageParts, RawMessage } from './message-part.ts';
import { DeliveryState, type MessageStanding, RatingVerdict, standingFields } from './message-standing.ts';
import { Metadata } from './metadata.ts';
import { Objection } from './objection.ts';
import { Milliseconds } from './page.ts';
import { Answers } from './qualification.ts';
import { SalesStage } from './sales-stage.ts';
import { ContactId, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

const placeFields = {
  conversationId: ConversationId,
  /** 1, 2, 3 … in each conversation, with no gap and no repeat. */
  seq: z.int().min(1),
  /** The conversation's version after the command; its entries share it. */
  version: z.int().min(1),
  at: Timestamp,
};

const entryFields = { ...placeFields, actor: Actor };

/** An entry's own fields beside those of every entry, which declarations name once. */
export interface EntryObject<Shape extends z.core.$ZodShape> extends z.ZodObject<
  typeof entryFields & Shape,
  z.core.$strict
> {}

function entryObject<Shape extends z.core.$ZodShape>(shape: Shape): EntryObject<Shape> {
  return z.strictObject({ ...entryFields, ...shape });
}

/** Present where a manager overruled the new owner's capacity or availability. */
const Forced = z.literal(true);

export const createdEntryObject = entryObject({
  kind: z.literal('created'),
  contactId: ContactId,
  channel: Channel,
  agentId: AgentId,
  tags: Tags,
  metadata: Metadata,
  forced: Forced.optional(),
});
export interface CreatedEntry extends z.infer<typeof createdEntryObject> {}

export const messageEntryObject = entryObject({
  kind: z.literal('message'),
  clientMessageId: ClientMessageId,
  author: Actor,
  /** Empty once it was redacted or erased. */
  text: text(MESSAGE_TEXT_LIMIT, 0),
  visibility: Visibility,
  inReplyTo: z.int().min(1).optional(),
  /** The message that it replaces. */
  supersedes: z.int().min(1).optional(),
  /** The provider's own time; `at` is when it came here. */
  sentAt: Timestamp.optional(),
  usage: Usage.optional(),
  parts: MessageParts.optional(),
  raw: RawMessage.optional(),
  template: MessageTemplate.optional(),
  /** How long the customer had waited for this answer. */
  responseMs: Milliseconds.optional(),
  redactedAt: Timestamp.nullable(),
});
export interface MessageEntry extends z.infer<typeof messageEntryObject> {}
export const MessageEntry: NamedSchema<MessageEntry> = named(messageEntryObject);

/** A message as it stands now: with what it says after its latest edit, and what was reported of it. */
export interface MessageView extends MessageEntry, MessageStanding {}
export const MessageView: NamedSchema<MessageView> = named(messageEntryObject.extend(standingFields));

export const ownerEntryObject = entryObject({
  kind: z.literal('owner'),
  from: AgentId,
  to: AgentId,
  epoch: z.int().min(2),
});
export interface OwnerEntry extends z.infer<typeof ownerEntryObject> {}

export const handoffEntryObject = entryObject({
  kind: z.literal('handoff'),
  action: z.enum([
    'transferred',
    'requested',
    'accepted',
    'rejected',
    'cancelled',
    'expired',
    'taken_over',
    'released',
  ]),
  /** The handoff as this entry leaves it. */
  handoff: Handoff,
  forced: Forced.optional(),
});
export interface HandoffEntry extends z.infer<typeof handoffEntryObject> {}

export const stageEntryObject = entryObject({
  kind: z.literal('stage'),
  from: SalesStage,
  to: SalesStage,
  inStageMs: Milliseconds,
  reason: text(500).nullable(),
  notes: text(2_000).nullable(),
  lossReason: text(500).nullable(),
  forced: z.boolean(),
});
export interface StageEntry extends z.infer<typeof stageEntryObject> {}

export const qualificationEntryObject = entryObject({
  kind: z.literal('qualification'),
  answers: Answers,
});
export interface QualificationEntry extends z.infer<typeof qualificationEntryObject> {}

export const objectionEntryObject = entryObject({
  kind: z.literal('objection'),
  action: z.enum(['raised', 'resolved', 'deferred']),
  /** The objection as this entry leaves it. */
  objection: Objection,
});
export interface ObjectionEntry extends z.infer<typeof objectionEntryObject> {}

export const followUpEntryObject = entryObject({
  kind: z.literal('follow_up'),
  action: z.enum(['scheduled', 'snoozed', 'cancelled', 'completed', 'failed', 'dead']),
  /** The follow-up as this entry leaves it. */
  followUp: FollowUp,
});
export interface FollowUpEntry extends z.infer<typeof followUpEntryObject> {}

export const dealEntryObject = entryObject({
  kind: z.literal('deal'),
  outcome: z.enum(['won', 'lost']).nullable(),
  /** The deal as this entry leaves it. */
  deal: Deal,
});
export interface DealEntry extends z.infer<typeof dealEntryObject> {}

export const statusEntryObject = entryObject({
  kind: z.literal('status'),
  from: ConversationStatus,
  to: ConversationStatus,
  reason: text(500).nullable(),
  forced: Forced.optional(),
  /** Of a pause, when it ends by itself. */
  until: Timestamp.optional(),
});
export interface StatusEntry extends z.infer<typeof statusEntryObject> {}

export const detailsEntryObject = entryObject({
  kind: z.literal('details'),
  tags: Tags.optional(),
  metadata: Metadata.optional(),
});
export interface DetailsEntry extends z.infer<typeof detailsEntryObject> {}

export const redactionEntryObject = entryObject({
  kind: z.literal('redaction'),
  targetSeq: z.int().min(1),
  reason: text(500).nullable(),
});
export interface RedactionEntry extends z.infer<typeof redactionEntryObject> {}

export const revisionEntryObject = entryObject({
  kind: z.literal('revision'),
  targetSeq: z.int().min(1),
  /** What the message says from here on, all of it; empty once it was redacted or erased. */
  text: text(MESSAGE_TEXT_LIMIT, 0),
  parts: MessageParts.optional(),
  raw: RawMessage.optional(),
  reason: text(500).nullable(),
});
export interface RevisionEntry extends z.infer<typeof revisionEntryObject> {}

export const deliveryEntryObject = entryObject({
  kind: z.literal('delivery'),
  targetSeq: z.int().min(1),
  state: DeliveryState,
  error: text(500).nullable(),
  /** The provider's own time; `at` is when it was reported. */
  sentAt: Timestamp.optional(),
});
export interface DeliveryEntry extends z.infer<typeof deliveryEntryObject> {}

export const ratingEntryObject = entryObject({
  kind: z.literal('rating'),
  targetSeq: z.int().min(1),
  verdict: RatingVerdict,
  note: text(2_000).nullable(),
});
export interface RatingEntry extends z.infer<typeof ratingEntryObject> {}

/** Every word of the conversation is erased, and the contact's key is replaced by this random one; nothing follows. */
export const erasureEntryObject = entryObject({
  kind: z.literal('erasure'),
  contactId: ContactId,
});
export interface ErasureEntry extends z.infer<typeof erasureEntryObject> {}

// The contact said whether messages on the conversation's channel are welcome.
export const contactEntryObject = entryObject({
  kind: z.literal('contact'),
  consent: Consent,
});
export interface ContactEntry extends z.infer<typeof contactEntryObject> {}

/**
 * Stands for an entry that this version cannot read: of a newer version, or damaged. Never stored. Where its `at` cannot
 * be read either it is when the document was made; where its `version` cannot, it is 1.
 */
const unknownEntryObject = z.strictObject({ ...placeFields, kind: z.literal('unknown') });
export interface UnknownEntry extends z.infer<typeof unknownEntryObject> {}

const knownEntryObjects = [
  createdEntryObject,
  messageEntryObject,
  ownerEntryObject,
  handoffEntryObject,
  stageEntryObject,
  qualificationEntryObject,
  objectionEntryObject,
  followUpEntryObject,
  dealEntryObject,
  statusEntryObject,
  detailsEntryObject,
  redactionEntryObject,
  erasureEntryObject,
  revisionEntryObject,
  deliveryEntryObject,
  ratingEntryObject,
  contactEntryObject,
] as const;

/** An entry that can be stored. */
export type KnownEntry =
  | CreatedEntry
  | MessageEntry
  | OwnerEntry
  | HandoffEntry
  | StageEntry
  | QualificationEntry
  | ObjectionEntry
  | FollowUpEntry
  | DealEntry
  | StatusEntry
  | DetailsEntry
  | RedactionEntry
  | ErasureEntry
  | RevisionEntry
  | DeliveryEntry
  | RatingEntry
  | ContactEntry;
export const KnownEntry: NamedSchema<KnownEntry> = named(z.discriminatedUnion('kind', knownEntryObjects));

export type Entry = KnownEntry | UnknownEntry;
export const Entry: NamedSchema<Entry> = named(
  z.discriminatedUnion('kind', [...knownEntryObjects, unknownEntryObject]),
);

const entryKindValues = [
  'created',
  'message',
  'owner',
  'handoff',
  'stage',
  'qualification',
  'objection',
  'follow_up',
  'deal',
  'status',
  'details',
  'redaction',
  'erasure',
  'revision',
  'delivery',
  'rating',
  'contact',
  'unknown',
] as const;
export type EntryKind = (typeof entryKindValues)[number];
export interface EntryKindEnum extends NamedEnum<EntryKind> {}
export const EntryKind: EntryKindEnum = z.enum(entryKindValues);

export type EntryOf<Kind extends EntryKind> = Extract<Entry, { kind: Kind }>;

const KINDS: ReadonlySet<string> = new Set(EntryKind.options);

/** An entry of a server that may be newer: one of a kind that this version does not know becomes `unknown`. */
export function knownEntry(given: Entry): Entry {
  if (KINDS.has(given.kind)) return given;
  const { conversationId, seq, version, at } = given;
  return { kind: 'unknown', conversationId, seq, version, at };
}

/** The entries between two places, oldest first; with `beforeSeq` alone, the newest before it. */
const readTimelineObject = z.strictObject({
  conversationId: ConversationId,
  afterSeq: z.int().min(0).optional(),
  beforeSeq: z.int().min(1).optional(),
  kinds: z.array(EntryKind).min(1).max(EntryKind.options.length).optional(),
  limit: z.int().min(1).max(500).default(100),
});
export interface ReadTimeline extends z.infer<typeof readTimelineObject> {}
export interface ReadTimelineInput extends z.input<typeof readTimelineObject> {}
export const ReadTimeline: NamedSchema<ReadTimeline, ReadTimelineInput> = named(readTimelineObject);

export interface TimelinePage {
  items: Entry[];
  /** Whether there is more in the direction that was read. */
  more: boolean;
}
export const TimelinePage: NamedSchema<TimelinePage> = named(
  z.strictObject({
    items: z.array(Entry),
    more: z.boolean(),
  }),
);

/** The newest messages that fit a budget of tokens, oldest first. */
export interface MessageContext {
  messages: MessageView[];
  /** What they take together, by estimate. */
  tokens: number;
  /** Whether older messages were left out. */
  truncated: boolean;
}
export const MessageContext: NamedSchema<MessageContext> = named(
  z.strictObject({
    messages: z.array(MessageView),
    tokens: z.int().min(0),
    truncated: z.boolean(),
  }),
);
