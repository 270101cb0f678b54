import {
  attachedFiles,
  type DecideContext,
  isClosed,
  namedAgents,
  newcomers,
  type Sending,
} from '@baton/domain';
import type { Command, Conversation, FollowUpId, TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { agentsOnDuty } from '../read/agent.ts';
import { readCalendar, readSending, saidNow } from '../read/sending.ts';
import { storedAmong } from '../read/stored-files.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { consentIn, readContacts } from './batch-contacts.ts';
import { agentsAfter, type BatchState, type CommandRequest, type CommitOptions } from './batch.ts';
import { findMessage } from './batch-messages.ts';
import { leaseOf } from './claims/lease.ts';

/** Reads what a command needs beyond its conversation. */
export async function decideContextOf(
  batch: BatchState,
  { tenantId, conversationId, command, actor, mayForce, isOneAgent, staysPaused, id }: CommandRequest,
  conversation: Conversation | null,
  at: string,
  { collections, registeredAgents, sendPolicies }: CommitOptions,
  session: ClientSession,
): Promise<DecideContext> {
  const named = namedAgents(command, conversation);
  const missing = named.filter((agentId) => !batch.agents.has(agentId));
  if (missing.length > 0) {
    const found = await agentsOnDuty(collections, tenantId, missing, session);
    for (const [agentId, agent] of found) batch.agents.set(agentId, agent);
  }
  /** A change of a follow-up ends its lease, also a change earlier in this batch. */
  const leaseAfterBatch = async (followUpId: FollowUpId) => {
    const isChanged = batch.entries.some(
      (entry) => entry.kind === 'follow_up' && entry.followUp.id === followUpId,
    );
    return isChanged ? null : leaseOf(collections, tenantId, followUpId, session);
  };
  const hoursOf = async () => ({
    businessHours: await businessHoursOf(collections, tenantId, session),
    calendar: await calendarOf(conversation),
  });
  const calendarOf = async (of: Conversation | null) => {
    const policy = of === null ? null : await sendPolicies.of(tenantId, session);
    if (of === null || policy === null) return undefined;
    return readCalendar(collections, policy, { tenantId, contactId: of.contactId }, session);
  };
  const consentOf = async (of: Pick<Conversation, 'contactId' | 'channel'>) => {
    // Known already, unless an earlier command of the batch has changed whose it is, or closed it.
    await readContacts(batch.contacts, tenantId, [of.contactId], collections, session);
    return consentIn(batch.contacts, of);
  };
  const context: DecideContext = {
    at,
    actor,
    id,
    agents: agentsAfter(batch, named),
    registered: await registeredAgents.among(tenantId, newcomers(command, conversation), session),
    files: await storedAmong(collections, { tenantId, conversationId }, attachedFiles(command), session),
    mayForce,
    isOneAgent,
    ...(staysPaused === true && { staysPaused }),
    businessHours: null,
    jitter: collections.random(),
  };
  switch (command.type) {
    case 'conversations.create':
    case 'conversations.continue':
    case 'messages.append':
    case 'messages.appendTurn': {
      const begins = beginning(command, conversation);
      const own = begins === null ? context : { ...context, consent: await consentOf(begins) };
      const agentIds = saidNow(command).flatMap(({ author }) => author.agentId ?? []);
      if (agentIds.length === 0) return own;
      const policy = await sendPolicies.of(tenantId, session);
      const target = conversation ?? (command.type === 'conversations.create' ? command.input : null);
      if (policy === null || target === null) return own;
      const { contactId, channel } = target;
      const unwritten = batch.entries.filter((entry) => entry.conversationId === conversationId);
      const reservationId = 'reservationId' in command.input ? command.input.reservationId : undefined;
      const asked = { tenantId, contactId, channel, conversation, agentIds, reservationId, at };
      const sending = await readSending(collections, policy, asked, unwritten, session);
      return { ...own, sending: { ...sending, budgetUse: useAfterBatch(batch, sending.budgetUse) } };
    }
    case 'conversations.reopen':
      return conversation === null ? context : { ...context, consent: await consentOf(conversation) };
    case 'messages.redact':
    case 'messages.revise':
    case 'messages.report':
    case 'messages.rate': {
      const place = { tenantId, conversationId };
      const found = await findMessage(batch, collections, place, command.input, session);
      return { ...context, message: found?.now ?? null };
    }
    case 'followUps.complete':
    case 'followUps.expire': {
      const { followUpId } = command.input;
      const lease = await leaseAfterBatch(followUpId);
      const repeats = conversation?.followUps.some(({ id: open, repeat }) => open === followUpId && repeat);
      if (repeats !== true) return { ...context, lease };
      return { ...context, lease, ...(await hoursOf()) };
    }
    case 'followUps.fail': {
      const lease = await leaseAfterBatch(command.input.followUpId);
      return { ...context, lease, ...(await hoursOf()) };
    }
    case 'followUps.schedule':
    case 'followUps.snooze':
    case 'objections.defer':
      return { ...context, ...(await hoursOf()) };
    default:
      return context;
  }
}

/** Whom a conversation is with that begins, or begins again because they came back; null where it only goes on. */
function beginning(
  { type, input }: Command,
  conversation: Conversation | null,
): Pick<Conversation, 'contactId' | 'channel'> | null {
  if (type === 'conversations.create') return input;
  const isBack = type === 'conversations.continue' && conversation !== null && isClosed(conversation);
  return isBack ? conversation : null;
}

/** With what earlier commands of the batch spend. */
function useAfterBatch({ spending }: BatchState, use: Sending['budgetUse']): Sending['budgetUse'] {
  if (spending.length === 0) return use;
  return new Map(
    [...use].map(([agentId, before]) => {
      const spent = spending.filter((each) => each.agentId === agentId);
      const tokens = spent.reduce((sum, each) => sum + each.tokens, before.tokens);
      const costMicros = spent.reduce((sum, each) => sum + each.costMicros, before.costMicros);
      return [agentId, { tokens, costMicros }];
    }),
  );
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
