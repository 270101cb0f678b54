import { Refusal } from '@baton/domain';
import {
  type AuditActor,
  ConversationId,
  type ReassignConversations,
  type Reassigned,
  type TenantId,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { ReadGate } from '../fairness/read-gate.ts';
import { listName } from '../schema/conversation-lists.ts';
import type { Collections } from '../schema/open-collections.ts';
import { firstAnswer, idempotentInTransaction } from './idempotent.ts';
import type { Caller, Submit } from './submit-command.ts';

const PROCEDURE = 'handoffs.reassign';

/** How many that cannot be moved a step looks past. */
const LOOKED_PAST = 200;
/** How many are moved side by side. */
const SIDE_BY_SIDE = 10;

/** After these nobody else's conversation would be taken either. */
const ENDS_THE_STEP: ReadonlySet<string> = new Set([
  'AGENT_FULL',
  'AGENT_UNAVAILABLE',
  'UNKNOWN_AGENT',
  'FORBIDDEN',
]);
/** Another step, or the agent itself, was first. */
const IS_DONE: ReadonlySet<string> = new Set([
  'NOT_OWNER',
  'CONVERSATION_CLOSED',
  'CONVERSATION_ERASED',
  'NOT_FOUND',
]);

/**
 * Moves some of the conversations that an agent owns and that are not closed, each by a transfer of its own with all of its
 * rules: the step ends where the new owner is full or away. A step that was cut short is sent again: what was moved is not
 * moved twice.
 * @throws Refusal IDEMPOTENCY_MISMATCH; AGENT_FULL, AGENT_UNAVAILABLE, UNKNOWN_AGENT, INVALID_INPUT where nothing was moved
 */
export async function reassign(
  { collections, reads, submit }: { collections: Collections; reads: ReadGate; submit: Submit },
  caller: Caller,
  input: ReassignConversations,
): Promise<Reassigned> {
  const { tenantId, by = OPERATOR } = caller;
  const { from, to, limit } = input;
  if (from === to) throw new Refusal('INVALID_INPUT', 'from and to are the same agent', { path: 'to' });
  const kept = await firstAnswer<Reassigned>(collections, tenantId, PROCEDURE, input);
  if (kept !== null) return kept;
  const candidates = await reads.run(tenantId, 'quick', () => openOf(collections, tenantId, input));
  const step = new Step(submit, caller, input);
  for (let next = 0; next < candidates.length && !step.isOver;) {
    const together = candidates.slice(next, next + Math.min(SIDE_BY_SIDE, limit - step.moved.length));
    await Promise.all(together.map((conversationId) => step.move(conversationId)));
    next += together.length;
  }
  if (step.refusal !== null && step.moved.length === 0) throw step.refusal;
  const looked = step.moved.length + step.skipped.length;
  const answer: Reassigned = {
    conversationIds: step.moved,
    skipped: step.skipped,
    stopped: step.refusal?.code ?? null,
    more: candidates.length > looked,
  };
  return idempotentInTransaction(collections, tenantId, PROCEDURE, input, async (session) => {
    await recordStep(collections, tenantId, { from, to, moved: step.moved.length }, by, session);
    return answer;
  });
}

class Step {
  readonly moved: ConversationId[] = [];
  readonly skipped: Reassigned['skipped'] = [];
  refusal: Refusal | null = null;
  readonly #submit: Submit;
  readonly #caller: Caller;
  readonly #input: ReassignConversations;

  constructor(submit: Submit, caller: Caller, input: ReassignConversations) {
    this.#submit = submit;
    this.#caller = caller;
    this.#input = input;
  }

  get isOver(): boolean {
    return this.refusal !== null || this.moved.length >= this.#input.limit;
  }

  async move(conversationId: ConversationId): Promise<void> {
    const { from, to, reason, force } = this.#input;
    const input = { conversationId, from, to, reason, trigger: 'manual', confidence: 1, force } as const;
    try {
      await this.#submit(this.#caller, { type: 'handoffs.transfer', input });
      this.moved.push(conversationId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (ENDS_THE_STEP.has(error.code)) this.refusal ??= error;
      else if (!IS_DONE.has(error.code)) this.skipped.push({ conversationId, code: error.code });
    }
  }
}

/** Those that the agent owns and that are not closed, the latest change first. */
async function openOf(
  { conversations }: Collections,
  tenantId: TenantId,
  { from, limit }: ReassignConversations,
): Promise<ConversationId[]> {
  const documents = await conversations.collection
    .find(
      { tenantId, listedUnder: listName.owner(from), status: { $in: ['active', 'paused', 'scheduled'] } },
      { projection: { _id: 1 }, hint: 'by_list', maxTimeMS: READ_TIMEOUT_MS },
    )
    .sort({ updatedAt: -1, _id: -1 })
    .limit(limit + LOOKED_PAST)
    .toArray();
  return documents.map(({ _id }) => ConversationId.parse(new ObjectId(_id).toHexString()));
}

function recordStep(
  collections: Collections,
  tenantId: TenantId,
  { from, to, moved }: { from: string; to: string; moved: number },
  by: AuditActor,
  session: Parameters<typeof appendAudit>[2],
): Promise<void> {
  return appendAudit(
    collections,
    { tenantId, action: PROCEDURE, by, target: from, details: { to, moved } },
    session,
  );
}
