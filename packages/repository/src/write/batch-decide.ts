import { execute, instantOfCommand, type Outcome, Refusal } from '@baton/domain';
import type { Command } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { unreadableRefusal } from '../schema/open-collections.ts';
import { spendingOf } from './agent-budgets.ts';
import { presentContact } from './batch-contacts.ts';
import { decideContextOf } from './batch-context.ts';
import {
  acceptOutcome,
  type BatchState,
  type CommandRequest,
  type CommandResult,
  type CommitOptions,
  filterOfConversation,
  isRestore,
  type WriteRequest,
} from './batch.ts';
import { restoreInBatch } from './batch-restore.ts';
import { StaleRead } from './commit-error.ts';
import { firstResultOfKey, firstResultOfMessages } from './replay.ts';

/** Decides one command on what the batch has come to so far; a key that was used before is answered as then. */
export async function decideCommand(
  batch: BatchState,
  request: WriteRequest,
  options: CommitOptions,
  session: ClientSession,
): Promise<CommandResult> {
  const { conversationId, key } = request;
  const record = key === null ? undefined : batch.idempotencyRecords.get(key.idempotencyKey);
  const conversation = batch.current.get(conversationId) ?? null;
  try {
    if (record !== undefined && key !== null)
      return { kind: 'repeated', first: firstResultOfKey(record, key.hash) };
    if (batch.unreadable.has(conversationId)) throw unreadableRefusal('conversations');
    if (isRestore(request)) {
      const restored = await restoreInBatch(batch, request, options, session);
      return { kind: 'done', ...restored };
    }
    const command = toPresentContact(batch, request.command);
    const first = firstResultOfMessages(request, command, batch.said.get(conversationId));
    if (first !== null) return { kind: 'repeated', first };
    const at = instantOfCommand(command, conversation, options.collections.clock.now());
    const present = { ...request, command };
    const context = await decideContextOf(batch, present, conversation, at, options, session);
    const outcome = execute(conversation, command, context);
    acceptOutcome(batch, present, outcome, context);
    await noteSpending(batch, request, outcome, options, session);
    return { kind: 'done', outcome };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (batch.fromCache.has(conversationId)) await requireUnchanged(batch, request, options, session);
    return { kind: 'refused', refusal: error };
  }
}

/** Takes what a command's messages cost into the batch, where their agents have a budget. History costs nothing now. */
async function noteSpending(
  batch: BatchState,
  { tenantId, command }: CommandRequest,
  { entries }: Outcome,
  { sendPolicies }: CommitOptions,
  session: ClientSession,
): Promise<void> {
  const { input } = command;
  const reservationId = 'reservationId' in input ? input.reservationId : undefined;
  const hasUsage = entries.some((entry) => entry.kind === 'message' && entry.usage !== undefined);
  if (input.at !== undefined || (!hasUsage && reservationId === undefined)) return;
  const policy = await sendPolicies.of(tenantId, session);
  if (policy !== null) batch.spending.push(...spendingOf(entries, policy, reservationId));
}

/** What begins for a contact that was merged into another begins for that one. */
function toPresentContact(batch: BatchState, command: Command): Command {
  if (command.type !== 'conversations.create') return command;
  const contactId = presentContact(batch.contacts, command.input.contactId);
  if (contactId === command.input.contactId) return command;
  return { ...command, input: { ...command.input, contactId } };
}

/**
 * What this process remembers may be old: a refusal counts only where nobody else has changed the conversation.
 * @throws StaleRead
 */
async function requireUnchanged(
  batch: BatchState,
  { tenantId, conversationId }: WriteRequest,
  options: CommitOptions,
  session: ClientSession,
): Promise<void> {
  const { conversations } = options.collections;
  const stored = await conversations.collection.findOne(
    filterOfConversation(options, tenantId, conversationId),
    {
      projection: { version: 1 },
      session,
      maxTimeMS: TRANSACTION_TIMEOUT_MS,
    },
  );
  if (stored?.['version'] !== batch.before.get(conversationId)?.version)
    throw new StaleRead('Refused by what was remembered');
  batch.fromCache.delete(conversationId);
}
