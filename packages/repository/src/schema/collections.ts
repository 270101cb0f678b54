import type { EntryKind } from '@baton/schema';
import type { IndexDirection } from 'mongodb';
import type { z } from 'zod';
import { ApiKeyDocument, SessionDocument, SignInDocument } from './credential-documents.ts';
import { ContactChangeDocument, ContactDocument, ContactTermDocument } from './contact-documents.ts';
import {
  ActiveConversationDocument,
  AgentBudgetDocument,
  AgentDocument,
  AnswerDocument,
  AuditDocument,
  ConversationDocument,
  CountedConversationDocument,
  EntryDocument,
  ErasureDocument,
  FollowUpDocument,
  HandoffDocument,
  IdempotencyDocument,
  LateWritesDocument,
  LeaseDocument,
  ListedConversationDocument,
  MetricsBucketDocument,
  MetricsSpansDocument,
  MigrationDocument,
  ObjectionDocument,
  PausedConversationDocument,
  ProgressDocument,
  SearchTermsDocument,
  RefusalsDocument,
  SendPolicyDocument,
  SnapshotDocument,
  TenantDocument,
} from './documents.ts';
import { RetentionDocument } from './retention-document.ts';
import { FileDocument, FileRemovalDocument, FileTokenDocument } from './file-documents.ts';

/** How long a command's key is remembered, in seconds: twice what callers are promised. */
export const IDEMPOTENCY_SECONDS = 48 * 3_600;

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

/** The kinds of entries that no index has by kind. */
export const NOT_BY_KIND: ReadonlySet<EntryKind> = new Set([
  'contact',
  'message',
  'erasure',
  'revision',
  'delivery',
  'rating',
]);

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
  // No transaction but one that writes of the past touches these indexes.
  listed_conversations: collection('listed_conversations', ListedConversationDocument, [
    {
      name: 'by_update',
      key: { tenantId: 1, names: 1, status: 1, updatedAt: -1, _id: -1, nextFollowUpAt: 1 },
    },
    // Ask with waitingSince: {$type: 'date'}.
    {
      name: 'by_waiting',
      key: { tenantId: 1, names: 1, status: 1, waitingSince: 1, _id: 1 },
      partialFilterExpression: { waitingSince: { $type: 'date' } },
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
          // Without the kinds that came later: so the index stays as versions before have made it.
          $in: EntryDocument.options
            .map((entry) => entry.shape.kind.value)
            .filter((kind) => !NOT_BY_KIND.has(kind)),
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
    // What nobody holds comes first, in the order in which it is due; what is held, by the end of its lease.
    {
      name: 'claimable',
      key: { tenantId: 1, 'lease.until': 1, dueAt: 1, _id: 1 },
      partialFilterExpression: { status: 'open' },
    },
    {
      name: 'claimable_by_assignee',
      key: { tenantId: 1, assignee: 1, 'lease.until': 1, dueAt: 1, _id: 1 },
      partialFilterExpression: { status: 'open' },
    },
    // Expiry works on every tenant at once. Ask with 'lease.until': {$type: 'date'}.
    {
      name: 'held_by_expiry',
      key: { 'lease.until': 1 },
      partialFilterExpression: { 'lease.until': { $type: 'date' } },
    },
  ]),
  qualification_answers: collection('qualification_answers', AnswerDocument, [
    { name: 'by_seq', key: { tenantId: 1, conversationId: 1, seq: -1, field: 1 }, unique: true },
  ]),
  search_terms: collection('search_terms', SearchTermsDocument, [
    { name: 'by_term', key: { tenantId: 1, terms: 1 } },
    { name: 'by_seq', key: { tenantId: 1, conversationId: 1, seq: 1 }, unique: true },
  ]),
  metrics_buckets: collection('metrics_buckets', MetricsBucketDocument, [
    { name: 'by_time', key: { tenantId: 1, level: 1, at: 1, part: 1 }, unique: true },
  ]),
  metrics_spans: collection('metrics_spans', MetricsSpansDocument, [
    { name: 'by_time', key: { tenantId: 1, level: 1, at: 1, day: 1 }, unique: true },
  ]),
  counted_conversations: collection('counted_conversations', CountedConversationDocument, [
    // Who waits longest for an agent. Ask with 'standing.waitingSince': {$type: 'number'}.
    {
      name: 'by_waiting',
      key: { tenantId: 1, 'standing.owner': 1, 'standing.waitingSince': 1 },
      partialFilterExpression: { 'standing.waitingSince': { $type: 'number' } },
    },
  ]),
  late_writes: collection('late_writes', LateWritesDocument, [{ name: 'by_tenant', key: { tenantId: 1 } }]),
  active_conversations: collection('active_conversations', ActiveConversationDocument),
  // Few are paused until an instant. The worker that ends pauses looks at every tenant's at once.
  paused_conversations: collection('paused_conversations', PausedConversationDocument, [
    { name: 'by_tenant', key: { tenantId: 1, _id: 1 } },
    { name: 'by_end', key: { until: 1 } },
  ]),
  refusals: collection('refusals', RefusalsDocument),
  send_refusals: collection('send_refusals', RefusalsDocument),
  send_policies: collection('send_policies', SendPolicyDocument),
  agent_budgets: collection('agent_budgets', AgentBudgetDocument, [
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ]),
  agents: collection('agents', AgentDocument),
  contacts: collection('contacts', ContactDocument, [
    // Who was merged into a contact. Ask with mergedInto: a key.
    {
      name: 'by_merged',
      key: { mergedInto: 1, _id: 1 },
      partialFilterExpression: { mergedInto: { $exists: true } },
    },
  ]),
  contact_terms: collection('contact_terms', ContactTermDocument, [
    { name: 'by_contact', key: { '_id.contactId': 1, _id: 1 } },
  ]),
  contact_changes: collection('contact_changes', ContactChangeDocument, [
    { name: 'by_contact', key: { tenantId: 1, contactId: 1, _id: -1 } },
  ]),
  api_keys: collection('api_keys', ApiKeyDocument, [
    // A credential is looked up before its tenant is known.
    { name: 'by_hash', key: { hash: 1 }, unique: true },
    // Of keys of versions before, which have no id in them.
    {
      name: 'by_previous_hash',
      key: { 'previous.hash': 1 },
      partialFilterExpression: { 'previous.hash': { $exists: true } },
    },
    { name: 'by_tenant', key: { tenantId: 1, _id: -1 } },
  ]),
  sessions: collection('sessions', SessionDocument, [
    { name: 'by_hash', key: { hash: 1 }, unique: true },
    { name: 'by_tenant', key: { tenantId: 1, _id: -1 } },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ]),
  sign_ins: collection('sign_ins', SignInDocument, [
    // Ask with state: {$exists: true}.
    {
      name: 'by_state',
      key: { state: 1 },
      unique: true,
      partialFilterExpression: { state: { $exists: true } },
    },
    { name: 'by_tenant', key: { tenantId: 1 } },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ]),
  audit: collection('audit', AuditDocument, [
    { name: 'by_time', key: { tenantId: 1, at: -1, _id: -1 } },
    { name: 'by_action', key: { tenantId: 1, action: 1, at: -1, _id: -1 } },
    { name: 'by_actor', key: { tenantId: 1, actorIds: 1, at: -1, _id: -1 } },
    { name: 'by_actor_action', key: { tenantId: 1, actorIds: 1, action: 1, at: -1, _id: -1 } },
  ]),
  idempotency: collection('idempotency', IdempotencyDocument, [
    { name: 'expiry', key: { at: 1 }, expireAfterSeconds: IDEMPOTENCY_SECONDS },
  ]),
  snapshots: collection('snapshots', SnapshotDocument, [
    // Not unique: one that stands twice does no harm, and would keep a lost index from being built again.
    { name: 'by_version', key: { tenantId: 1, conversationId: 1, version: -1 } },
  ]),
  erasures: collection('erasures', ErasureDocument, [
    { name: 'by_tenant', key: { tenantId: 1, _id: -1 } },
    // One at a time of a contact. Ask with contactId: {$exists: true} and this index by name.
    {
      name: 'running',
      key: { tenantId: 1, contactId: 1 },
      unique: true,
      partialFilterExpression: { contactId: { $exists: true } },
    },
    // Few are due at any time.
    {
      name: 'copies_due',
      key: { copiesDueAt: 1 },
      partialFilterExpression: { copiesDueAt: { $exists: true } },
    },
  ]),
  retention: collection('retention', RetentionDocument, [
    // Servers look for what is due of every tenant at once.
    { name: 'by_due', key: { dueAt: 1 } },
  ]),
  files: collection('files', FileDocument, [
    { name: 'by_conversation', key: { tenantId: 1, conversationId: 1, createdAt: -1, _id: -1 } },
    // Of all tenants at once. Ask with removeAt: {$type: 'date'}.
    {
      name: 'by_removal',
      key: { removeAt: 1 },
      partialFilterExpression: { removeAt: { $type: 'date' } },
    },
  ]),
  file_tokens: collection('file_tokens', FileTokenDocument, [
    { name: 'by_file', key: { tenantId: 1, fileId: 1 } },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ]),
  file_removals: collection('file_removals', FileRemovalDocument, [{ name: 'by_due', key: { dueAt: 1 } }]),
  tenants: collection('tenants', TenantDocument),
  progress: collection('progress', ProgressDocument),
  migrations: collection('migrations', MigrationDocument),
  leases: collection('leases', LeaseDocument),
} satisfies Record<string, CollectionDeclaration>;

/**
 * Where refused messages are kept: those that another agent's ownership was against, and those that the send policy was. A
 * server of the version before reads the first alone, and would not know the codes of the second.
 */
export const REFUSAL_COLLECTIONS = ['refusals', 'send_refusals'] as const;

export type CollectionName = keyof typeof declaredCollections;

/** A document of a collection in its wire form: what its codec encodes and decodes. */
export type WireDocument<Name extends CollectionName> = z.output<
  (typeof declaredCollections)[Name]['schema']
>;

type ShardKey = Readonly<Record<string, 1>>;

const BY_CONVERSATION: ShardKey = { tenantId: 1, conversationId: 1 };
const BY_ID: ShardKey = { tenantId: 1, _id: 1 };
/** Of an `_id` that begins with the tenant. */
const BY_TENANT_IN_ID: ShardKey = { _id: 1 };
const BY_TIME: ShardKey = { tenantId: 1, level: 1, at: 1 };

/**
 * The shard keys of the collections that a cluster shards; `docs/operations.md` has the commands. Each unique index begins
 * with its collection's shard key, as MongoDB demands. What is not here stays on one shard.
 */
export const SHARD_KEYS = {
  conversations: BY_ID,
  timeline: BY_CONVERSATION,
  handoffs: BY_CONVERSATION,
  objections: BY_CONVERSATION,
  follow_ups: BY_CONVERSATION,
  qualification_answers: BY_CONVERSATION,
  search_terms: BY_CONVERSATION,
  snapshots: BY_CONVERSATION,
  paused_conversations: BY_ID,
  counted_conversations: BY_ID,
  listed_conversations: BY_ID,
  metrics_buckets: BY_TIME,
  metrics_spans: BY_TIME,
  active_conversations: BY_TENANT_IN_ID,
  refusals: BY_TENANT_IN_ID,
  send_refusals: BY_TENANT_IN_ID,
  agent_budgets: BY_TENANT_IN_ID,
  agents: BY_TENANT_IN_ID,
  contacts: BY_TENANT_IN_ID,
  contact_terms: BY_TENANT_IN_ID,
  contact_changes: { tenantId: 1, contactId: 1 },
  idempotency: BY_TENANT_IN_ID,
} as const satisfies Partial<Record<CollectionName, ShardKey>>;

/** The shard key of a collection; undefined for one that stays on one shard. */
export function shardKeyOf(name: string): ShardKey | undefined {
  return new Map<string, ShardKey>(Object.entries(SHARD_KEYS)).get(name);
}
