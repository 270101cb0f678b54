import {
  AgentId,
  agentObject,
  AuditActor,
  AuditDetails,
  AuthorKind,
  BusinessHours,
  CalendarDate,
  Channel,
  ContactId,
  ConversationId,
  conversationObject,
  ConversationStatus,
  contactEntryObject,
  createdEntryObject,
  dealEntryObject,
  deliveryEntryObject,
  detailsEntryObject,
  ErasureCounts,
  erasureEntryObject,
  ErasureId,
  followUpEntryObject,
  FollowUpId,
  followUpObject,
  handoffEntryObject,
  HandoffId,
  handoffObject,
  IdempotencyKey,
  LeaseToken,
  messageEntryObject,
  objectionEntryObject,
  ObjectionId,
  objectionObject,
  ownerEntryObject,
  qualificationEntryObject,
  ratingEntryObject,
  recordedAnswerObject,
  redactionEntryObject,
  revisionEntryObject,
  REFUSED_MESSAGES_LIMIT,
  RefusedMessage,
  SendPolicy,
  stageEntryObject,
  standingFields,
  statusEntryObject,
  storedAs,
  TenantId,
  text,
  Timestamp,
} from '@baton/schema';
import { REVISION_LIMIT, SEARCHED_TEXT_LIMIT } from '@baton/domain';
import { z } from 'zod';
import { MAX_LIST_NAME_LENGTH, MAX_LISTS_OF_CONVERSATION } from './conversation-lists.ts';
import { MAX_COMBINATION_LENGTH, MAX_COMBINATIONS } from './list-combinations.ts';

export const StoredId = z
  .string()
  .regex(/^[0-9a-f]{24}$/)
  .register(storedAs, { bson: 'objectId' });

const Hash = text(128);
const Name = text(100);

export const ConversationDocument = z.strictObject({
  _id: ConversationId,
  tenantId: TenantId,
  ...conversationObject.omit({ id: true }).shape,
  /** The lists that it stands in, by name: one index serves them all. */
  listedUnder: z.array(text(MAX_LIST_NAME_LENGTH)).max(MAX_LISTS_OF_CONVERSATION),
});

/**
 * By which filters, and which of them together, a conversation is found: as it stood when it had been quiet for a while.
 * What has changed since is found by `listedUnder`.
 */
export const ListedConversationDocument = z.strictObject({
  _id: ConversationId,
  tenantId: TenantId,
  version: z.int().min(1),
  contactId: ContactId,
  names: z.array(text(MAX_COMBINATION_LENGTH)).max(MAX_COMBINATIONS),
  status: ConversationStatus,
  updatedAt: Timestamp,
  waitingSince: Timestamp.nullable(),
  nextFollowUpAt: Timestamp.nullable(),
});

/** Most reservations of an agent's budget at once. */
export const MAX_RESERVATIONS = 1_000;

/** What an entry has in the store only. The channel lets metrics of a channel do without a join. */
const storedEntryFields = { _id: StoredId, tenantId: TenantId, channel: Channel };

/** A message is kept with all that is searched of it, so that one index has the words of its parts too. */
const storedMessageFields = {
  /** The message's text, and behind it what its parts say. */
  text: text(SEARCHED_TEXT_LIMIT, 0),
  /** How much of that is the message's own; absent where all is. */
  textLength: z.int().min(0).optional(),
  /** As it was said first, where it was edited: the fields of the message have what it says now. */
  said: z
    .strictObject({
      text: messageEntryObject.shape.text,
      parts: messageEntryObject.shape.parts,
      raw: messageEntryObject.shape.raw,
    })
    .optional(),
  /** The entries of its edits, which have words of their own. */
  revisionSeqs: z.array(z.int().min(1)).max(REVISION_LIMIT).optional(),
  ...standingFields,
};

export const EntryDocument = z.discriminatedUnion('kind', [
  messageEntryObject.extend({ ...storedEntryFields, ...storedMessageFields }),
  createdEntryObject.extend(storedEntryFields),
  ownerEntryObject.extend(storedEntryFields),
  handoffEntryObject.extend(storedEntryFields),
  stageEntryObject.extend(storedEntryFields),
  qualificationEntryObject.extend(storedEntryFields),
  objectionEntryObject.extend(storedEntryFields),
  followUpEntryObject.extend(storedEntryFields),
  dealEntryObject.extend(storedEntryFields),
  statusEntryObject.extend(storedEntryFields),
  detailsEntryObject.extend(storedEntryFields),
  redactionEntryObject.extend(storedEntryFields),
  erasureEntryObject.extend(storedEntryFields),
  revisionEntryObject.extend(storedEntryFields),
  deliveryEntryObject.extend(storedEntryFields),
  ratingEntryObject.extend(storedEntryFields),
  contactEntryObject.extend(storedEntryFields),
]);

export const HandoffDocument = z.strictObject({
  _id: HandoffId,
  tenantId: TenantId,
  channel: Channel,
  ...handoffObject.omit({ id: true }).shape,
});

export const ObjectionDocument = z.strictObject({
  _id: ObjectionId,
  tenantId: TenantId,
  channel: Channel,
  ...objectionObject.omit({ id: true }).shape,
});

/** A worker's hold on a follow-up: its own, not the timeline's. */
export const FollowUpLease = z.strictObject({
  token: LeaseToken,
  until: Timestamp,
  assignee: AgentId.nullable(),
});
export type FollowUpLease = z.infer<typeof FollowUpLease>;

export const FollowUpDocument = z.strictObject({
  _id: FollowUpId,
  tenantId: TenantId,
  channel: Channel,
  ...followUpObject.omit({ id: true }).shape,
  lease: FollowUpLease.nullable(),
});

export const AnswerDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  ...recordedAnswerObject.shape,
  at: Timestamp,
});

/** What a message in a script without spaces is searched by, beside the text index; its `_id` is the entry's. */
export const SearchTermsDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  conversationId: ConversationId,
  seq: z.int().min(1),
  author: z.strictObject({ kind: AuthorKind }),
  /** The message folded: it goes where the message's text goes. */
  text: z.string(),
  terms: z.array(z.string()),
});

/** The words that figures are made of: agents, stages, statuses, numbers. */
const FigureKey = z.string().regex(/^[a-zA-Z0-9_:]+$/);
const Figures = z.record(FigureKey, z.record(FigureKey, z.record(FigureKey, z.number())));
const Hours = z.record(FigureKey, z.int());

/** What a tenant's entries of an hour, a day, a month or of all time add to figures: by channel or `all`, family and key. */
export const MetricsBucketDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  level: z.enum(['hour', 'day', 'month', 'all']),
  at: Timestamp,
  /** 0, or one of those that figures of agents of a month, or of all time, are shared out to. */
  part: z.int().min(0),
  figures: Figures,
  /** How many durations there are of each length, packed, by channel, family and subject. */
  bins: z.record(FigureKey, z.record(FigureKey, z.record(FigureKey, z.string()))).optional(),
});

/** What counts in a bucket only for periods that begin by an hour of an earlier day: by channel, family and hour (or the day) and key. */
export const MetricsSpansDocument = z.strictObject({
  ...MetricsBucketDocument.omit({ bins: true, part: true }).shape,
  day: Timestamp,
});

/** What the figures count of a conversation, and what counting the rest needs. Hours are since 1970. */
export const CountedConversationDocument = z.strictObject({
  _id: ConversationId,
  tenantId: TenantId,
  /** Its last entry that is counted. */
  seq: z.int().min(1),
  owner: AgentId.nullable(),
  visits: z.strictObject({
    created: z.int().nullable(),
    entered: Hours,
    converted: Hours,
    worked: Hours,
  }),
  objections: z.record(FigureKey, z.string()),
  standing: z
    .strictObject({
      hour: z.int(),
      channel: Channel,
      status: z.string(),
      stage: z.string(),
      owner: AgentId,
      /** Milliseconds since 1970. */
      waitingSince: z.int().nullable(),
    })
    .nullable(),
});

/** Conversations that were given entries of the past, until the figures have them. */
export const LateWritesDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  conversationIds: z.array(ConversationId),
});

/** How far work has come that goes through what was written meanwhile. */
export const ProgressDocument = z.strictObject({
  _id: Name,
  /** Everything before is done, by MongoDB's clock. */
  upTo: Timestamp,
});

/** Its `_id` is compared as bytes: write the three fields in this order. */
export const ActiveConversationDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, contactId: ContactId, channel: Channel }),
  conversationId: ConversationId,
});

/** A conversation whose pause ends by itself. */
export const PausedConversationDocument = z.strictObject({
  _id: ConversationId,
  tenantId: TenantId,
  until: Timestamp,
});

/** Refused messages of one conversation, the newest last. Its `_id` is compared as bytes: write the tenant first. */
export const RefusalsDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, conversationId: ConversationId }),
  messages: z.array(RefusedMessage).max(REFUSED_MESSAGES_LIMIT),
});

/** The send policy of a tenant; a tenant without a document has none. */
export const SendPolicyDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId }),
  policy: SendPolicy,
  updatedAt: Timestamp,
});

/** What an agent with a budget has used up in a day of its tenant's zone. Its `_id` is compared as bytes, in this order. */
export const AgentBudgetDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, agentId: AgentId, day: CalendarDate }),
  tokens: z.number().min(0),
  costMicros: z.number().min(0),
  /** What is set aside for answers that are being written. */
  reserved: z
    .array(
      z.strictObject({
        id: StoredId,
        tokens: z.number().min(0),
        costMicros: z.number().min(0),
        until: Timestamp,
      }),
    )
    .max(MAX_RESERVATIONS),
  /** When MongoDB deletes it. */
  expiresAt: Timestamp,
});

/** Its `_id` is compared as bytes: write the tenant first. */
export const AgentDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, agentId: AgentId }),
  ...agentObject.omit({ id: true }).shape,
  /** Counts assignments under a capacity, so that two concurrent assignments conflict. */
  assignments: z.int().min(0),
});

/** Who did what: added, and never changed or removed. */
export const AuditDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  at: Timestamp,
  action: text(64),
  actor: AuditActor,
  target: text(200).nullable(),
  details: AuditDetails,
  /** The ids of the actor and of its agent, by which the log is filtered. */
  actorIds: z.array(text(200)).max(2),
});

const idempotencyFields = {
  /** Compared as bytes: write the tenant first. */
  _id: z.strictObject({ tenantId: TenantId, key: IdempotencyKey }),
  /** Of the command and its input: another input under the same key is refused. */
  hash: Hash,
  at: Timestamp,
};

export const IdempotencyDocument = z.union([
  z.strictObject({
    ...idempotencyFields,
    conversationId: ConversationId,
    version: z.int().min(1),
    /** Whether findOrCreate created; null for every other command. */
    created: z.boolean().nullable(),
  }),
  /** Of what no conversation's timeline holds: its answer, as JSON. */
  z.strictObject({ ...idempotencyFields, answer: z.string() }),
]);

/**
 * A conversation as it stood at a version, as JSON and without what was said. It only saves the fold of what came
 * before: it may be missing, and be deleted at any time.
 */
export const SnapshotDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  conversationId: ConversationId,
  version: z.int().min(1),
  /** `FOLD_VERSION` of the code that wrote it. */
  foldVersion: z.int().min(1),
  state: z.string(),
});

/** What was erased of a contact. It has the contact's key for as long as the erasure goes on, and nothing of it afterwards. */
export const ErasureDocument = z.strictObject({
  _id: ErasureId,
  tenantId: TenantId,
  contactId: ContactId.optional(),
  pseudonym: ContactId,
  counts: ErasureCounts,
  by: AuditActor,
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  /** When a process last turned to it; this and what follows only while it goes on. */
  triedAt: Timestamp.optional(),
  /** The conversation up to which words are removed, and the key up to which keys are looked at, in their order. */
  wordsThrough: ConversationId.optional(),
  keysThrough: z.string().optional(),
  /** Some of what lies before those could not be erased and has to be tried again. */
  isIncomplete: z.literal(true).optional(),
  /** When copies are looked for once more that were on their way at its end; absent once they were. */
  copiesDueAt: Timestamp.optional(),
});

export const TenantDocument = z.strictObject({
  _id: TenantId,
  businessHours: BusinessHours.nullable(),
  /** How long after it closed a conversation is reopened where its contact comes back, in milliseconds; absent for never. */
  reopenWithinMs: z.int().min(1).optional(),
  createdAt: Timestamp,
  /** Since when its credentials are refused; absent while they are not. */
  suspendedAt: Timestamp.optional(),
  /** Since when it is being deleted; absent while it is not. */
  deletingAt: Timestamp.optional(),
});

export const MigrationDocument = z.strictObject({
  _id: Name,
  appliedAt: Timestamp,
  durationMs: z.int().min(0),
  /** The migration that a version must know to serve the store after this one. */
  requires: Name.optional(),
});

export const LeaseDocument = z.strictObject({
  _id: Name,
  holder: text(200),
  until: Timestamp,
  token: text(64),
});
