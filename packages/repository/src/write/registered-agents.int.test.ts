import { AgentId, type ConversationId } from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { connect } from '../connection/connection.ts';
import { byId } from '../schema/open-collections.ts';
import { openStore } from '../store.ts';
import { RegisteredAgents } from './registered-agents.ts';

let database: TestDatabase;
let scenario: Scenario;
let messages = 0;

beforeAll(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
});
afterAll(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const note = (conversationId: ConversationId, agentId: AgentId) =>
  scenario.run('messages.append', {
    conversationId,
    clientMessageId: `note-${(messages += 1)}`,
    author: { kind: 'agent', agentId },
    text: 'A note',
    visibility: 'internal',
  });

test('whoever is not registered is counted nowhere, however many names a caller makes up', async () => {
  const { id } = await scenario.create();
  for (let name = 0; name < 5; name += 1)
    await expect(note(id, AgentId.parse(`made_up_${name}`))).rejects.toMatchObject({ code: 'UNKNOWN_AGENT' });
  const { conversation } = await note(id, SUPERVISOR);
  expect(Object.keys(conversation.metrics.byAgent)).toEqual([SUPERVISOR]);
});

test('an agent speaks as soon as it is registered, by another server too', async () => {
  const { id } = await scenario.create();
  const late = AgentId.parse('late');
  await expect(note(id, late)).rejects.toMatchObject({ code: 'UNKNOWN_AGENT' });
  await using connection = await connect(database.uri);
  await openStore(connection).agents.register(scenario.tenantId, {
    id: late,
    kind: 'ai',
    roles: [],
    capacity: null,
    availability: 'available',
    members: [],
  });
  await note(id, late);
});

test("another tenant's agent is not registered here", async () => {
  const stranger = await scenario.tenant('stranger');
  const own = AgentId.parse('own_agent');
  await scenario.store.agents.register(scenario.tenantId, {
    id: own,
    kind: 'ai',
    roles: [],
    capacity: null,
    availability: 'available',
    members: [],
  });
  const here = await scenario.create();
  await note(here.id, own);
  const there = await scenario.create({}, stranger);
  await expect(
    scenario.run(
      'objections.raise',
      { conversationId: there.id, type: 'price', text: 'No', severity: 'low', by: own },
      stranger,
    ),
  ).rejects.toMatchObject({ code: 'UNKNOWN_AGENT' });
});

test('who has spoken in a conversation before agents had to be registered may go on there', async () => {
  const earlier = AgentId.parse('earlier_bot');
  const { id } = await scenario.create();
  const counted = { messages: 1, inputTokens: 0, outputTokens: 0, costMicros: 0 };
  const at = new Date(scenario.now);
  await scenario.collections.conversations.acrossTenants('test').updateOne(byId(new ObjectId(id)), {
    $set: { 'metrics.byAgent.earlier_bot': { ...counted, firstAt: at, lastAt: at } },
  });
  await using connection = await connect(database.uri);
  const input = { conversationId: id, type: 'price', text: 'No', severity: 'low', by: earlier } as const;
  const caller = { tenantId: scenario.tenantId, actor: { kind: 'system' }, mayForce: false } as const;
  const raised = await openStore(connection).execute(caller, 'objections.raise', input);
  expect(raised.entries).toMatchObject([{ actor: { agentId: earlier } }]);
});

test('a known agent costs a command no read of the agents', async () => {
  const conversations = [await scenario.create(), await scenario.create(), await scenario.create()];
  await using connection = await connect(database.uri);
  await note((await scenario.create()).id, QUALIFIER);
  await connection.db.command({ profile: 2 });
  for (const { id } of conversations) await note(id, QUALIFIER);
  await connection.db.command({ profile: 0 });
  const reads = connection.db.collection('system.profile').find({ ns: /\.agents$/ });
  expect(await reads.toArray()).toEqual([]);
});

test('so many agents are remembered, of all tenants and of one', async () => {
  await using connection = await connect(database.uri);
  await using session = connection.client.startSession();
  const { collections } = openStore(connection);
  const known = new RegisteredAgents(collections, 1);
  const find = vi.spyOn(collections.agents.collection, 'find');
  const looksFor = async (...agentIds: AgentId[]) => {
    find.mockClear();
    expect(await known.among(scenario.tenantId, agentIds, session)).toEqual(new Set(agentIds));
    return find.mock.calls.length;
  };
  expect([await looksFor(QUALIFIER), await looksFor(QUALIFIER)]).toEqual([1, 0]);
  expect([await looksFor(QUALIFIER, SUPERVISOR), await looksFor(SUPERVISOR)]).toEqual([1, 0]);
  expect(await looksFor(QUALIFIER)).toBe(1);
});
