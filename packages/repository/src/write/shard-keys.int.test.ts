import { AgentId, commandInputs, type CommandType, type Conversation, TenantId } from '@baton/schema';
import { testDatabase } from '@baton/testing';
import { type CommandStartedEvent, type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { z } from 'zod';
import { migrate } from '../maintenance/migrations.ts';
import { shardKeyOf } from '../schema/collections.ts';
import { openStore, type Store } from '../store.ts';
import type { Caller } from './submit-command.ts';

const TENANT = TenantId.parse('acme');
const caller: Caller = { tenantId: TENANT, actor: { kind: 'system' }, mayForce: true };
const LONG_AGO = '2026-01-01T00:00:00.000Z';
const FAR_AWAY = '2999-01-01T00:00:00.000Z';

let database: Awaited<ReturnType<typeof testDatabase>>;
let client: MongoClient;
let store: Store;
/** The filters of updates and deletes, by collection. */
const written: { collection: string; filter: Document }[] = [];

/** Notes which documents a command of the driver changes. */
function note({ commandName, command }: CommandStartedEvent): void {
  const collection: unknown = command[commandName];
  if (typeof collection !== 'string') return;
  const statements: Document[] = command['updates'] ?? command['deletes'] ?? [];
  for (const { q } of statements) written.push({ collection, filter: q });
  if (commandName === 'findAndModify') written.push({ collection, filter: command['query'] });
}

beforeAll(async () => {
  database = await testDatabase();
  client = new MongoClient(database.uri, {
    monitorCommands: true,
    writeConcern: { w: 'majority' },
    readConcern: { level: 'majority' },
  });
  client.on('commandStarted', note);
  await client.connect();
  await migrate(client.db());
  store = openStore({ client, db: client.db(), isSharded: true });
});

beforeEach(() => {
  written.length = 0;
});

afterAll(async () => {
  await store.drain();
  await client.close();
  await database[Symbol.asyncDispose]();
});

async function run<Type extends CommandType>(
  type: Type,
  input: z.input<(typeof commandInputs)[Type]>,
): Promise<Conversation> {
  // The schema of the very type, which the compiler cannot pair with its input.
  const parsed = commandInputs[type].parse(input) as z.output<(typeof commandInputs)[Type]>;
  return (await store.execute(caller, type, parsed)).conversation;
}

/** Whether a filter says exactly which shard has the document. */
function namesShard({ collection, filter }: (typeof written)[number]): boolean {
  return Object.keys(shardKeyOf(collection) ?? {}).every((field) => filter[field] !== undefined);
}

test('in a cluster each write of a command names its document by the whole shard key', async () => {
  await store.agents.ensureDefaults(TENANT, {});
  const { id: conversationId } = await run('conversations.create', {
    contactId: 'ann',
    channel: 'web',
    contact: { name: 'Ann' },
    initialMessage: { text: 'Hello', author: { kind: 'customer' }, clientMessageId: 'first' },
  });
  for (let message = 0; message < 16; message += 1)
    await run('messages.append', {
      conversationId,
      clientMessageId: `${message}`,
      author: { kind: 'customer' },
      text: '多少钱',
    });
  await run('messages.redact', { conversationId, seq: 3 });
  const asked = await run('handoffs.request', {
    conversationId,
    from: 'supervisor',
    to: 'closer',
    reason: 'Ready',
    trigger: 'manual',
  });
  const handoffId = asked.pendingHandoff?.id;
  if (handoffId === undefined) throw new Error('a handoff is pending');
  await run('handoffs.accept', { handoffId, by: AgentId.parse('closer') });
  await run('qualification.record', {
    conversationId,
    budget: { verdict: true, value: '500 a month' },
    by: 'closer',
  });
  await run('objections.raise', { conversationId, type: 'price', text: 'Hm', severity: 'low' });
  await run('followUps.schedule', {
    conversationId,
    type: 'nurture',
    dueAt: LONG_AGO,
    finalAttemptAt: FAR_AWAY,
  });
  const claims = await store.followUps.claim(TENANT, { limit: 1, leaseMs: 60_000 });
  expect(claims).toHaveLength(1);
  for (const { followUp, leaseToken } of claims) {
    const held = { followUpId: followUp.id, leaseToken, leaseMs: 60_000 };
    await store.followUps.heartbeat(TENANT, held);
    await run('followUps.complete', { followUpId: followUp.id, leaseToken });
  }
  await run('conversations.close', { conversationId });
  await store.rollUp();
  await store.drain();

  const sharded = written.filter(({ collection }) => shardKeyOf(collection) !== undefined);
  expect([...new Set(sharded.map(({ collection }) => collection))]).toEqual(
    expect.arrayContaining([
      'active_conversations',
      'agents',
      'contacts',
      'conversations',
      'counted_conversations',
      'follow_ups',
      'handoffs',
      'metrics_buckets',
      'objections',
      'search_terms',
      'timeline',
    ]),
  );
  // Leases are given to several at once, in all of the tenant's shards.
  const ofSeveral = sharded.filter(({ filter }) => filter['_id']?.$in !== undefined);
  expect(ofSeveral.length).toBeGreaterThan(0);
  expect(ofSeveral.every(({ filter }) => filter['tenantId'] === TENANT)).toBe(true);
  expect(sharded.filter((write) => !ofSeveral.includes(write) && !namesShard(write))).toEqual([]);
});
