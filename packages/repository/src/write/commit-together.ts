import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@baton/domain';
import type { Actor, AuditActor, Command, ConversationId, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { decideCommand } from './batch-decide.ts';
import { readBatch } from './batch-read.ts';
import { writeBatch } from './batch-write.ts';
import { BatchState, type CommandRequest, type CommitOptions, hasChanges } from './batch.ts';
import { StaleRead } from './commit-error.ts';
import { RegisteredAgents } from './registered-agents.ts';
import { SendPolicies } from './send-policies.ts';

/** What writing to conversations and to something else in one transaction needs of a store. */
export type ConversationWriter = { collections: Collections; isSharded: boolean };

/** A command of the server's own for one of several conversations. */
export type OwnCommand = Extract<Command, { type: 'contacts.noteConsent' }>;

const PAUSE_MS = 20;

/** What keeps one conversation from a change that is about its contact: the others have theirs. */
const PASSED_OVER: ReadonlySet<Refusal['code']> = new Set(['NOT_FOUND', 'CONVERSATION_ERASED', 'UNREADABLE']);

/**
 * Does commands of several conversations in a transaction that is open. What this process or another remembers of these
 * conversations is found to be old by their entries.
 * @throws StaleRead where another commit was quicker
 * @throws Refusal where the rules refuse one
 */
export async function commitTogether(
  { collections, isSharded }: ConversationWriter,
  tenantId: TenantId,
  commands: readonly { conversationId: ConversationId; command: OwnCommand }[],
  by: AuditActor,
  session: ClientSession,
): Promise<void> {
  if (commands.length === 0) return;
  const batch = new BatchState();
  const nothing = { get: () => undefined };
  const options: CommitOptions = {
    client: collections.db.client,
    deadline: performance.now() + WRITE_TIMEOUT_MS,
    collections,
    registeredAgents: new RegisteredAgents(collections),
    sendPolicies: new SendPolicies(collections),
    cachedConversations: nothing,
    mayBeStale: true,
    isSharded,
    cachedPieces: nothing,
  };
  const actor: Actor = by.agentId === null ? { kind: 'system' } : { kind: 'agent', agentId: by.agentId };
  const requests = commands.map(({ conversationId, command }): CommandRequest => {
    const id = newObjectId(collections.clock).toHexString();
    return { tenantId, conversationId, command, actor, mayForce: true, by, id, key: null };
  });
  await readBatch(batch, tenantId, requests, options, session);
  for (const request of requests) {
    const result = await decideCommand(batch, request, options, session);
    if (result.kind === 'refused' && !PASSED_OVER.has(result.refusal.code)) throw result.refusal;
  }
  if (hasChanges(batch)) await writeBatch(batch, tenantId, options, session);
}

/** Does work once more from a fresh read where a conversation has changed meanwhile, until the time is over. */
export async function retryStale<Answer>(
  work: () => Promise<Answer>,
  deadlineMs = WRITE_TIMEOUT_MS,
): Promise<Answer> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StaleRead)) throw error;
      if (performance.now() > deadline) throw new Refusal('UNAVAILABLE', 'MongoDB did not take it in time');
    }
    await sleep(PAUSE_MS);
  }
}
