import {
  Agent,
  AgentId,
  ApiKey,
  ApiKeyId,
  BusinessHours,
  Channel,
  ContactDetails,
  ContactId,
  Conversation,
  ConversationId,
  CreatedEntry,
  DealEntry,
  DetailsEntry,
  FollowUp,
  FollowUpEntry,
  FollowUpId,
  Handoff,
  HandoffEntry,
  HandoffId,
  IdempotencyKey,
  LeaseToken,
  MessageEntry,
  Objection,
  ObjectionEntry,
  ObjectionId,
  OwnerEntry,
  QualificationEntry,
  RecordedAnswer,
  RedactionEntry,
  SessionId,
  StageEntry,
  StatusEntry,
  storedAs,
  TenantId,
  text,
  Timestamp,
} from '@baton/schema';
import type { IndexDirection } from 'mongodb';
import { z } from 'zod';
import { MAX_LIST_NAME, MAX_LISTS } from './conversation-lists.ts';

/** How long a command's key is remembered, in seconds: twice what callers are promised. */
export const IDEMPOTENCY_SECONDS = 48 * 3_600;

const StoredId = z
  .string()
  .regex(/^[0-9a-f]{24}$/)
  .register(storedAs, { bson: 'objectId' });

const Hash = text(128);
const Name = text(100);

export const ConversationDocument = z.strictObject({
  _id: ConversationId,
  tenantId: TenantId,
  ...Conversation.omit({ id: true }).shape,
  /** The lists that it stands in, by name: one index serves them all. */
  listedUnder: z.array(text(MAX_LIST_NAME)).max(MAX_LISTS),
});

/** What an entry has in the store only. The channel lets metrics of a channel do without a join. */
const keptEntry = { _id: StoredId, tenantId: TenantId, channel: Channel };

export const EntryDocument = z.discriminatedUnion('kind', [
  MessageEntry.extend(keptEntry),
  CreatedEntry.extend(keptEntry),
  OwnerEntry.extend(keptEntry),
  HandoffEntry.extend(keptEntry),
  StageEntry.extend(keptEntry),
  QualificationEntry.extend(keptEntry),
  ObjectionEntry.extend(keptEntry),
  FollowUpEntry.extend(keptEntry),
  DealEntry.extend(keptEntry),
  StatusEntry.extend(keptEntry),
  DetailsEntry.extend(keptEntry),
  RedactionEntry.extend(keptEntry),
]);

export const HandoffDocument = z.strictObject({
  _id: HandoffId,
  tenantId: TenantId,
  channel: Channel,
  ...Handoff.omit({ id: true }).shape,
});

export const ObjectionDocument = z.strictObject({
  _id: ObjectionId,
  tenantId: TenantId,
  channel: Channel,
  ...Objection.omit({ id: true }).shape,
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
  ...FollowUp.omit({ id: true }).shape,
  lease: FollowUpLease.nullable(),
});

export const AnswerDocument = z.strictObject({
  _id: StoredId,
  tenantId: TenantId,
  ...RecordedAnswer.shape,
  at: Timestamp,
});

/** Its `_id` is compared as bytes: write the three fields in this order. */
export const ActiveConversationDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, contactId: ContactId, channel: Channel }),
  conversationId: ConversationId,
});

/** Its `_id` is compared as bytes: write the tenant first. */
export const AgentDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, agentId: AgentId }),
  ...Agent.omit({ id: true }).shape,
  /** How often it was given a conversation while it had a capacity: what makes two that give at once collide. */
  assignments: z.int().min(0),
});

/** Its `_id` is compared as bytes: write the tenant first. */
export const ContactDocument = z.strictObject({
  _id: z.strictObject({ tenantId: TenantId, contactId: ContactId }),
  details: ContactDetails,
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export const ApiKeyDocument = z.strictObject({
  _id: ApiKeyId,
  tenantId: TenantId,
  ...ApiKey.omit({ id: true }).shape,
  /** Of the secret, which is kept nowhere. */
  hash: Hash,
  /** The agent who acts where a command names none. */
  agentId: AgentId.nullable(),
});

/** A browser that has signed in, or a link by which one may. */
export const SessionDocument = z.strictObject({
  _id: SessionId,
  tenantId: TenantId,
  kind: z.enum(['link', 'session']),
  /** Of the secret, which is kept nowhere. */
  hash: Hash,
  rights: ApiKey.shape.rights,
  agentId: AgentId.nullable(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
});

const keyed = {
  /** Compared as bytes: write the tenant first. */
  _id: z.strictObject({ tenantId: TenantId, key: IdempotencyKey }),
  /** Of the command and its input: another input under the same key is refused. */
  hash: Hash,
  at: Timestamp,
};

export const IdempotencyDocument = z.union([
  z.strictObject({
    ...keyed,
    conversationId: ConversationId,
    version: z.int().min(1),
    /** Whether findOrCreate created; null for every other command. */
    created: z.boolean().nullable(),
  }),
  /** Of what no conversation's timeline holds: its answer, as JSON. */
  z.strictObject({ ...keyed, answer: z.string() }),
]);

export const TenantDocument = z.strictObject({
  _id: TenantId,
  businessHours: BusinessHours.nullable(),
  createdAt: Timestamp,
});

export const MigrationDocument = z.strictObject({
  _id: Name,
  appliedAt: Timestamp,
  durationMs: z.int().min(0),
});

export const LeaseDocument = z.strictObject({
  _id: Name,
  holder: text(200),
  until: Timestamp,
  token: text(64),
});

/** An index as it is declared; the names of its options are MongoDB's. */
export type IndexDeclaration = {
  name: string;
  key: Record<string, IndexDirection>;
  unique?: true;
  partialFilterExpression?: Record<string, unknown>;
  expireAfterSeconds?: number;
  default_language?: string;
  language_override?: string;
};

export type CollectionDeclaration<Schema extends z.ZodType = z.ZodType> = {
  name: string;
  /** Of a document in its wire form: `codecOf` stores it, `jsonSchemaOf` has mongod check it. */
  schema: Schema;
  indexes: readonly IndexDeclaration[];
};

function collection<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  indexes: readonly IndexDeclaration[] = [],
): CollectionDeclaration<Schema> {
  return { name, schema, indexes };
}

/**
 * Everything that is kept. An index with an enum before its sort keys serves lists without that
 * filter too: ask for `$in` of every value, and mongod merges the sorted runs without a sort.
 */
export const declaredCollections = {
  conversations: collection('conversations', ConversationDocument, [
    // Every list by the latest change, with `updatedAfter` or not; the instant of a follow-up is read from the key.
    // In a transaction mongod checks each index of a collection at each update, so one costs less than six.
    {
      name: 'by_list',
      key: { tenantId: 1, listedUnder: 1, status: 1, updatedAt: -1, _id: -1, nextFollowUpAt: 1 },
    },
    // Ask with 'metrics.waitingSince': {$type: 'date'}.
    {
      name: 'by_waiting',
      key: { tenantId: 1, 'metrics.waitingSince': 1, _id: 1 },
      partialFilterExpression: { 'metrics.waitingSince': { $type: 'date' } },
    },
  ]),
  timeline: collection('timeline', EntryDocument, [
    { name: 'by_seq', key: { tenantId: 1, conversationId: 1, seq: 1 }, unique: true },
    {
      name: 'by_client_message',
      key: { tenantId: 1, conversationId: 1, clientMessageId: 1 },
      unique: true,
      partialFilterExpression: { clientMessageId: { $exists: true } },
    },
    // Metrics by kind; with every kind, what changed since an instant.
    { name: 'by_kind', key: { tenantId: 1, kind: 1, at: 1, _id: 1 } },
    // The few entries that are no message, so that a stage's history does not read every message.
    // Of several kinds, ask with an $or that repeats the whole prefix for each: $in does not use it.
    {
      name: 'by_conversation_kind',
      key: { tenantId: 1, conversationId: 1, kind: 1, seq: 1 },
      partialFilterExpression: {
        kind: {
          $in: EntryDocument.options
            .map((entry) => entry.shape.kind.value)
            .filter((kind) => kind !== 'message'),
        },
      },
    },
    // No document can have the override's field, so no caller can switch the language.
    {
      name: 'by_text',
      key: { tenantId: 1, text: 'text' },
      default_language: 'english',
      language_override: '_language',
    },
  ]),
  handoffs: collection('handoffs', HandoffDocument, [
    { name: 'by_status', key: { tenantId: 1, status: 1, requestedAt: -1, _id: -1 } },
    { name: 'by_conversation', key: { tenantId: 1, conversationId: 1, requestedAt: -1, _id: -1 } },
    {
      name: 'pending_by_agent',
      key: { tenantId: 1, to: 1, requestedAt: -1, _id: -1 },
      partialFilterExpression: { status: 'pending' },
    },
    // Expiry works on every tenant at once.
    {
      name: 'pending_by_expiry',
      key: { status: 1, expiresAt: 1 },
      partialFilterExpression: { status: 'pending' },
    },
  ]),
  objections: collection('objections', ObjectionDocument, [
    { name: 'by_status', key: { tenantId: 1, status: 1, type: 1, raisedAt: -1, _id: -1 } },
    { name: 'by_conversation', key: { tenantId: 1, conversationId: 1, raisedAt: -1, _id: -1 } },
  ]),
  follow_ups: collection('follow_ups', FollowUpDocument, [
    { name: 'by_status', key: { tenantId: 1, status: 1, dueAt: 1, _id: 1 } },
    { name: 'by_assignee', key: { tenantId: 1, assignee: 1, status: 1, dueAt: 1, _id: 1 } },
    { name: 'by_conversation', key: { tenantId: 1, conversationId: 1, dueAt: 1, _id: 1 } },
  ]),
  qualification_answers: collection('qualification_answers', AnswerDocument, [
    { name: 'by_seq', key: { tenantId: 1, conversationId: 1, seq: -1, field: 1 }, unique: true },
  ]),
  active_conversations: collection('active_conversations', ActiveConversationDocument),
  agents: collection('agents', AgentDocument),
  contacts: collection('contacts', ContactDocument),
  api_keys: collection('api_keys', ApiKeyDocument, [
    // A credential is looked up before its tenant is known.
    { name: 'by_hash', key: { hash: 1 }, unique: true },
    { name: 'by_tenant', key: { tenantId: 1, _id: -1 } },
  ]),
  sessions: collection('sessions', SessionDocument, [
    { name: 'by_hash', key: { hash: 1 }, unique: true },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ]),
  idempotency: collection('idempotency', IdempotencyDocument, [
    { name: 'expiry', key: { at: 1 }, expireAfterSeconds: IDEMPOTENCY_SECONDS },
  ]),
  tenants: collection('tenants', TenantDocument),
  migrations: collection('migrations', MigrationDocument),
  leases: collection('leases', LeaseDocument),
} satisfies Record<string, CollectionDeclaration>;

export type CollectionName = keyof typeof declaredCollections;

/** A document of a collection in its wire form: what its codec encodes and decodes. */
export type WireDocument<Name extends CollectionName> = z.output<
  (typeof declaredCollections)[Name]['schema']
>;
