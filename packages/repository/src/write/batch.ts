import {
  type AgentState,
  type DecideContext,
  isClosed,
  type Outcome,
  redactMessage,
  type Refusal,
} from '@baton/domain';
import type {
  Actor,
  AgentId,
  AuditActor,
  Command,
  Conversation,
  ConversationId,
  Entry,
  KnownEntry,
  MessageEntry,
  RestoreConversation,
  TenantId,
} from '@baton/schema';
import { type MongoClient, ObjectId } from 'mongodb';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { type BatchContacts, noteSeen } from './batch-contacts.ts';
import type { RegisteredAgents } from './registered-agents.ts';
import type { Spending } from './agent-budgets.ts';
import type { FirstResult } from './history.ts';
import type { SendPolicies } from './send-policies.ts';
import type { SaidMessages } from './replay.ts';
import { knownDocument, type TenantFilter } from '../schema/tenant-collection.ts';

/** One command on its way: whose it is, who calls, and what it needs to be decided once. */
export type CommandRequest = {
  tenantId: TenantId;
  conversationId: ConversationId;
  command: Command;
  /** Who does it. */
  actor: Actor;
  mayForce: boolean;
  isOneAgent?: boolean | undefined;
  /** The contact has another active conversation on the channel: see `DecideContext`. */
  staysPaused?: boolean | undefined;
  /** Its caller is one agent, and does it as another: the timeline names that other one. */
  isForAnother?: boolean | undefined;
  /** Who it is in the audit log; an operator without it. */
  by?: AuditActor | undefined;
  /** A fresh id for what it makes. */
  id: string;
  /** The key to remember it by, with the hash of its input. */
  key: { idempotencyKey: string; hash: string; created: boolean | null } | null;
};

/** A command that the audit log has. */
export type AuditedCommand = {
  request: CommandRequest;
  action: 'conversations.force' | 'conversations.actFor';
};

/** A timeline, or a piece of one, on its way: nobody does it, and its entries are its key. */
export type RestoreRequest = {
  tenantId: TenantId;
  conversationId: ConversationId;
  command: { type: 'conversations.restore'; input: RestoreConversation };
  key: null;
};

export type WriteRequest = CommandRequest | RestoreRequest;

export function isRestore(request: WriteRequest): request is RestoreRequest {
  return request.command.type === 'conversations.restore';
}

/**
 * What became of one command of a batch: a refusal is its own alone. Where a restore is unfinished its outcome has the
 * fold of the pieces so far, which is no conversation yet.
 */
export type CommandResult =
  | { kind: 'done'; outcome: Outcome; unfinished?: boolean }
  | { kind: 'refused'; refusal: Refusal }
  /** It was done before: under its key, or its message was said. */
  | { kind: 'repeated'; first: FirstResult };

export type CommitOptions = {
  client: MongoClient;
  /** How long to ask whether the commit happened, on the process's own clock. */
  deadline: number;
  collections: Collections;
  registeredAgents: RegisteredAgents;
  sendPolicies: SendPolicies;
  /** Conversations as this process committed them last; the unique `seq` of their entries finds out old ones. */
  cachedConversations: { get(conversationKey: string): Conversation | undefined };
  /** Whether other servers write for the tenant too, so that what is cached is read again. */
  mayBeStale: boolean;
  /** Whether the collections are spread over shards. */
  isSharded: boolean;
  /** The folds of pieces that this process restored last. */
  cachedPieces: { get(conversationKey: string): Conversation | undefined };
};

/** The filter of one conversation: by its id alone, for which mongod has a fast path, or by its whole shard key. */
export function filterOfConversation(
  { isSharded }: CommitOptions,
  tenantId: TenantId,
  conversationId: ConversationId,
): TenantFilter {
  const _id = new ObjectId(conversationId);
  return isSharded ? { tenantId, _id } : knownDocument(tenantId, _id);
}

/** A message that is in the store with its text. */
export type RedactedMessage = Pick<MessageEntry, 'conversationId' | 'seq' | 'redactedAt'>;

/** A batch in memory: what was read, what was decided. */
export class BatchState {
  /** The conversations as they were read, by id; null for one that does not exist. */
  readonly before = new Map<ConversationId, Conversation | null>();
  /** The same after the commands that were decided so far. */
  readonly current = new Map<ConversationId, Conversation | null>();
  /** Those of which `before` may be out of date. */
  readonly fromCache = new Set<ConversationId>();
  /** Those that are there but cannot be read. */
  readonly unreadable = new Set<ConversationId>();
  /** The agents as the store has them. */
  readonly agents = new Map<AgentId, AgentState>();
  /** How many active conversations each agent has gained by the commands that were decided so far, or lost. */
  readonly loadChanges = new Map<AgentId, number>();
  /** The agents that were given an active conversation. */
  readonly assigned = new Set<AgentId>();
  /** What was said before of the messages to conversations that were not remembered. */
  said: ReadonlyMap<ConversationId, SaidMessages> = new Map();
  readonly idempotencyRecords = new Map<string, WireDocument<'idempotency'>>();
  readonly entries: KnownEntry[] = [];
  /** The folds of what was restored in pieces, and is no conversation yet. */
  readonly unfinished = new Map<ConversationId, Conversation>();
  /** Entries of earlier pieces whose projections are still to be written. */
  readonly earlierEntries: Entry[] = [];
  readonly redactedMessages: MessageEntry[] = [];
  /** Messages of earlier pieces that a later one redacts. */
  readonly earlierRedactions: RedactedMessage[] = [];
  /** The contacts of conversations that begin or are reopened. */
  readonly contacts: BatchContacts = new Map();
  readonly audited: AuditedCommand[] = [];
  /** What agents with a budget have used up. */
  readonly spending: Spending[] = [];
  readonly keyedOutcomes: { request: CommandRequest; outcome: Outcome }[] = [];
}

/** Whether there is anything to write. */
export function hasChanges(batch: BatchState): boolean {
  if (batch.entries.length > 0) return true;
  return [...batch.current].some(([id, conversation]) => conversation !== (batch.before.get(id) ?? null));
}

/** Takes a decided command into the batch, so that the next one sees its effect. */
export function acceptOutcome(
  batch: BatchState,
  request: CommandRequest,
  outcome: Outcome,
  context: DecideContext,
): void {
  const before = batch.current.get(request.conversationId) ?? null;
  changeLoad(batch, before, outcome.conversation);
  batch.current.set(request.conversationId, outcome.conversation);
  batch.entries.push(...outcome.entries);
  for (const entry of outcome.entries) {
    if (entry.kind === 'redaction' && context.message)
      batch.redactedMessages.push(redactMessage(context.message, entry.at));
  }
  const { command } = request;
  if (command.type === 'conversations.create')
    noteSeen(batch.contacts, request.tenantId, outcome.conversation, command.input.contact);
  else if (before !== null && isClosed(before) && !isClosed(outcome.conversation))
    noteSeen(batch.contacts, request.tenantId, outcome.conversation);
  const isForced = outcome.entries.some((entry) => 'forced' in entry && entry.forced === true);
  if (isForced) batch.audited.push({ request, action: 'conversations.force' });
  else if (request.isForAnother === true && outcome.entries.length > 0)
    batch.audited.push({ request, action: 'conversations.actFor' });
  // What changes nothing is decided anew at a retry.
  if (request.key !== null && outcome.entries.length > 0) batch.keyedOutcomes.push({ request, outcome });
}

/** Who has the conversation among their active ones. */
function activeOwner(conversation: Conversation | null): AgentId | null {
  return conversation?.status === 'active' ? conversation.owner.agentId : null;
}

function changeLoad(batch: BatchState, before: Conversation | null, after: Conversation): void {
  const was = activeOwner(before);
  const is = activeOwner(after);
  if (was === is) return;
  const { loadChanges, assigned } = batch;
  if (was !== null) loadChanges.set(was, (loadChanges.get(was) ?? 0) - 1);
  if (is === null) return;
  loadChanges.set(is, (loadChanges.get(is) ?? 0) + 1);
  assigned.add(is);
}

/** Some of the agents as the commands that were decided so far leave them. */
export function agentsAfter(batch: BatchState, ids: readonly AgentId[]): Map<AgentId, AgentState> {
  const agents = new Map<AgentId, AgentState>();
  for (const id of ids) {
    const agent = batch.agents.get(id);
    if (agent === undefined) continue;
    const activeConversations = agent.activeConversations + (batch.loadChanges.get(id) ?? 0);
    agents.set(id, { ...agent, activeConversations });
  }
  return agents;
}
