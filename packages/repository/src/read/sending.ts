import { type BudgetUse, dayOf, type FollowUpCalendar, type Sending } from '@baton/domain';
import {
  type AgentId,
  type Channel,
  type Command,
  type ContactId,
  type Conversation,
  type KnownEntry,
  type NewMessage,
  type SendPolicy,
  type TenantId,
  TimeZone,
  type Timestamp,
} from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readEntry } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import type { TenantPolicy } from './tenant.ts';

/** How many messages of a conversation are read at once, back to the customer's latest. */
const STEP = 50;
/** The highest limit of messages in a row that a policy may have. */
const LONGEST_RUN = 100;

/** What a command would say in public now, of agents or their tools; nothing of history that is brought in. */
export function saidNow({ type, input }: Command): readonly Pick<NewMessage, 'author'>[] {
  if (input.at !== undefined) return [];
  if (type === 'messages.appendTurn') return input.messages.filter(isOfAgent);
  if (type === 'messages.append') return isOfAgent(input) ? [input] : [];
  if (type !== 'conversations.create' && type !== 'conversations.continue') return [];
  const { initialMessage } = input;
  return initialMessage !== undefined && isOfAgent({ ...initialMessage, visibility: 'public' })
    ? [initialMessage]
    : [];
}

const isOfAgent = ({ author, visibility }: Pick<NewMessage, 'author' | 'visibility'>): boolean =>
  visibility === 'public' && (author.kind === 'agent' || author.kind === 'tool');

/** To whom agents would say something, and what is to be known for it. */
export type SendTarget = {
  tenantId: TenantId;
  contactId: ContactId;
  channel: Channel;
  /** Null where it does not exist yet. */
  conversation: Conversation | null;
  agentIds: readonly AgentId[];
  /** What was set aside for it. */
  reservationId?: string | undefined;
  at: Timestamp;
};

/**
 * Reads what a policy goes by, and nothing that it does not ask for.
 * @param unwritten entries of the conversation that are decided and not written yet, the oldest first
 */
export async function readSending(
  collections: Collections,
  { policy, timeZone }: TenantPolicy,
  target: SendTarget,
  unwritten: readonly KnownEntry[] = [],
  session?: ClientSession,
): Promise<Sending> {
  const { tenantId, channel, conversation, at } = target;
  const contactZone =
    policy.quietHours === undefined
      ? null
      : await contactZoneOf(collections, tenantId, target.contactId, session);
  const needsRun = policy.windows?.[channel] !== undefined || policy.runLimit !== undefined;
  const run =
    needsRun && conversation !== null
      ? await readRun(collections, tenantId, conversation, unwritten, session)
      : { lastCustomerAt: null, agentRun: 0 };
  const day = dayOf(at, timeZone);
  const budgetUse = await readBudgetUse(collections, policy, target, day, session);
  return { policy, contactZone: contactZone ?? timeZone, tenantZone: timeZone, ...run, budgetUse };
}

/** The zone of a contact; null where it is unknown. */
async function contactZoneOf(
  { contacts }: Collections,
  tenantId: TenantId,
  contactId: ContactId,
  session?: ClientSession,
): Promise<string | null> {
  const document = await contacts.collection.findOne(byId({ tenantId, contactId }), {
    projection: { 'details.timeZone': 1 },
    maxTimeMS: TRANSACTION_TIMEOUT_MS,
    ...(session && { session }),
  });
  const zone = TimeZone.safeParse(document?.['details']?.['timeZone']);
  return zone.success ? zone.data : null;
}

/** When follow-ups of a contact do not come due; undefined where the policy has no such times. */
export async function readCalendar(
  collections: Collections,
  { policy: { quietHours, holidays = [] }, timeZone }: TenantPolicy,
  { tenantId, contactId }: Pick<SendTarget, 'tenantId' | 'contactId'>,
  session?: ClientSession,
): Promise<FollowUpCalendar | undefined> {
  if (quietHours === undefined && holidays.length === 0) return undefined;
  const zone =
    quietHours === undefined ? null : await contactZoneOf(collections, tenantId, contactId, session);
  const contactZone = zone ?? timeZone;
  return { quietHours, contactZone, holidays: new Set(holidays), tenantZone: timeZone };
}

type Run = Pick<Sending, 'lastCustomerAt' | 'agentRun'>;

/** The customer's latest words, and how much agents have said in public since. */
async function readRun(
  collections: Collections,
  tenantId: TenantId,
  { id, metrics }: Conversation,
  unwritten: readonly KnownEntry[],
  session: ClientSession | undefined,
): Promise<Run> {
  let agentRun = 0;
  const isCustomers = (entry: KnownEntry | null): boolean => {
    if (entry?.kind !== 'message') return false;
    if (entry.author.kind === 'agent' && entry.visibility === 'public') agentRun += 1;
    return entry.author.kind === 'customer';
  };
  for (const entry of unwritten.toReversed())
    if (isCustomers(entry)) return { lastCustomerAt: entry.at, agentRun };
  // Before the customer's first words it would be all that agents said; no limit is higher than this.
  const limit = metrics.customerMessages === 0 ? LONGEST_RUN : 0;
  const stored = collections.timeline.collection
    .find(
      {
        tenantId,
        conversationId: new ObjectId(id),
        kind: 'message',
        $or: [{ 'author.kind': 'customer' }, { 'author.kind': 'agent', visibility: 'public' }],
      },
      { maxTimeMS: TRANSACTION_TIMEOUT_MS, batchSize: STEP, limit, ...(session && { session }) },
    )
    .sort({ seq: -1 });
  for await (const document of stored) {
    const entry = readEntry(collections, document);
    if (entry?.kind === 'message' && isCustomers(entry)) return { lastCustomerAt: entry.at, agentRun };
  }
  return { lastCustomerAt: null, agentRun };
}

/** What is spent and set aside of budgets; nothing for an agent with a reservation. */
async function readBudgetUse(
  { agent_budgets: budgets }: Collections,
  { budgets: limits = [] }: SendPolicy,
  { tenantId, agentIds, reservationId, at }: SendTarget,
  day: string,
  session: ClientSession | undefined,
): Promise<Map<AgentId, BudgetUse>> {
  const use = new Map<AgentId, BudgetUse>();
  for (const { agentId } of limits) {
    if (!agentIds.includes(agentId)) continue;
    const document = await budgets.collection.findOne(byId({ tenantId, agentId, day }), {
      maxTimeMS: TRANSACTION_TIMEOUT_MS,
      ...(session && { session }),
    });
    if (document === null) continue;
    const { tokens, costMicros, reserved } = budgets.decode(document);
    const live = reserved.filter(({ until }) => until > at);
    // What was set aside may be said.
    if (live.some(({ id }) => id === reservationId)) continue;
    use.set(agentId, {
      tokens: live.reduce((sum, each) => sum + each.tokens, tokens),
      costMicros: live.reduce((sum, each) => sum + each.costMicros, costMicros),
    });
  }
  return use;
}
