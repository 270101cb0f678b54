import {
  AgentId,
  Channel,
  type ConversationId,
  type FollowUpId,
  ListConversations,
  ListDueFollowUps,
  MetricsConversations,
  ObjectionType,
  type TenantId,
} from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { type CommandStartedEvent, type Db, type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll } from 'vitest';
import type { z } from 'zod';
import { apiKeys } from '../src/auth/api-key.ts';
import { conversationQueries } from '../src/read/conversation.ts';
import { followUpQueries } from '../src/read/follow-up.ts';
import { fillRollUps } from '../src/maintenance/roll-ups.ts';
import { metricsQueries } from '../src/read/metrics/metrics.ts';
import { shardKeyOf } from '../src/schema/collections.ts';
import { type Collections, openCollections } from '../src/schema/open-collections.ts';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from './scenario.ts';

export const CONVERSATIONS = 240;

export const LANES = 6 * 7;

export const LONG_AGO = '2026-01-01T00:00:00.000Z';

export const FAR_AWAY = '2999-01-01T00:00:00.000Z';

export const PERIOD = { from: '2026-01-05T10:00:00.000Z', to: '2026-01-05T20:00:00.000Z' };

export const MIA = AgentId.parse('mia');

export const SUPPORT = AgentId.parse('support');

export let database: TestDatabase;

export let scenario: Scenario;

export let client: MongoClient;

export let db: Db;

export let collections: Collections;

export let tenantId: TenantId;

export let long: ConversationId;

export let followUpId: FollowUpId;

export let key: string;

export const sent: CommandStartedEvent[] = [];

/** One conversation among many: each number has another channel, owner, stage, tag and fate. */
export async function converse(index: number, tenant: TenantId): Promise<void> {
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

export const EXPLAINED = new Set([
  'find',
  'aggregate',
  'count',
  'distinct',
  'findAndModify',
  'update',
  'delete',
]);

export type Explained = { command: Document; plan: Document };

/** What a call sends to mongod, each command with its plan and what it examined. */
export async function explain(call: () => Promise<unknown>): Promise<Explained[]> {
  sent.length = 0;
  await call();
  return explainSent(db, sent);
}

/** The plans of commands that were sent to a database. */
export async function explainSent(to: Db, started: readonly CommandStartedEvent[]): Promise<Explained[]> {
  const commands = started
    .filter(({ commandName }) => EXPLAINED.has(commandName))
    .map(({ command }) => command);
  const explained: Explained[] = [];
  for (const command of commands) {
    const {
      lsid: _1,
      $db: _2,
      $clusterTime: _3,
      txnNumber: _4,
      readConcern: _5,
      writeConcern: _6,
      autocommit: _9,
      startTransaction: _10,
      ...rest
    } = command;
    const { maxTimeMS: _7, $readPreference: _8, ...explainable } = rest;
    // mongod explains one update at a time.
    for (const update of explainable['updates'] ?? [null]) {
      const one = update === null ? explainable : { ...explainable, updates: [update] };
      explained.push({ command, plan: await to.command({ explain: one, verbosity: 'executionStats' }) });
    }
  }
  return explained;
}

/** Every object in a plan, however deep. */
export function* objectsOf(value: unknown): Generator<Document> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const inner of Object.values(value)) yield* objectsOf(inner);
}

/** The winning plan and what it did: neither the plans that lost, nor the command itself. */
export function chosen({ plan }: Explained): Document[] {
  const { command: _command, ...rest } = plan;
  const withoutLosers = JSON.stringify(rest, (name, value) =>
    name === 'rejectedPlans' || name === 'allPlansExecution' ? undefined : value,
  );
  return [...objectsOf(JSON.parse(withoutLosers))];
}

export function stagesOf(explained: Explained): Set<string> {
  return new Set(chosen(explained).flatMap(({ stage }) => (typeof stage === 'string' ? [stage] : [])));
}

export function examined(explained: Explained): { documents: number; keys: number; returned: number } {
  const stats = chosen(explained).find((object) => 'totalDocsExamined' in object && 'nReturned' in object);
  return {
    documents: Number(stats?.['totalDocsExamined']),
    keys: Number(stats?.['totalKeysExamined']),
    returned: Number(stats?.['nReturned']),
  };
}

export type Case = [name: string, call: () => Promise<unknown>, share?: number];

export const conversations = (input: Partial<ListConversations>) => () =>
  conversationQueries.list(collections, tenantId, ListConversations.parse(input));

export const countedIn = (input: z.input<typeof MetricsConversations>) =>
  metricsQueries.conversations(collections, tenantId, MetricsConversations.parse(input));

/** The page after the first. */
export async function second<Input extends { limit: number }>(
  read: (input: Input & { cursor?: string }) => Promise<{ nextCursor: string | null }>,
  input: Input,
): Promise<unknown> {
  const { nextCursor } = await read(input);
  if (nextCursor === null) throw new Error('There is no second page');
  return read({ ...input, cursor: nextCursor });
}

/** Opens it before the tests of a file, and closes it after them. */
export function useExplainedStore(): void {
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
    // From here on there is something of both: what is counted and what is not.
    await fillRollUps(scenario.collections);
    ({ id: long } = await scenario.create());
    for (let turn = 0; turn < 10; turn += 1) {
      await scenario.run('messages.appendTurn', {
        conversationId: long,
        messages: Array.from({ length: 50 }, (_, index) => ({
          clientMessageId: `${turn}-${index}`,
          author: { kind: 'customer' },
          text: `giraffe ${turn} ${index}`,
          // A call that nobody answers: a context looks for its result among what is internal.
          ...(turn === 9 &&
            index === 49 && {
              parts: [{ type: 'tool_call' as const, callId: 'open', name: 'count', arguments: '{}' }],
            }),
        })),
      });
      for (const to of ['follow_up', 'lead'] as const)
        await scenario.run('stages.transition', { conversationId: long, to });
      const budget = { verdict: true, value: `${turn}` };
      await scenario.run('qualification.record', { conversationId: long, budget, by: QUALIFIER });
    }
    for (let name = 0; name < 30; name += 1) {
      const made = { tenantId, name: `key ${name}`, role: 'app' as const };
      ({ key } = await apiKeys.create(scenario.collections, made, { kind: 'key', id: null, agentId: MIA }));
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
}

/** The filters of a command, each of which decides which shards are asked. */
export function filtersOf({ command }: Explained): Document[] {
  if (typeof command['find'] === 'string' && shardKeyOf(command['find']) === undefined) return [];
  const { filter, query, pipeline, updates, deletes } = command;
  if (filter ?? query) return [filter ?? query];
  const changes: Document[] = updates ?? deletes ?? [];
  if (changes.length > 0) return changes.map(({ q }) => q);
  const [first, ...stages]: Document[] = pipeline ?? [];
  const joined = stages.flatMap(({ $lookup, $unionWith }) => $lookup?.pipeline ?? $unionWith?.pipeline ?? []);
  return [first?.['$match'] ?? {}, ...joined.flatMap(({ $match }: Document) => $match ?? [])];
}

/** Whether a filter names a tenant, or several: in a field, in an id that begins with the tenant, in each alternative. */
export function namesTenant(filter: Document): boolean {
  const { _id, $or, $and } = filter;
  if (filter['tenantId'] !== undefined) return true;
  const ids: Document[] = _id?.$in ?? (_id?.$gt && _id.$lt ? [_id.$gt, _id.$lt] : [_id]);
  if (ids.every((id) => id?.['tenantId'] !== undefined)) return true;
  if (Array.isArray($or)) return $or.every(namesTenant);
  return Array.isArray($and) && $and.some(namesTenant);
}
