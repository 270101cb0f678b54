import { type BudgetUse, dayOf, nextDay, Refusal, sendReasons } from '@baton/domain';
import {
  type AgentId,
  type BudgetReservation,
  type KnownEntry,
  type ReserveBudget,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { isDuplicate } from '../connection/duplicate-key.ts';
import { conversationOf } from '../schema/mapping.ts';
import { noSuchConversation } from '../read/conversation.ts';
import { readSending } from '../read/sending.ts';
import { readTenantPolicy, type TenantPolicy } from '../read/tenant.ts';
import { MAX_RESERVATIONS } from '../schema/documents.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { StaleRead } from './commit-error.ts';
import { idempotent } from './idempotent.ts';

/** How long the use of a day is kept, in milliseconds. */
const KEPT_MS = 8 * 86_400_000;

/** What an agent used up in a day, as messages of one batch say. */
export type Spending = BudgetUse & { agentId: AgentId; day: string; reservationIds: string[] };

/** What the messages of a command cost agents that have a budget; nothing for most. */
export function spendingOf(
  entries: readonly KnownEntry[],
  { policy, timeZone }: TenantPolicy,
  reservationId: string | undefined,
): Spending[] {
  const spent = new Map<AgentId, Spending>();
  for (const entry of entries) {
    if (entry.kind !== 'message' || entry.author.agentId === undefined) continue;
    const { agentId } = entry.author;
    if (policy.budgets?.some((budget) => budget.agentId === agentId) !== true) continue;
    const { inputTokens = 0, outputTokens = 0, costMicros = 0 } = entry.usage ?? {};
    const before = spent.get(agentId) ?? {
      agentId,
      day: dayOf(entry.at, timeZone),
      tokens: 0,
      costMicros: 0,
      reservationIds: reservationId === undefined ? [] : [reservationId],
    };
    spent.set(agentId, {
      ...before,
      tokens: before.tokens + inputTokens + outputTokens,
      costMicros: before.costMicros + costMicros,
    });
  }
  return [...spent.values()].filter(
    ({ tokens, costMicros, reservationIds }) => tokens > 0 || costMicros > 0 || reservationIds.length > 0,
  );
}

/**
 * Counts what was spent in the transaction of the messages, so that each counts once; of two transactions that count for one
 * agent at the same time one is tried again.
 * @throws StaleRead for the first of a day, whose document has to be there before the transaction
 */
export async function writeSpending(
  collections: Collections,
  tenantId: TenantId,
  spent: readonly Spending[],
  session: ClientSession,
): Promise<void> {
  const { agent_budgets: budgets } = collections;
  for (const { agentId, day, tokens, costMicros, reservationIds } of spent) {
    // The driver's type allows `$pull` of declared fields alone.
    const settled: Document = {
      $inc: { tokens, costMicros },
      ...(reservationIds.length > 0 && {
        $pull: { reserved: { id: { $in: reservationIds.map((id) => new ObjectId(id)) } } },
      }),
    };
    const found = await budgets.collection.updateOne(byId({ tenantId, agentId, day }), settled, { session });
    if (found.matchedCount > 0) continue;
    await beginDay(collections, tenantId, agentId, day);
    throw new StaleRead('The first use of the day');
  }
}

async function beginDay(
  { agent_budgets: budgets, clock }: Collections,
  tenantId: TenantId,
  agentId: AgentId,
  day: string,
): Promise<void> {
  const expiresAt = timestamp(clock.now() + KEPT_MS);
  const _id = { tenantId, agentId, day };
  const { _id: _same, ...begun } = budgets.encode({
    _id,
    tokens: 0,
    costMicros: 0,
    reserved: [],
    expiresAt,
  });
  try {
    const update = { $setOnInsert: begun };
    await budgets.collection.updateOne(byId(_id), update, { upsert: true, maxTimeMS: WRITE_TIMEOUT_MS });
  } catch (error) {
    // Another was first.
    if (!isDuplicate(error)) throw error;
  }
}

/** What is still set aside. */
const LIVE = { $filter: { input: '$reserved', cond: { $gt: ['$$this.until', '$$NOW'] } } };

/** Whether so much more is left of a limit. */
function leaves(field: keyof BudgetUse, asked: number, limit = Infinity): Document[] {
  if (limit === Infinity) return [];
  const aside = { $sum: { $map: { input: LIVE, as: 'each', in: `$$each.${field}` } } };
  return [{ $lte: [{ $add: [`$${field}`, asked, aside] }, limit] }];
}

/**
 * Sets tokens and money of an agent's day aside for an answer that is going to be written, where the send policy would let it
 * be said. One document an agent and day: however many servers ask at once, they never set more aside than is left.
 * @throws Refusal NOT_FOUND, IDEMPOTENCY_MISMATCH, and the codes of the send policy
 */
async function reserve(
  collections: Collections,
  tenantId: TenantId,
  input: ReserveBudget,
): Promise<BudgetReservation> {
  const { agent_budgets: budgets, clock } = collections;
  const { tenant, agentId, at, conversation } = await readAsked(collections, tenantId, input);
  const { owner } = conversation;
  const budget = tenant?.policy.budgets?.find((each) => each.agentId === agentId);
  const day = dayOf(at, tenant?.timeZone ?? 'UTC');
  // A transaction does not see what is written after its beginning.
  if (budget !== undefined) await beginDay(collections, tenantId, agentId, day);
  return idempotent(collections, tenantId, 'messages.reserve', input, async (session) => {
    const target = { ...conversation, tenantId, conversation, agentIds: [agentId], at };
    const sending = tenant === null ? undefined : await readSending(collections, tenant, target);
    const would = { at, agentId, template: input.template };
    const reasons = sendReasons(conversation, would, sending);
    const [first] = reasons;
    if (first !== undefined) throw new Refusal(first.code, first.message, { owner, reasons });
    if (tenant === null || budget === undefined) return { reservationId: null, until: null };
    const id = newObjectId(clock);
    const until = timestamp(clock.now() + input.forMs);
    const { tokens, costMicros } = input;
    const isLeft = [
      { $lt: [{ $size: LIVE }, MAX_RESERVATIONS] },
      ...leaves('tokens', tokens, budget.tokensPerDay),
      ...leaves('costMicros', costMicros, budget.costMicrosPerDay),
    ];
    const aside = { id, tokens, costMicros, until: new Date(until) };
    const { modifiedCount } = await budgets.collection.updateOne(
      { ...byId({ tenantId, agentId, day }), $expr: { $and: isLeft } },
      [{ $set: { reserved: { $concatArrays: [LIVE, [aside]] } } }],
      { maxTimeMS: WRITE_TIMEOUT_MS, ...(session && { session }) },
    );
    if (modifiedCount > 0) return { reservationId: id.toHexString(), until };
    const message = `The budget of ${agentId} for today leaves less than was asked for`;
    const reason = { code: 'BUDGET_SPENT', message, until: nextDay(at, tenant.timeZone) };
    throw new Refusal('BUDGET_SPENT', message, { owner, reasons: [reason] });
  });
}

/** @throws Refusal NOT_FOUND */
async function readAsked(
  collections: Collections,
  tenantId: TenantId,
  { conversationId, by }: ReserveBudget,
) {
  const { conversations, clock } = collections;
  await clock.ready();
  const document = await conversations.collection.findOne(
    { _id: new ObjectId(conversationId), tenantId },
    { maxTimeMS: READ_TIMEOUT_MS },
  );
  if (document === null) throw noSuchConversation();
  const conversation = conversationOf(conversations.decode(document));
  const tenant = await readTenantPolicy(collections, tenantId);
  const agentId = by ?? conversation.owner.agentId;
  return { conversation, tenant, agentId, at: timestamp(clock.now()) };
}

export const agentBudgets = { reserve };
