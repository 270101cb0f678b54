import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  type AgentOnDuty,
  agentsNamed,
  blanked,
  type DecideContext,
  execute,
  instantOf,
  type Outcome,
  Refusal,
} from '@baton/domain';
import type {
  Actor,
  AgentId,
  Command,
  Conversation,
  ConversationId,
  Entry,
  FollowUpId,
  MessageEntry,
  TenantId,
} from '@baton/schema';
import {
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection,
  type Document,
  type Filter,
  type MongoClient,
  ObjectId,
} from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { agentsOnDuty } from '../read/agent.ts';
import type { WireDocument } from '../schema/collections.ts';
import { LIST_FIELDS, listsOf } from '../schema/conversation-lists.ts';
import { conversationDocument, conversationOf, entryOf } from '../schema/mapping.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { CommitUnknown, duplicateIndex, isCommitUnknown, StaleRead } from './commit-error.ts';
import { leaseOf } from './follow-up-claims.ts';
import { project, type ProjectionWrites } from './projections.ts';
import { replayKeyed } from './replay.ts';

/** One command on its way: whose it is, who calls, and what it needs to be decided once. */
export type CommandRequest = {
  tenantId: TenantId;
  conversationId: ConversationId;
  command: Command;
  /** Who does it. */
  actor: Actor;
  mayForce: boolean;
  /** A fresh id for what it makes. */
  id: string;
  /** The key to remember it by, with the hash of its input. */
  key: { idempotencyKey: string; hash: string; created: boolean | null } | null;
};

/** What became of one command of a batch: a refusal is its own alone. */
export type CommandResult =
  | { ok: true; outcome: Outcome; replayed: boolean }
  | { ok: false; refusal: Refusal };

export type CommitOptions = {
  client: MongoClient;
  collections: Collections;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Conversations as they were last committed here; the version in each write's filter guards against others. */
  remembered: { get(place: string): Conversation | undefined };
};

const PAUSE_BETWEEN_COMMITS_MS = 20;
/** The unique index that gives each entry a place of its own in its conversation. */
const PLACES = 'by_seq';

/** A batch in memory: what was read, what was decided. */
class Unit {
  readonly before = new Map<ConversationId, Conversation | null>();
  readonly current = new Map<ConversationId, Conversation | null>();
  readonly remembered = new Set<ConversationId>();
  readonly agents = new Map<AgentId, AgentOnDuty>();
  readonly keys = new Map<string, WireDocument<'idempotency'>>();
  readonly entries: Entry[] = [];
  readonly redacted: MessageEntry[] = [];
  readonly contacts: CommandRequest[] = [];
  readonly keyed: { request: CommandRequest; outcome: Outcome }[] = [];
}

/**
 * Commits one tenant's commands in one transaction: reads what is not remembered, decides each command in
 * memory, writes everything, commits. Where it throws nothing has happened, but for CommitUnknown.
 *
 * @returns the results in the order of the requests
 * @throws StaleRead, CommitUnknown, MongoError
 */
export async function commit(
  requests: readonly CommandRequest[],
  options: CommitOptions,
): Promise<CommandResult[]> {
  const [head] = requests;
  if (head === undefined) return [];
  const { tenantId } = head;
  await using session = options.client.startSession();
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
  try {
    const unit = new Unit();
    await read(unit, tenantId, requests, options, session);
    const results: CommandResult[] = [];
    for (const request of requests) results.push(await decide(unit, request, options, session));
    if (unit.entries.length === 0) {
      await abort(options.client, session);
      return results;
    }
    await write(unit, tenantId, options, session);
    await commitTransaction(session);
    return results;
  } catch (error) {
    await abort(options.client, session);
    throw error;
  }
}

/**
 * Ends a transaction, one whose commit failed too: it would hold its documents for a minute, and the driver does
 * not end it. An abort that fails changes nothing: mongod ends an abandoned transaction by itself.
 */
async function abort(client: MongoClient, session: ClientSession): Promise<void> {
  const aborted = session.inTransaction()
    ? session.abortTransaction()
    : client.db('admin').command({ abortTransaction: 1 }, { session });
  await aborted.catch(() => undefined);
}

/**
 * Asks again while nobody can say whether the commit happened; the server answers the same each time.
 * @throws CommitUnknown
 */
async function commitTransaction(session: ClientSession): Promise<void> {
  const deadline = Date.now() + TRANSACTION_TIMEOUT_MS;
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!isCommitUnknown(error)) throw error;
      if (Date.now() > deadline)
        throw new CommitUnknown('MongoDB does not say whether it committed', { cause: error });
    }
    await sleep(PAUSE_BETWEEN_COMMITS_MS);
  }
}

async function read(
  unit: Unit,
  tenantId: TenantId,
  requests: readonly CommandRequest[],
  { collections, remembered }: CommitOptions,
  session: ClientSession,
): Promise<void> {
  const unknown = new Set<ConversationId>();
  for (const { conversationId, command } of requests) {
    const known = remembered.get(`${tenantId}/${conversationId}`);
    if (known !== undefined) unit.remembered.add(conversationId);
    else if (command.type !== 'conversations.create') unknown.add(conversationId);
    unit.before.set(conversationId, known ?? null);
  }
  if (unknown.size > 0) {
    const ids = [...unknown].map((id) => new ObjectId(id));
    const documents = collections.conversations.collection.find(
      { tenantId, _id: { $in: ids } },
      { session, maxTimeMS: TRANSACTION_TIMEOUT_MS },
    );
    for await (const document of documents) {
      const conversation = conversationOf(collections.conversations.decode(document));
      unit.before.set(conversation.id, conversation);
    }
  }
  for (const [id, conversation] of unit.before) unit.current.set(id, conversation);

  const keys = requests.flatMap(({ key }) => (key === null ? [] : [{ tenantId, key: key.idempotencyKey }]));
  if (keys.length === 0) return;
  const records = collections.idempotency.collection.find(byIds(keys), {
    session,
    maxTimeMS: TRANSACTION_TIMEOUT_MS,
  });
  for await (const document of records) {
    const record = collections.idempotency.decode(document);
    unit.keys.set(record._id.key, record);
  }
}

async function decide(
  unit: Unit,
  request: CommandRequest,
  options: CommitOptions,
  session: ClientSession,
): Promise<CommandResult> {
  const { tenantId, conversationId, command, key } = request;
  const record = key === null ? undefined : unit.keys.get(key.idempotencyKey);
  const conversation = unit.current.get(conversationId) ?? null;
  try {
    if (record !== undefined && key !== null) {
      return {
        ok: true,
        outcome: await replayKeyed(options.collections, tenantId, record, key.hash),
        replayed: true,
      };
    }
    const at = instantOf(command, conversation, options.now());
    const context = await contextOf(unit, request, conversation, at, options, session);
    const outcome = execute(conversation, command, context);
    accept(unit, request, outcome, context);
    return { ok: true, outcome, replayed: false };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (unit.remembered.has(conversationId))
      await confirm(unit, conversationId, options.collections, session);
    return { ok: false, refusal: error };
  }
}

/**
 * What this process remembers may be old: a refusal counts only where nobody else has changed the conversation.
 * @throws StaleRead
 */
async function confirm(
  unit: Unit,
  id: ConversationId,
  { conversations }: Collections,
  session: ClientSession,
): Promise<void> {
  const kept = await conversations.collection.findOne(byId(new ObjectId(id)), {
    projection: { version: 1 },
    session,
    maxTimeMS: TRANSACTION_TIMEOUT_MS,
  });
  if (kept?.['version'] !== unit.before.get(id)?.version)
    throw new StaleRead('Refused by what was remembered');
  unit.remembered.delete(id);
}

/** What the few commands need that look at more than their conversation. */
async function contextOf(
  unit: Unit,
  { tenantId, conversationId, command, actor, mayForce, id }: CommandRequest,
  conversation: Conversation | null,
  at: string,
  { collections }: CommitOptions,
  session: ClientSession,
): Promise<DecideContext> {
  const missing = agentsNamed(command, conversation).filter((agentId) => !unit.agents.has(agentId));
  if (missing.length > 0) {
    const found = await agentsOnDuty(collections, tenantId, missing, session);
    for (const [agentId, agent] of found) unit.agents.set(agentId, agent);
  }
  /** A change of a follow-up ends its lease, one that this batch is about to write too. */
  const leaseHeldOf = async (followUpId: FollowUpId) => {
    const isChanged = unit.entries.some(
      (entry) => entry.kind === 'follow_up' && entry.followUp.id === followUpId,
    );
    return isChanged ? null : leaseOf(collections, tenantId, followUpId, session);
  };
  const context: DecideContext = {
    at,
    actor,
    id,
    agents: unit.agents,
    mayForce,
    businessHours: null,
    jitter: Math.random(),
  };
  switch (command.type) {
    case 'messages.redact': {
      const document = await collections.timeline.collection.findOne(
        { tenantId, conversationId: new ObjectId(conversationId), seq: command.input.seq },
        { session, maxTimeMS: TRANSACTION_TIMEOUT_MS },
      );
      const entry = document === null ? null : entryOf(collections.timeline.decode(document));
      const earlier = unit.redacted.find(
        (message) => message.conversationId === conversationId && message.seq === command.input.seq,
      );
      return { ...context, message: earlier ?? (entry?.kind === 'message' ? entry : null) };
    }
    case 'followUps.complete':
      return { ...context, lease: await leaseHeldOf(command.input.followUpId) };
    case 'followUps.fail': {
      const lease = await leaseHeldOf(command.input.followUpId);
      return { ...context, lease, businessHours: await businessHoursOf(collections, tenantId, session) };
    }
    case 'followUps.schedule':
    case 'followUps.snooze':
    case 'objections.defer':
      return { ...context, businessHours: await businessHoursOf(collections, tenantId, session) };
    default:
      return context;
  }
}

/** When the tenant works; null for one without hours. */
async function businessHoursOf(
  { tenants }: Collections,
  tenantId: TenantId,
  session: ClientSession,
): Promise<DecideContext['businessHours']> {
  const tenant = await tenants.collection.findOne(byId(tenantId), {
    session,
    maxTimeMS: TRANSACTION_TIMEOUT_MS,
  });
  return tenant === null ? null : tenants.decode(tenant).businessHours;
}

/** Takes a decided command into the batch, so that the next one sees its effect. */
function accept(unit: Unit, request: CommandRequest, outcome: Outcome, context: DecideContext): void {
  unit.current.set(request.conversationId, outcome.conversation);
  unit.entries.push(...outcome.entries);
  for (const entry of outcome.entries) {
    if (entry.kind === 'owner') moveLoad(unit, entry.from, entry.to);
    if (entry.kind === 'created') moveLoad(unit, null, entry.agentId);
    if (entry.kind === 'redaction' && context.message) unit.redacted.push(blanked(context.message, entry.at));
  }
  const { command } = request;
  if (command.type === 'conversations.create' && command.input.contact !== undefined)
    unit.contacts.push(request);
  if (request.key !== null) unit.keyed.push({ request, outcome });
}

function moveLoad(unit: Unit, from: AgentId | null, to: AgentId): void {
  const change = (agentId: AgentId, by: number) => {
    const agent = unit.agents.get(agentId);
    if (agent !== undefined) {
      unit.agents.set(agentId, { ...agent, activeConversations: agent.activeConversations + by });
    }
  };
  if (from !== null) change(from, -1);
  change(to, 1);
}

async function write(
  unit: Unit,
  tenantId: TenantId,
  { collections }: CommitOptions,
  session: ClientSession,
): Promise<void> {
  const created: Document[] = [];
  const changes: Change[] = [];
  const active: AnyBulkWriteOperation[] = [];
  for (const [id, conversation] of unit.current) {
    const before = unit.before.get(id) ?? null;
    if (conversation === null || conversation === before) continue;
    if (before === null)
      created.push(collections.conversations.encode(conversationDocument(tenantId, conversation)));
    else changes.push(changeOf(collections, before, conversation));
    active.push(...activeWrites(collections, tenantId, before, conversation));
  }
  await updateAll(collections.conversations.collection, changes, session);
  await insertAll(collections.conversations.collection, created, session);
  await reserve(unit, tenantId, collections, session);
  if (active.length > 0) await collections.active_conversations.collection.bulkWrite(active, { session });

  const projections: ProjectionWrites = new Map();
  const documents = unit.entries.map((entry) => {
    const channel = unit.current.get(entry.conversationId)?.channel;
    if (channel === undefined) throw new Error(`Entry of an unknown conversation ${entry.conversationId}`);
    project(projections, collections, { tenantId, channel }, entry);
    return { _id: new ObjectId(), ...collections.timeline.encodePart({ tenantId, channel, ...entry }) };
  });
  try {
    await insertAll(collections.timeline.collection, documents, session);
  } catch (error) {
    if (duplicateIndex(error) !== PLACES) throw error;
    throw new StaleRead('A conversation has changed since it was read', { cause: error });
  }
  for (const [name, operations] of projections)
    await collections[name].collection.bulkWrite(operations, { session });
  for (const message of unit.redacted) await blank(collections, tenantId, message, session);
  for (const request of unit.contacts) await upsertContact(collections, request, unit, session);
  const keys = unit.keyed.map(({ request, outcome }) =>
    collections.idempotency.encode(keyRecord(request, outcome)),
  );
  await insertAll(collections.idempotency.collection, keys, session);
}

/** One document's new fields. */
type Change = { filter: Filter<Document>; update: { $set: Document } };

/** The fields that differ, whole: a conversation has each of its fields at any time. */
function changeOf({ conversations }: Collections, before: Conversation, after: Conversation): Change {
  const was: Document = before;
  const is: Document = after;
  const changed: Document = {};
  // Most fields are the very same: nothing but what has changed is compared in depth, or encoded.
  for (const field in is) {
    if (was[field] === is[field]) continue;
    if (typeof is[field] !== 'object' || !isDeepStrictEqual(was[field], is[field]))
      changed[field] = is[field];
  }
  if (LIST_FIELDS.some((field) => field in changed)) changed['listedUnder'] = listsOf(after);
  return { filter: byId(new ObjectId(after.id)), update: { $set: conversations.encodePart(changed) } };
}

/**
 * Updates documents by their `_id` alone: mongod has a fast path for that, several times cheaper than another
 * filter. A conversation that has changed since it was read is found out by its entries, whose places are taken then.
 * @throws StaleRead where one is gone
 */
async function updateAll(
  collection: Collection,
  changes: readonly Change[],
  session: ClientSession,
): Promise<void> {
  const [first] = changes;
  if (first === undefined) return;
  const { matchedCount } =
    changes.length === 1
      ? await collection.updateOne(first.filter, first.update, { session })
      : await collection.bulkWrite(
          changes.map((change) => ({ updateOne: change })),
          { session },
        );
  if (matchedCount !== changes.length) throw new StaleRead('A conversation is gone since it was read');
}

/** The driver takes a shorter way with one document. */
async function insertAll(
  collection: Collection,
  documents: Document[],
  session: ClientSession,
): Promise<void> {
  const [first] = documents;
  if (first === undefined) return;
  if (documents.length === 1) await collection.insertOne(first, { session });
  else await collection.insertMany(documents, { session });
}

/**
 * Marks each agent of limited capacity that was given a conversation. Its load was counted in this transaction's
 * snapshot, so of two transactions that give at once one finds the mark changed, and counts again.
 */
async function reserve(
  unit: Unit,
  tenantId: TenantId,
  { agents }: Collections,
  session: ClientSession,
): Promise<void> {
  const given = new Set<AgentId>();
  for (const entry of unit.entries) {
    if (entry.kind === 'owner') given.add(entry.to);
    if (entry.kind === 'created') given.add(entry.agentId);
  }
  for (const agentId of given) {
    if (unit.agents.get(agentId)?.capacity == null) continue;
    await agents.collection.updateOne(byId({ tenantId, agentId }), { $inc: { assignments: 1 } }, { session });
  }
}

/** The small document that holds a contact's place: one active conversation on a channel. */
function activeWrites(
  collections: Collections,
  tenantId: TenantId,
  before: Conversation | null,
  after: Conversation,
): AnyBulkWriteOperation[] {
  const was = before?.status === 'active';
  const is = after.status === 'active';
  if (was === is) return [];
  const { contactId, channel, id } = after;
  const document = collections.active_conversations.encode({
    _id: { tenantId, contactId, channel },
    conversationId: id,
  });
  if (is) return [{ insertOne: { document } }];
  return [{ deleteOne: { filter: { _id: document['_id'], conversationId: document['conversationId'] } } }];
}

async function blank(
  collections: Collections,
  tenantId: TenantId,
  message: MessageEntry,
  session: ClientSession,
): Promise<void> {
  const { conversationId, seq, redactedAt } = message;
  if (redactedAt === null) return;
  await collections.timeline.collection.updateOne(
    { tenantId, conversationId: new ObjectId(conversationId), seq },
    { $set: { text: '', redactedAt: new Date(redactedAt) }, $unset: { parts: '' } },
    { session },
  );
}

async function upsertContact(
  collections: Collections,
  { tenantId, command, conversationId }: CommandRequest,
  unit: Unit,
  session: ClientSession,
): Promise<void> {
  const at = unit.current.get(conversationId)?.createdAt;
  if (command.type !== 'conversations.create' || at === undefined) return;
  const { contactId, contact } = command.input;
  const details = Object.entries(contact ?? {}).map(([name, value]) => [`details.${name}`, value]);
  await collections.contacts.collection.updateOne(
    byId({ tenantId, contactId }),
    {
      $set: { ...Object.fromEntries(details), updatedAt: new Date(at) },
      $setOnInsert: { createdAt: new Date(at), ...(details.length === 0 && { details: {} }) },
    },
    { session, upsert: true },
  );
}

function keyRecord(
  { tenantId, key, conversationId }: CommandRequest,
  outcome: Outcome,
): WireDocument<'idempotency'> {
  if (key === null) throw new Error('Only a keyed command is remembered');
  return {
    _id: { tenantId, key: key.idempotencyKey },
    hash: key.hash,
    conversationId,
    version: outcome.conversation.version,
    created: key.created,
    at: new Date().toISOString(),
  };
}
