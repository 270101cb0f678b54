import {
  ListAgents,
  ListDueFollowUps,
  ListFollowUps,
  ListHandoffs,
  ListMessages,
  ListObjections,
  GetMessageContext,
  ListPendingHandoffs,
  ReadTimeline,
} from '@baton/schema';
import { auditedExport } from '../src/audit/export.ts';
import { auditQueries } from '../src/audit/list.ts';
import { apiKeys } from '../src/auth/api-key.ts';
import { agentQueries } from '../src/read/agent.ts';
import { contactLists } from '../src/read/contact-list.ts';
import { conversationQueries } from '../src/read/conversation.ts';
import { followUpQueries } from '../src/read/follow-up.ts';
import { handoffQueries } from '../src/read/handoff.ts';
import { messageQueries } from '../src/read/message.ts';
import { objectionQueries } from '../src/read/objection.ts';
import { qualificationQueries } from '../src/read/qualification.ts';
import { stageQueries } from '../src/read/stage.ts';
import { timelineQueries } from '../src/read/timeline.ts';
import {
  type Case,
  collections,
  conversations,
  countedIn,
  FAR_AWAY,
  long,
  LONG_AGO,
  MIA,
  PERIOD,
  second,
  tenantId,
} from './explain.ts';
import { CLOSER, QUALIFIER, SUPERVISOR } from './scenario.ts';

/**
 * Lists, each with how many documents it may read for one that it gives: more than one only where a filter
 * has no index of its own beside the one that gives the order.
 */
export const lists: Case[] = [
  ['conversations.list', conversations({})],
  ['conversations.list by status', conversations({ status: 'active' })],
  ['conversations.list by channel', conversations({ channel: 'web' })],
  ['conversations.list by status and channel', conversations({ status: 'completed', channel: 'sms' })],
  ['conversations.list by stage', conversations({ stage: 'qualification' })],
  ['conversations.list by stage and status', conversations({ stage: 'lead', status: 'completed' })],
  ['conversations.list by owner', conversations({ agentId: QUALIFIER })],
  ['conversations.list by owner and status', conversations({ agentId: MIA, status: 'active' })],
  ['conversations.list by owner and stage', conversations({ agentId: MIA, stage: 'lead' }), 4],
  ['conversations.list by contact', conversations({ contactId: 'regular' })],
  ['conversations.list by tag', conversations({ tag: 'vip' })],
  ['conversations.list by tag and status', conversations({ tag: 'vip', status: 'active' }), 4],
  ['conversations.list changed since', conversations({ updatedAfter: PERIOD.from })],
  ['conversations.list by waiting', conversations({ sort: 'waitingSince' })],
  ['conversations.list waiting since', conversations({ sort: 'waitingSince', waitingBefore: PERIOD.to })],
  ['conversations.list with a follow-up due', conversations({ followUpBefore: PERIOD.from })],
  ['conversations.list, second page', () => second((input) => conversations(input)(), { limit: 25 })],
  [
    'conversations.list by waiting, second page',
    () => second((input) => conversations(input)(), { limit: 25, sort: 'waitingSince' as const }),
  ],
  [
    'conversations.listByStage',
    () => conversationQueries.listByStage(collections, tenantId, { stage: 'lead', limit: 25 }),
  ],
  [
    'conversations.listByAgent',
    () =>
      conversationQueries.listByAgent(collections, tenantId, {
        agentId: CLOSER,
        status: 'active',
        limit: 25,
      }),
  ],
  [
    'conversations.history',
    () => conversationQueries.history(collections, tenantId, { contactId: 'regular', limit: 25 }),
  ],
  ['conversations.export', () => auditedExport.export(collections, tenantId, { limit: 25 })],
  [
    'conversations.export, second page',
    () => second((input) => auditedExport.export(collections, tenantId, input), { limit: 25 }),
  ],
  ['contacts.list', () => contactLists.list(collections, tenantId, { merged: false, limit: 25 })],
  [
    'contacts.list, second page',
    () => second((input) => contactLists.list(collections, tenantId, input), { merged: false, limit: 25 }),
  ],
  // Each name is two terms, and a contact is read for each.
  ...['Contact 1', 'conta', '12'].map((text): Case => [
    `contacts.list by ${text}`,
    () => contactLists.list(collections, tenantId, { text, merged: false, limit: 25 }),
    4,
  ]),
  [
    'contacts.list by text, second page',
    () =>
      second((input) => contactLists.list(collections, tenantId, input), {
        text: 'cont',
        merged: false,
        limit: 25,
      }),
    4,
  ],
  [
    'contacts.history',
    () => contactLists.history(collections, tenantId, { contactId: 'regular', limit: 25 }),
    4,
  ],
  [
    'contacts.changes',
    () => contactLists.changes(collections, tenantId, { contactId: 'regular', limit: 25 }),
  ],
  [
    'timeline.read',
    () => timelineQueries.read(collections, tenantId, ReadTimeline.parse({ conversationId: long })),
  ],
  [
    'timeline.read before a place',
    () =>
      timelineQueries.read(
        collections,
        tenantId,
        ReadTimeline.parse({ conversationId: long, beforeSeq: 300 }),
      ),
  ],
  [
    'timeline.read of messages',
    () =>
      timelineQueries.read(
        collections,
        tenantId,
        ReadTimeline.parse({ conversationId: long, kinds: ['message'] }),
      ),
  ],
  [
    'timeline.read of rare kinds',
    () =>
      timelineQueries.read(
        collections,
        tenantId,
        ReadTimeline.parse({ conversationId: long, kinds: ['stage', 'qualification'], afterSeq: 100 }),
      ),
  ],
  [
    'messages.list',
    () => messageQueries.list(collections, tenantId, ListMessages.parse({ conversationId: long })),
  ],
  [
    'messages.list from the newest, second page',
    () =>
      second((input) => messageQueries.list(collections, tenantId, ListMessages.parse(input)), {
        conversationId: long,
        order: 'newest',
        limit: 25,
      }),
  ],
  [
    'messages.context',
    () =>
      messageQueries.context(
        collections,
        tenantId,
        GetMessageContext.parse({ conversationId: long, tokenBudget: 10_000 }),
      ),
    1.1,
  ],
  ['handoffs.list', () => handoffQueries.list(collections, tenantId, ListHandoffs.parse({}))],
  [
    'handoffs.list by status',
    () => handoffQueries.list(collections, tenantId, ListHandoffs.parse({ status: 'pending' })),
  ],
  [
    'handoffs.list, second page',
    () =>
      second((input) => handoffQueries.list(collections, tenantId, ListHandoffs.parse(input)), { limit: 25 }),
  ],
  ['handoffs.pending', () => handoffQueries.pending(collections, tenantId, ListPendingHandoffs.parse({}))],
  [
    'handoffs.pending of an agent',
    () => handoffQueries.pending(collections, tenantId, ListPendingHandoffs.parse({ agentId: MIA })),
    8,
  ],
  ['stages.history', () => stageQueries.history(collections, tenantId, { conversationId: long, limit: 10 })],
  [
    'stages.history, second page',
    () =>
      second((input) => stageQueries.history(collections, tenantId, input), {
        conversationId: long,
        limit: 10,
      }),
  ],
  [
    'qualification.history, second page',
    () =>
      second((input) => qualificationQueries.history(collections, tenantId, input), {
        conversationId: long,
        limit: 4,
      }),
  ],
  [
    'qualification.history',
    () => qualificationQueries.history(collections, tenantId, { conversationId: long, limit: 25 }),
  ],
  ['objections.list', () => objectionQueries.list(collections, tenantId, ListObjections.parse({}))],
  [
    'objections.list by type',
    () =>
      objectionQueries.list(
        collections,
        tenantId,
        ListObjections.parse({ type: 'price', status: 'resolved' }),
      ),
  ],
  [
    'objections.list, second page',
    () =>
      second((input) => objectionQueries.list(collections, tenantId, ListObjections.parse(input)), {
        limit: 25,
      }),
  ],
  ['followUps.list', () => followUpQueries.list(collections, tenantId, ListFollowUps.parse({}))],
  [
    'followUps.list by assignee',
    () => followUpQueries.list(collections, tenantId, ListFollowUps.parse({ assignee: QUALIFIER })),
  ],
  ['followUps.listDue', () => followUpQueries.listDue(collections, tenantId, ListDueFollowUps.parse({}))],
  [
    'followUps.listDue of an assignee, second page',
    () =>
      second((input) => followUpQueries.listDue(collections, tenantId, ListDueFollowUps.parse(input)), {
        assignee: SUPERVISOR,
        limit: 10,
      }),
  ],
  ['metrics.conversations of begun', () => countedIn({ behind: { figure: 'begun' }, limit: 25 })],
  [
    'metrics.conversations of begun, in a period, second page',
    () => second(countedIn, { behind: { figure: 'begun' as const }, limit: 25, to: PERIOD.to }),
  ],
  ['agents.list', () => agentQueries.list(collections, tenantId, ListAgents.parse({}))],
  ['apiKeys.list', () => apiKeys.list(collections, tenantId, { limit: 25 })],
  ...(
    [
      ['', {}],
      [' by action', { action: 'apiKeys.create' }],
      [' by actor', { actor: MIA }],
      [' by both, in a period', { action: 'apiKeys.create', actor: MIA, from: LONG_AGO, to: FAR_AWAY }],
    ] as const
  ).map(([how, filter]): Case => [
    `admin.audit${how}`,
    () => second((input) => auditQueries.audit(collections, tenantId, input), { limit: 5, ...filter }),
  ]),
];
