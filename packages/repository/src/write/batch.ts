import {
  type AgentState,
  redactMessage,
  type DecideContext,
  type Outcome,
  type Refusal,
} from '@baton/domain';
import type {
  Actor,
  AgentId,
  Command,
  Conversation,
  ConversationId,
  KnownEntry,
  MessageEntry,
  TenantId,
} from '@baton/schema';
import type { MongoClient } from 'mongodb';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';

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
  /** Conversations as this process committed them last; the unique `seq` of their entries finds out old ones. */
  cachedConversations: { get(conversationKey: string): Conversation | undefined };
};

/** A batch in memory: what was read, what was decided. */
export class BatchState {
  /** The conversations as they were read, by id; null for one that does not exist. */
  readonly before = new Map<ConversationId, Conversation | null>();
  /** The same after the commands that were decided so far. */
  readonly current = new Map<ConversationId, Conversation | null>();
  /** Those of which `before` may be out of date. */
  readonly fromCache = new Set<ConversationId>();
  readonly agents = new Map<AgentId, AgentState>();
  readonly idempotencyRecords = new Map<string, WireDocument<'idempotency'>>();
  readonly entries: KnownEntry[] = [];
  readonly redactedMessages: MessageEntry[] = [];
  readonly contactRequests: CommandRequest[] = [];
  readonly keyedOutcomes: { request: CommandRequest; outcome: Outcome }[] = [];
}

/** Takes a decided command into the batch, so that the next one sees its effect. */
export function acceptOutcome(
  batch: BatchState,
  request: CommandRequest,
  outcome: Outcome,
  context: DecideContext,
): void {
  batch.current.set(request.conversationId, outcome.conversation);
  batch.entries.push(...outcome.entries);
  for (const entry of outcome.entries) {
    if (entry.kind === 'owner') moveLoad(batch, entry.from, entry.to);
    if (entry.kind === 'created') moveLoad(batch, null, entry.agentId);
    if (entry.kind === 'redaction' && context.message)
      batch.redactedMessages.push(redactMessage(context.message, entry.at));
  }
  const { command } = request;
  if (command.type === 'conversations.create' && command.input.contact !== undefined)
    batch.contactRequests.push(request);
  if (request.key !== null) batch.keyedOutcomes.push({ request, outcome });
}

function moveLoad(batch: BatchState, from: AgentId | null, to: AgentId): void {
  const change = (agentId: AgentId, by: number) => {
    const agent = batch.agents.get(agentId);
    if (agent !== undefined) {
      batch.agents.set(agentId, { ...agent, activeConversations: agent.activeConversations + by });
    }
  };
  if (from !== null) change(from, -1);
  change(to, 1);
}
