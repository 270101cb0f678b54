import {
  AgentId,
  ApiKeyId,
  Channel,
  ClaimFollowUps,
  type ConversationId,
  type FollowUpId,
  HeartbeatFollowUp,
  ListAgents,
  ListConversations,
  ListDueFollowUps,
  ListFollowUps,
  ListHandoffs,
  ListMessages,
  ListObjections,
  GetMessageContext,
  MetricsConversations,
  type MetricsFigure,
  ObjectionType,
  ListPendingHandoffs,
  ReadTimeline,
  RegisterAgent,
  SearchConversations,
  SearchMessages,
  type TenantId,
  UpdateAgent,
} from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { type CommandStartedEvent, type Db, type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { apiKeys } from '../auth/api-key.ts';
import { type Collections, openCollections } from '../schema/open-collections.ts';
import { agentRegistry, ensureTenant } from '../write/agent-registry.ts';
import { followUpClaims, liveLeaseOf } from '../write/follow-up-claims.ts';
import { adminQueries } from './admin.ts';
import { agentQueries, agentsOnDuty } from './agent.ts';
import { contactQueries } from './contact.ts';
import { conversationQueries } from './conversation.ts';
import { findOwningConversation } from './find-owning-conversation.ts';
import { followUpQueries } from './follow-up.ts';
import { handoffQueries } from './handoff.ts';
import { messageQueries } from './message.ts';
import { metricsQueries } from './metrics/metrics.ts';
import { objectionQueries } from './objection.ts';
import { qualificationQueries } from './qualification.ts';
import { searchQueries } from './search/search.ts';
import { stageQueries } from './stage.ts';
import { timelineQueries } from './timeline.ts';

const CONVERSATIONS = 240;
const LANES = 6 * 7;
const LONG_AGO = '2026-01-01T00:00:00.000Z';
const FAR_AWAY = '2999-01-01T00:00:00.000Z';
const PERIOD = { from: '2026-01-05T10:00:00.000Z', to: '2026-01-05T20:00:00.000Z' };
const MIA = AgentId.parse('mia');
const SUPPORT = AgentId.parse('support');

let database: TestDatabase;
let scenario: Scenario;
let client: MongoClient;
let db: Db;
let collections: Collections;
let tenantId: TenantId;
let long: ConversationId;
let followUpId: FollowUpId;
let key: string;
const sent: CommandStartedEvent[] = [];

/** One conversation among many: each number has another channel, owner, stage, tag and fate. */
async function converse(index: number, tenant: TenantId): Promise<void> {
  const owner = [SUPERVISOR, QUALIFIER, CLOSER, MIA][index % 4] ?? SUPERVISOR;
  const run: Scenario['run'] = (type, input) => scenario.run(type, input, tenant);
  const { id: conversationId } = await scenario.create(
    {
      contactId: index % 6 === 0 ? 'regular' : `contact-${index}`,
      channel: Channel.options[index % 7] ?? 'web',
      agentId: owner,
      tags: index % 3 === 0 ? ['vip', `batch-${index % 10}`] : [],
      contact: { name: `Contact ${index}` },
    },
    tenant,
  );
  const say = (text: string, by?: AgentId) =>
    run('messages.append', {
      conversationId,
      clientMessageId: text,
      author: by === undefined ? { kind: 'customer' } : { kind: 'agent', agentId: by },
      text,
    });
  await say(`Hello, what is the price of plan ${index}?`);
  if (index % 3 > 0) await say(`We automate the invoices of plan ${index}`, owner);
  if (index % 2 === 0) await run('stages.transition', { conversationId, to: 'qualification' });
  const budget = { verdict: true, value: '500 a month' };
  await run('qualification.record', { conversationId, budget, by: owner });
  const type = ObjectionType.options[index % 6] ?? 'price';
  const { conversation } = await run('objections.raise', {
    conversationId,
    type,
    text: 'Hm',
    severity: 'low',
  });
  const [raised] = conversation.objections;
  if (index % 2 === 0 && raised !== undefined) {
    const answer = { objectionId: raised.id, method: 'Explained', handledBy: owner, confidence: 0.9 };
    await run('objections.resolve', answer);
  }
  const plan = { conversationId, type: 'nurture' as const, finalAttemptAt: FAR_AWAY };
  await run('followUps.schedule', { ...plan, dueAt: index % 2 === 0 ? LONG_AGO : FAR_AWAY, assignee: owner });
  const to = [MIA, SUPPORT, CLOSER, QUALIFIER][(index + 1) % 4] ?? MIA;
  const asked = to === owner ? SUPPORT : to;
  const handing = { conversationId, from: owner, to: asked, reason: 'Please', trigger: 'manual' as const };
  await run('handoffs.request', handing);
  if (index % 2 === 1) await run('deals.update', { conversationId, deal: { monthlyValueCents: 100 } });
  if (index % 6 === 0 || index % 5 === 0) await run('conversations.close', { conversationId });
}

beforeAll(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
  ({ tenantId } = scenario);
  for (const tenant of [tenantId, await scenario.tenant('umbrella')]) {
    const agent = { roles: [], capacity: 1_000, availability: 'available' as const };
    await scenario.store.agents.register(tenant, { ...agent, id: MIA, kind: 'human', members: [] });
    await scenario.store.agents.register(tenant, { ...agent, id: SUPPORT, kind: 'queue', members: [MIA] });
    // A contact's conversations on a channel come one after the other: every sixth contact, seven channels.
    const lane = async (_: unknown, first: number) => {
      for (let index = first; index < CONVERSATIONS; index += LANES) await converse(index, tenant);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
  ({ id: long } = await scenario.create());
  for (let turn = 0; turn < 10; turn += 1) {
    await scenario.run('messages.appendTurn', {
      conversationId: long,
      messages: Array.from({ length: 50 }, (_, index) => ({
        clientMessageId: `${turn}-${index}`,
        author: { kind: 'customer' },
        text: `giraffe ${turn} ${index}`,
      })),
    });
    for (const to of ['follow_up', 'lead'] as const)
      await scenario.run('stages.transition', { conversationId: long, to });
    const budget = { verdict: true, value: `${turn}` };
    await scenario.run('qualification.record', { conversationId: long, budget, by: QUALIFIER });
  }
  for (let name = 0; name < 30; name += 1) {
    ({ key } = await apiKeys.create(scenario.collections, { tenantId, name: `key ${name}`, rights: [] }));
  }
  const due = await followUpQueries.listDue(
    scenario.collections,
    tenantId,
    ListDueFollowUps.parse({ limit: 1 }),
  );
  followUpId = due.items[0]?.id ?? followUpId;

  client = await new MongoClient(database.uri, { monitorCommands: true, ignoreUndefined: true }).connect();
  client.on('commandStarted', (event) => sent.push(event));
  db = client.db();
  collections = openCollections(db);
}, 120_000);

afterAll(async () => {
  await client.close();
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const EXPLAINED = new Set(['find', 'aggregate', 'count', 'distinct', 'findAndModify', 'update', 'delete']);

type Explained = { command: Document; plan: Document };

/** What a call sends to mongod, each command with its plan and what it examined. */
async function explain(call: () => Promise<unknown>): Promise<Explained[]> {
  sent.length = 0;
  await call();
  const commands = sent.filter(({ commandName }) => EXPLAINED.has(commandName)).map(({ command }) => command);
  const explained: Explained[] = [];
  for (const command of commands) {
    const {
      lsid: _1,
      $db: _2,
      $clusterTime: _3,
      txnNumber: _4,
      readConcern: _5,
      writeConcern: _6,
      ...rest
    } = command;
    const { maxTimeMS: _7, $readPreference: _8, ...explainable } = rest;
    // mongod explains one update at a time.
    for (const update of explainable['updates'] ?? [null]) {
      const one = update === null ? explainable : { ...explainable, updates: [update] };
      explained.push({ command, plan: await db.command({ explain: one, verbosity: 'executionStats' }) });
    }
  }
  return explained;
}

/** Every object in a plan, however deep. */
function* objectsOf(value: unknown): Generator<Document> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const inner of Object.values(value)) yield* objectsOf(inner);
}

/** The winning plan and what it did: neither the plans that lost, nor the command itself. */
function chosen({ plan }: Explained): Document[] {
  const { command: _command, ...rest } = plan;
  const withoutLosers = JSON.stringify(rest, (name, value) =>
    name === 'rejectedPlans' || name === 'allPlansExecution' ? undefined : value,
  );
  return [...objectsOf(JSON.parse(withoutLosers))];
}

function stagesOf(explained: Explained): Set<string> {
  return new Set(chosen(explained).flatMap(({ stage }) => (typeof stage === 'string' ? [stage] : [])));
}

function examined(explained: Explained): { documents: number; keys: number; returned: number } {
  const stats = chosen(explained).find((object) => 'totalDocsExamined' in object && 'nReturned' in object);
  return {
    documents: Number(stats?.['totalDocsExamined']),
    keys: Number(stats?.['totalKeysExamined']),
    returned: Number(stats?.['nReturned']),
  };
}

type Case = [name: string, call: () => Promise<unknown>, share?: number];

const conversations = (input: Partial<ListConversations>) => () =>
  conversationQueries.list(collections, tenantId, ListConversations.parse(input));

const countedIn = (input: z.input<typeof MetricsConversations>) =>
  metricsQueries.conversations(collections, tenantId, MetricsConversations.parse(input));

/** The page after the first. */
async function second<Input extends { limit: number }>(
  read: (input: Input & { cursor?: string }) => Promise<{ nextCursor: string | null }>,
  input: Input,
): Promise<unknown> {
  const { nextCursor } = await read(input);
  if (nextCursor === null) throw new Error('There is no second page');
  return read({ ...input, cursor: nextCursor });
}

/**
 * Lists, each with how many documents it may read for one that it gives: more than one only where a filter
 * has no index of its own beside the one that gives the order.
 */
const lists: Case[] = [
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
];

const figures: MetricsFigure[] = [
  { figure: 'entered', stage: 'qualification', after: 'lead' },
  { figure: 'messages', author: 'customer' },
];

const others: Case[] = [
  ['conversations.get', () => conversationQueries.get(collections, tenantId, { conversationId: long })],
  [
    'conversations.findActiveByContact',
    () => conversationQueries.findActiveByContact(collections, tenantId, { contactId: 'contact-1' }),
  ],
  [
    'conversations.findActiveByContact on a channel',
    () =>
      conversationQueries.findActiveByContact(collections, tenantId, {
        contactId: 'contact-1',
        channel: 'facebook_messenger',
      }),
  ],
  [
    'messages.findByClientMessageId',
    () =>
      messageQueries.findByClientMessageId(collections, tenantId, {
        conversationId: long,
        clientMessageId: '3-3',
      }),
  ],
  [
    'handoffs.list of a conversation',
    () => handoffQueries.list(collections, tenantId, ListHandoffs.parse({ conversationId: long })),
  ],
  [
    'objections.list of a conversation',
    () => objectionQueries.list(collections, tenantId, ListObjections.parse({ conversationId: long })),
  ],
  [
    'followUps.list of a conversation',
    () => followUpQueries.list(collections, tenantId, ListFollowUps.parse({ conversationId: long })),
  ],
  ['stages.listNext', () => stageQueries.listNext(collections, tenantId, { conversationId: long })],
  [
    'stages.validate',
    () => stageQueries.validate(collections, tenantId, { conversationId: long, to: 'closing' }),
  ],
  ['qualification.get', () => qualificationQueries.get(collections, tenantId, { conversationId: long })],
  ['qualification.check', () => qualificationQueries.check(collections, tenantId, { conversationId: long })],
  ['objections.stats', () => objectionQueries.stats(collections, tenantId, PERIOD)],
  [
    'followUps.claim',
    () => followUpClaims.claim(collections, tenantId, ClaimFollowUps.parse({ limit: 5, leaseMs: 1_000 })),
  ],
  [
    'followUps.claim of an assignee',
    () =>
      followUpClaims.claim(collections, tenantId, ClaimFollowUps.parse({ assignee: MIA, leaseMs: 1_000 })),
  ],
  [
    'followUps.claim of one that is named',
    () => followUpClaims.claim(collections, tenantId, ClaimFollowUps.parse({ followUpId, leaseMs: 1_000 })),
  ],
  [
    'followUps.heartbeat',
    () =>
      followUpClaims
        .heartbeat(collections, tenantId, HeartbeatFollowUp.parse({ followUpId, leaseToken: 'none' }))
        .catch(() => null),
  ],
  ['liveLeaseOf', () => liveLeaseOf(collections, tenantId, followUpId)],
  ['findOwningConversation', () => findOwningConversation(collections, tenantId, 'follow_ups', followUpId)],
  [
    'search.messages',
    () => searchQueries.messages(collections, tenantId, SearchMessages.parse({ text: 'price automation' })),
  ],
  [
    'search.messages of a conversation, second page',
    () =>
      second((input) => searchQueries.messages(collections, tenantId, SearchMessages.parse(input)), {
        text: 'giraffe',
        conversationId: long,
        limit: 5,
      }),
  ],
  [
    'search.conversations',
    () =>
      searchQueries.conversations(
        collections,
        tenantId,
        SearchConversations.parse({ text: 'price', stage: 'lead' }),
      ),
  ],
  ['metrics.overview', () => metricsQueries.overview(collections, tenantId, PERIOD)],
  ['metrics.overview of a channel', () => metricsQueries.overview(collections, tenantId, { channel: 'web' })],
  ['metrics.funnel', () => metricsQueries.funnel(collections, tenantId, PERIOD)],
  ['metrics.funnel of a channel', () => metricsQueries.funnel(collections, tenantId, { channel: 'web' })],
  ['metrics.timeInStage', () => metricsQueries.timeInStage(collections, tenantId, {})],
  ['metrics.responseTimes', () => metricsQueries.responseTimes(collections, tenantId, PERIOD)],
  ['metrics.agents', () => metricsQueries.agents(collections, tenantId, {})],
  ...figures.map((behind): [string, () => Promise<unknown>] => [
    `metrics.conversations of ${behind.figure}`,
    () => second(countedIn, { behind, limit: 5 }),
  ]),
  ['agents.get', () => agentQueries.get(collections, tenantId, { agentId: MIA })],
  [
    'agents.register',
    () => agentRegistry.register(collections, tenantId, RegisterAgent.parse({ id: 'zoe', kind: 'human' })),
  ],
  [
    'agents.update',
    () => agentRegistry.update(collections, tenantId, UpdateAgent.parse({ id: 'zoe', name: 'Zoe' })),
  ],
  ['agents.workload', () => agentQueries.workload(collections, tenantId, {})],
  ['agents.workload of one', () => agentQueries.workload(collections, tenantId, { agentId: MIA })],
  ['agents.ensureDefaults', () => agentRegistry.ensureDefaults(collections, tenantId, {})],
  ['agentsOnDuty', () => agentsOnDuty(collections, tenantId, [MIA, CLOSER])],
  ['ensureTenant', () => ensureTenant(collections, tenantId)],
  ['apiKeys.create', () => apiKeys.create(collections, { tenantId, name: 'one more', rights: [] })],
  ['apiKeys.authenticate', () => apiKeys.authenticate(collections, key)],
  [
    'apiKeys.revoke',
    () => apiKeys.revoke(collections, tenantId, { keyId: ApiKeyId.parse('f'.repeat(24)) }).catch(() => null),
  ],
  ['contacts.find', () => contactQueries.find(collections, tenantId, { contactId: 'contact-1' })],
  ['admin.stats', () => adminQueries.stats(collections, tenantId, {})],
];

describe('Every query', () => {
  it('of every area is explained here', () => {
    const areas: Record<string, object> = {
      conversations: conversationQueries,
      timeline: timelineQueries,
      messages: messageQueries,
      handoffs: handoffQueries,
      stages: stageQueries,
      qualification: qualificationQueries,
      objections: objectionQueries,
      followUps: followUpQueries,
      search: searchQueries,
      metrics: metricsQueries,
      agents: agentQueries,
      apiKeys,
      contacts: contactQueries,
      admin: adminQueries,
    };
    const names = Object.entries(areas).flatMap(([area, queries]) =>
      Object.keys(queries).map((name) => `${area}.${name}`),
    );
    const explained = new Set([...lists, ...others].map(([name]) => name.split(/[ ,]/)[0]));
    expect(names.filter((name) => !explained.has(name))).toEqual([]);
  });

  it.each([...lists, ...others])('%s uses an index, and ends in time', async (_, call) => {
    for (const explained of await explain(call)) {
      expect([...stagesOf(explained)]).not.toContain('COLLSCAN');
      for (const { collectionScans = 0 } of chosen(explained)) expect(Number(collectionScans)).toBe(0);
      expect(explained.command['maxTimeMS']).toBeGreaterThan(0);
    }
  });
});

describe('Every list', () => {
  it.each(lists)(
    '%s is read in the order of an index, and reads what it gives',
    async (_, call, share = 1) => {
      for (const explained of await explain(call)) {
        expect([...stagesOf(explained)]).not.toContain('SORT');
        const { documents, keys, returned } = examined(explained);
        // Beside what is given: the entries of other kinds between messages, one key more a merged run.
        expect(documents).toBeLessThanOrEqual(share * returned + 12);
        expect(keys).toBeLessThanOrEqual(share * returned + 60);
      }
    },
  );
});
