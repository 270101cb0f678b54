import { Refusal } from '@baton/domain';
import {
  AgentId,
  ApiKeyId,
  AppendMessage,
  ClaimFollowUps,
  type ConversationId,
  FileId,
  HeartbeatFollowUp,
  ListConversations,
  ListFollowUps,
  ListHandoffs,
  ListMessages,
  ListObjections,
  type MetricsFigure,
  RegisterAgent,
  SearchConversations,
  SearchMessages,
  SessionId,
  UpdateAgent,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  type Case,
  chosen,
  collections,
  countedIn,
  examined,
  filtersOf,
  namesTenant,
  explain,
  FAR_AWAY,
  followUpId,
  key,
  long,
  LONG_AGO,
  MIA,
  PERIOD,
  second,
  sent,
  stagesOf,
  tenantId,
  useExplainedStore,
} from '../../test/explain.ts';
import { lists } from '../../test/explained-lists.ts';
import { CLOSER, SUPERVISOR } from '../../test/scenario.ts';
import { auditedExport } from '../audit/export.ts';
import { auditQueries } from '../audit/list.ts';
import { apiKeys } from '../auth/api-key.ts';
import {
  authenticateSessions,
  createSignInLink,
  findLinks,
  noteUseOfSessions,
  readSessions,
  signIn,
} from '../auth/session.ts';
import { sessionList } from '../auth/session-list.ts';
import { ReadGate } from '../fairness/read-gate.ts';
import { TenantActivity } from '../fairness/tenant-activity.ts';
import { expireFollowUps } from '../maintenance/follow-up-expiry.ts';
import { expireHandoffs } from '../maintenance/handoff-expiry.ts';
import { SendPolicies } from '../write/send-policies.ts';
import { agentRegistry, ensureTenant } from '../write/agent-registry.ts';
import { lookAtDue } from '../write/claims/due-follow-ups.ts';
import { followUpClaims } from '../write/claims/follow-up-claims.ts';
import { leaseOf } from '../write/claims/lease.ts';
import { ConversationHistory, type FirstResult } from '../write/history.ts';
import { findSaidMessages } from '../write/replay.ts';
import { agentRestore } from '../write/restore-agents.ts';
import { contactRestore } from '../write/restore-contacts.ts';
import { readBacklog } from '../observe/backlog.ts';
import { adminQueries } from './admin.ts';
import { agentQueries, agentsOnDuty } from './agent.ts';
import { contactQueries } from './contact.ts';
import { contactLists } from './contact-list.ts';
import { conversationQueries } from './conversation.ts';
import { findOwningConversation } from './find-owning-conversation.ts';
import { followUpQueries } from './follow-up.ts';
import { groupedConversations } from './grouped-conversations.ts';
import { groupedMessages } from './grouped-messages.ts';
import { handoffQueries } from './handoff.ts';
import { messageQueries } from './message.ts';
import { metricsQueries } from './metrics/metrics.ts';
import { objectionQueries } from './objection.ts';
import { qualificationQueries } from './qualification.ts';
import { searchQueries } from './search/search.ts';
import { readSending } from './sending.ts';
import { stageQueries } from './stage.ts';
import { storedAmong } from './stored-files.ts';
import { timelineQueries } from './timeline.ts';

useExplainedStore();

const SESSION_ID = SessionId.parse('e'.repeat(24));
const FILE_ID = FileId.parse('d'.repeat(24));
const KEY_ID = ApiKeyId.parse('f'.repeat(24));
const keyIdOf = (made: string) => ApiKeyId.parse(made.split('_')[1]);

const outcomeAt = (version: number, messages?: FirstResult['messages']) =>
  new ConversationHistory(collections, new ReadGate(100, new TenantActivity())).outcomeAt({
    tenantId,
    conversationId: long,
    version,
    ...(messages && { messages }),
  });

const saying = (clientMessageId: string) => {
  const message = { conversationId: long, clientMessageId, author: { kind: 'customer' }, text: 'Hello' };
  return {
    conversationId: long,
    command: { type: 'messages.append', input: AppendMessage.parse(message) } as const,
  };
};

const figures: MetricsFigure[] = [
  { figure: 'entered', stage: 'qualification', after: 'lead' },
  { figure: 'messages', author: 'customer' },
];

const BUDGET = { agentId: AgentId.parse('supervisor'), tokensPerDay: 1_000 };

const nothingExpires = () => Promise.reject(new Refusal('FOLLOW_UP_NOT_OPEN', 'Nothing expires here'));
const claims = () =>
  followUpClaims(
    collections,
    new ReadGate(100, new TenantActivity()),
    { expire: nothingExpires, postpone: nothingExpires },
    new SendPolicies(collections),
  );

/** A browser signs in and is known by its secret, then by its id. */
const UNKNOWN_KEYS = Array.from({ length: 99 }, (_, number) => `key-${number}`);

async function useSession(keyId: ApiKeyId | null): Promise<void> {
  const { token } = await createSignInLink(collections, tenantId, { role: 'app', keyId });
  const others = Array.from({ length: 99 }, (_, number) => `token-${number}`);
  expect(await findLinks(collections, [token, ...others])).toHaveProperty('size', 1);
  const secret = (await signIn(collections, token)) ?? '';
  const found = await authenticateSessions(collections, [secret, ...others]);
  expect(
    await readSessions(
      collections,
      [...found.values()].map((one) => one.sessionId),
    ),
  ).toHaveLength(1);
}

/** Those of a page of conversations, asked for together. */
async function together(ask: (id: ConversationId) => Promise<unknown>): Promise<void> {
  const { items } = await conversationQueries.list(collections, tenantId, ListConversations.parse({}));
  await Promise.all(items.map(({ id }) => ask(id)));
}

const shared: Case[] = [
  [
    'conversations.get of several',
    () => {
      const grouped = groupedConversations(collections, new ReadGate(100, new TenantActivity()));
      return together((conversationId) => grouped.get(tenantId, { conversationId }));
    },
  ],
  ...(['oldest', 'newest'] as const).map((order): Case => [
    `messages.list of several, from the ${order}`,
    () => {
      const grouped = groupedMessages(collections, new ReadGate(100, new TenantActivity()));
      return together((id) => grouped.list(tenantId, ListMessages.parse({ conversationId: id, order })));
    },
  ]),
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
    'what a send policy asks for',
    async () => {
      const conversation = await conversationQueries.get(collections, tenantId, { conversationId: long });
      const quietHours = { from: '21:00', to: '08:00' };
      const policy = { quietHours, runLimit: 100, budgets: [BUDGET] };
      const at = conversation.updatedAt;
      const target = { ...conversation, tenantId, conversation, agentIds: [BUDGET.agentId], at };
      return readSending(collections, { policy, timeZone: 'UTC' }, target);
    },
  ],
  ['messages.refused', () => messageQueries.refused(collections, tenantId, { conversationId: long })],
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
  ['followUps.claim', () => claims().claim(tenantId, ClaimFollowUps.parse({ limit: 5, leaseMs: 1_000 }))],
  [
    'followUps.claim of an assignee',
    () => claims().claim(tenantId, ClaimFollowUps.parse({ assignee: MIA, leaseMs: 1_000 })),
  ],
  [
    'followUps.claim of one that is named',
    () => claims().claim(tenantId, ClaimFollowUps.parse({ followUpId, leaseMs: 1_000 })),
  ],
  [
    'followUps.heartbeat',
    () =>
      claims()
        .heartbeat(tenantId, HeartbeatFollowUp.parse({ followUpId, leaseToken: 'none' }))
        .catch(() => null),
  ],
  ['leaseOf', () => leaseOf(collections, tenantId, followUpId)],
  ['expireFollowUps', () => expireFollowUps(collections, nothingExpires)],
  ['expireHandoffs', () => expireHandoffs(collections, nothingExpires)],
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
    'search.messages in scripts with and without spaces',
    () =>
      searchQueries.messages(collections, tenantId, SearchMessages.parse({ text: 'price 合同 车 -发票' })),
  ],
  [
    'search.messages for a phrase of stop words',
    () => searchQueries.messages(collections, tenantId, SearchMessages.parse({ text: '"what is the"' })),
  ],
  [
    'search.messages for a phrase of stop words in a conversation',
    () =>
      searchQueries.messages(
        collections,
        tenantId,
        SearchMessages.parse({ text: '"what is the"', conversationId: long }),
      ),
  ],
  [
    'search.conversations in a script without spaces',
    () =>
      searchQueries.conversations(
        collections,
        tenantId,
        SearchConversations.parse({ text: '"合同" 发票', stage: 'lead' }),
      ),
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
  ['apiKeys.create', () => apiKeys.create(collections, { tenantId, name: 'one more', role: 'app' })],
  ['apiKeys.authenticate', () => apiKeys.authenticate(collections, [key, ...UNKNOWN_KEYS])],
  [
    'sessions.list',
    () =>
      sessionList.list(collections, tenantId, { limit: 5, scope: { agentId: MIA, sessionId: SESSION_ID } }),
  ],
  [
    'sessions.revoke',
    () =>
      sessionList.revoke(collections, tenantId, { sessionId: SESSION_ID, scope: 'all' }).catch(() => null),
  ],
  ['sessions.noteUse', () => noteUseOfSessions(collections, [SESSION_ID])],
  ['apiKeys.noteUse', () => apiKeys.noteUse(collections, [KEY_ID])],
  ['apiKeys.issue', () => apiKeys.issue(collections, tenantId, { name: 'and one', role: 'app' })],
  ['apiKeys.rotate', () => apiKeys.rotate(collections, tenantId, { keyId: keyIdOf(key), overlapMs: 1_000 })],
  ['apiKeys.read', () => apiKeys.read(collections, [ApiKeyId.parse('f'.repeat(24))])],
  ['a session', () => useSession(null)],
  ['a session of a key', () => useSession(keyIdOf(key))],
  [
    'apiKeys.revoke',
    () => apiKeys.revoke(collections, tenantId, { keyId: ApiKeyId.parse('f'.repeat(24)) }).catch(() => null),
  ],
  [
    'agents.restore',
    async () => {
      const agent = await agentQueries.get(collections, tenantId, { agentId: CLOSER });
      const agents = agent === null ? [] : [{ ...agent, updatedAt: FAR_AWAY }];
      return agentRestore.restore(collections, tenantId, { agents });
    },
  ],
  [
    'contacts.restore',
    () => {
      const contact = {
        id: 'contact-1',
        attributes: {},
        consent: {},
        firstSeenAt: LONG_AGO,
        lastSeenAt: LONG_AGO,
      };
      return contactRestore.restore(collections, tenantId, { contacts: [contact] });
    },
  ],
  ['history of a command', () => outcomeAt(15)],
  ['history of messages', () => outcomeAt(15, { first: 260, last: 309 })],
  [
    'history without snapshots',
    async () => {
      await collections.snapshots.collection.deleteMany({ tenantId, conversationId: new ObjectId(long) });
      sent.length = 0;
      await outcomeAt(41);
    },
  ],
  ['findSaidMessages', () => findSaidMessages(collections, tenantId, [saying('3-3')])],
  [
    'findSaidMessages of several',
    () => findSaidMessages(collections, tenantId, [saying('3-3'), saying('4')]),
  ],
  [
    'files of a message',
    () =>
      collections.db.client.withSession((session) =>
        storedAmong(collections, { tenantId, conversationId: long }, [{ fileId: FILE_ID }], session),
      ),
  ],
  ['contacts.get', () => contactLists.get(collections, tenantId, { contactId: 'contact-1' })],
  ['contacts.find', () => contactQueries.find(collections, tenantId, { contactId: 'contact-1' })],
  ['backlog', () => readBacklog(collections)],
  ['admin.stats', () => adminQueries.stats(collections, tenantId, {})],
];

/**
 * What asks each shard: a credential tells the tenant, so it is found without one, in a small collection that need not be
 * sharded; and what expires is looked for once a second, among all tenants.
 */
const ASKS_EVERY_SHARD: ReadonlySet<string> = new Set([
  'apiKeys.authenticate',
  'apiKeys.read',
  'backlog',
  'apiKeys.noteUse',
  'sessions.noteUse',
  'a session',
  'a session of a key',
  'ensureTenant',
  'agents.ensureDefaults',
  'expireHandoffs',
  'expireFollowUps',
]);

describe('Every query', () => {
  it('of every area is explained here', () => {
    const areas: Record<string, object> = {
      conversations: { ...conversationQueries, ...auditedExport },
      timeline: timelineQueries,
      messages: messageQueries,
      handoffs: handoffQueries,
      stages: stageQueries,
      qualification: qualificationQueries,
      objections: objectionQueries,
      followUps: { ...followUpQueries, ...claims() },
      search: searchQueries,
      metrics: metricsQueries,
      agents: { ...agentQueries, ...agentRegistry, ...agentRestore },
      apiKeys,
      contacts: { ...contactQueries, ...contactLists, ...contactRestore },
      admin: { ...adminQueries, ...auditQueries },
    };
    const names = Object.entries(areas).flatMap(([area, queries]) =>
      Object.keys(queries).map((name) => `${area}.${name}`),
    );
    const explained = new Set([...lists, ...others].map(([name]) => name.split(/[ ,]/)[0]));
    expect(names.filter((name) => !explained.has(name))).toEqual([]);
  });

  it.each([...lists, ...others, ...shared])(
    '%s uses an index, ends in time, names its shards',
    async (name, call) => {
      for (const explained of await explain(call)) {
        const broadcast = filtersOf(explained).filter((filter) => !namesTenant(filter));
        expect(ASKS_EVERY_SHARD.has(name) ? [] : broadcast).toEqual([]);
        expect([...stagesOf(explained)]).not.toContain('COLLSCAN');
        for (const { collectionScans = 0 } of chosen(explained)) expect(Number(collectionScans)).toBe(0);
        expect(explained.command['maxTimeMS']).toBeGreaterThan(0);
      }
    },
  );
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

describe('A read that callers share', () => {
  it.each(shared)('%s reads what it gives', async (_, call) => {
    const reads = await explain(call);
    const asked = reads.filter(
      ({ command }) => command['hint'] === 'by_seq' || command['filter']?._id !== undefined,
    );
    expect(asked.length).toBeGreaterThanOrEqual(2);
    for (const explained of asked) {
      const { documents, keys, returned } = examined(explained);
      expect(documents).toBe(returned);
      // One key more for each of those who ask.
      expect(keys).toBeLessThanOrEqual(2 * returned + 50);
    }
  });
});

describe('A look at what is due', () => {
  it.each([undefined, SUPERVISOR])(
    'of %s reads what it gives, however many are held before it',
    async (assignee) => {
      const collection = collections.follow_ups.acrossTenants('test');
      const due = { tenantId, status: 'open', dueAt: { $lte: new Date() }, ...(assignee && { assignee }) };
      const last = await collection.find(due).sort({ dueAt: -1, _id: -1 }).limit(3).toArray();
      const lease = { token: 'held', until: new Date(Date.now() + 60_000), assignee: null };
      const { modifiedCount } = await collection.updateMany(
        { ...due, _id: { $nin: last.map(({ _id }) => _id) } },
        { $set: { lease } },
      );
      expect(modifiedCount).toBeGreaterThan(3);
      await collection.updateMany({ _id: { $in: last.map(({ _id }) => _id) } }, { $set: { lease: null } });
      const found = await lookAtDue(collections, { tenantId, assignee }, 100);
      expect(found.candidates.map(({ _id }) => _id).toSorted()).toEqual(
        last.map(({ _id }) => _id.toHexString()).toSorted(),
      );
      for (const explained of await explain(() => lookAtDue(collections, { tenantId, assignee }, 100))) {
        expect([...stagesOf(explained)]).not.toContain('SORT');
        const { documents, keys, returned } = examined(explained);
        expect(documents).toBe(returned);
        expect(keys).toBeLessThanOrEqual(returned + 2);
      }
    },
  );
});
