import { randomBytes } from 'node:crypto';
import { actorOfCommand, type Outcome, Refusal } from '@baton/domain';
import {
  type Actor,
  type AuditActor,
  type Command,
  ConversationId,
  type RestoreConversation,
  type RestoredConversation,
  type TenantId,
} from '@baton/schema';
import { type Clock, newObjectId } from '../clock/clock.ts';
import { before } from '../connection/before.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { findOwningConversation } from '../read/find-owning-conversation.ts';
import type { Collections } from '../schema/open-collections.ts';
import type { CommandRequest } from './batch.ts';
import { IdTaken, rethrowUnavailable } from './commit-error.ts';
import type { Committer } from './committer.ts';
import { keepRefusal, refusedReply } from './refusals.ts';
import { commandHash } from './replay.ts';

/** Who calls: one tenant, what the credential allows, and who it is in the audit log; without `by`, an operator. */
export type Caller = {
  tenantId: TenantId;
  actor: Actor;
  mayForce: boolean;
  /** Its role acts for one agent and no other. */
  isOneAgent?: boolean;
  by?: AuditActor;
};

/** The key that a command is remembered by, with the hash of its input. */
export type RememberedKey = { idempotencyKey: string; hash: string };

type SubmitOptions = {
  /** The key where it is not the command's own; `created` says whether findOrCreate creates. */
  key?: (RememberedKey & { created: boolean }) | null;
  /** When it is given up; as long from now as every command has, unless given. */
  deadline?: number;
};

export type Submit = (caller: Caller, command: Command, options?: SubmitOptions) => Promise<Outcome>;

/** What makes a paused conversation active beside what it is sent for. */
const ENDS_PAUSES: ReadonlySet<string> = new Set([
  'conversations.endPause',
  'messages.append',
  'messages.appendTurn',
]);

const isAlreadyActive = (error: unknown) => error instanceof Refusal && error.code === 'ALREADY_ACTIVE';

const ID_ATTEMPTS = 3;

/**
 * Submits commands to the committer, each with the conversation that it belongs to.
 * @throws Refusal
 */
export function commandSubmitter(collections: Collections, reads: ReadGate, committer: Committer): Submit {
  return async (caller, command, options = {}) => {
    const { key = keyOf(command), deadline = committer.newDeadline() } = options;
    const { tenantId, actor, mayForce, isOneAgent, by } = caller;
    try {
      return await withFreshId(collections.clock, async (id) => {
        const conversationId =
          command.type === 'conversations.create'
            ? ConversationId.parse(id)
            : await conversationIdOf(collections, reads, tenantId, command, deadline);
        const acting = actorOfCommand(command, actor);
        const isForAnother = isOneAgent === true && acting.agentId !== actor.agentId;
        const request = {
          tenantId,
          conversationId,
          command,
          mayForce,
          isOneAgent,
          isForAnother,
          by,
          id,
          key,
        };
        const submit = (staysPaused = false) =>
          committer.submit({ ...request, actor: acting, staysPaused }, deadline);
        const committed = submit().catch((error: unknown) => {
          // Words are taken, and a pause is over, where the contact has another active conversation.
          if (!ENDS_PAUSES.has(command.type) || !isAlreadyActive(error)) throw error;
          return submit(true);
        });
        return (await committed).outcome;
      });
    } catch (error) {
      // The caller is refused all the same where it could not be kept.
      const reply = refusedReply(command, error);
      if (reply !== null) {
        const keep = () => keepRefusal(collections, tenantId, reply);
        await before(deadline, reads.run(tenantId, 'quick', keep)).catch(() => undefined);
      }
      return rethrowUnavailable(error);
    }
  };
}

function keyOf({ type, input }: Command): CommandRequest['key'] {
  const idempotencyKey = 'idempotencyKey' in input ? input.idempotencyKey : undefined;
  return idempotencyKey === undefined
    ? null
    : { idempotencyKey, hash: commandHash(type, input), created: null };
}

/**
 * Tries again where the new id is taken: an archive may have brought it in. The driver's ids can be guessed from the one
 * before, so a second one is random but for its time.
 */
async function withFreshId(clock: Clock, submit: (id: string) => Promise<Outcome>): Promise<Outcome> {
  let id = newObjectId(clock).toHexString();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await submit(id);
    } catch (error) {
      if (!(error instanceof IdTaken) || attempt === ID_ATTEMPTS) throw error;
      id = id.slice(0, 8) + randomBytes(8).toString('hex');
    }
  }
}

/**
 * Brings a timeline in as it is, or a piece of one.
 * @throws Refusal those of `restore`; ALREADY_ACTIVE, INVALID_INPUT
 * @throws Refusal ID_TAKEN where an id of it is another conversation's, whosever that is
 */
export async function restoreConversation(
  committer: Committer,
  tenantId: TenantId,
  input: RestoreConversation,
): Promise<RestoredConversation> {
  const { conversationId } = input;
  const command = { type: 'conversations.restore', input } as const;
  try {
    const restored = await committer.submit({ tenantId, conversationId, command, key: null });
    const { conversation, entries } = restored.outcome;
    return { conversation: restored.unfinished === true ? null : conversation, added: entries.length };
  } catch (error) {
    if (!(error instanceof IdTaken)) return rethrowUnavailable(error);
    throw new Refusal('ID_TAKEN', 'An id of this timeline is taken in this store', { conversationId });
  }
}

async function conversationIdOf(
  collections: Collections,
  reads: ReadGate,
  tenantId: TenantId,
  { type, input }: Command,
  deadline: number,
): Promise<ConversationId> {
  if ('conversationId' in input) return input.conversationId;
  const owner = (collection: 'handoffs' | 'objections' | 'follow_ups', itemId: string) => {
    const find = () => findOwningConversation(collections, tenantId, collection, itemId);
    return before(deadline, reads.run(tenantId, 'quick', find));
  };
  if ('handoffId' in input) return owner('handoffs', input.handoffId);
  if ('objectionId' in input) return owner('objections', input.objectionId);
  if ('followUpId' in input) return owner('follow_ups', input.followUpId);
  throw new Error(`${type} names no conversation`);
}
