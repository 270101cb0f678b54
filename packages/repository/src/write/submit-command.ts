import { actorOfCommand } from '@baton/domain';
import { type Actor, type Command, ConversationId, type TenantId } from '@baton/schema';
import { newObjectId } from '../clock/clock.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { findOwningConversation } from '../read/find-owning-conversation.ts';
import type { Collections } from '../schema/open-collections.ts';
import { rethrowUnavailable } from './commit-error.ts';
import type { Committed, Committer } from './committer.ts';
import { commandHash } from './replay.ts';

/** Who calls: one tenant, and what the credential allows. */
export type Caller = { tenantId: TenantId; actor: Actor; mayForce: boolean };

/** How a command is remembered under its idempotency key. */
type SubmitOptions = {
  /** The procedure that was called; the command's type unless given. */
  procedure?: string;
  /** Whether findOrCreate creates; null for every other procedure. */
  created?: boolean | null;
};

export type Submit = (caller: Caller, command: Command, options?: SubmitOptions) => Promise<Committed>;

/**
 * Submits commands to the committer, each with the conversation that it belongs to.
 * @throws Refusal
 */
export function commandSubmitter(collections: Collections, reads: ReadGate, committer: Committer): Submit {
  return async (caller, command, { procedure = command.type, created = null } = {}) => {
    const { tenantId, actor, mayForce } = caller;
    const { input } = command;
    const idempotencyKey = 'idempotencyKey' in input ? input.idempotencyKey : undefined;
    try {
      const conversationId = await conversationIdOf(collections, reads, tenantId, command);
      return await committer.submit({
        tenantId,
        conversationId,
        command,
        actor: actorOfCommand(command, actor),
        mayForce,
        id:
          command.type === 'conversations.create'
            ? conversationId
            : newObjectId(collections.clock).toHexString(),
        key:
          idempotencyKey === undefined
            ? null
            : { idempotencyKey, hash: commandHash(procedure, input), created },
      });
    } catch (error) {
      return rethrowUnavailable(error);
    }
  };
}

async function conversationIdOf(
  collections: Collections,
  reads: ReadGate,
  tenantId: TenantId,
  { type, input }: Command,
): Promise<ConversationId> {
  if ('conversationId' in input) return input.conversationId;
  const owner = (collection: 'handoffs' | 'objections' | 'follow_ups', itemId: string) =>
    reads.run(tenantId, 'quick', () => findOwningConversation(collections, tenantId, collection, itemId));
  if ('handoffId' in input) return owner('handoffs', input.handoffId);
  if ('objectionId' in input) return owner('objections', input.objectionId);
  if ('followUpId' in input) return owner('follow_ups', input.followUpId);
  if (type === 'conversations.create')
    return ConversationId.parse(newObjectId(collections.clock).toHexString());
  throw new Error(`${type} names no conversation`);
}
