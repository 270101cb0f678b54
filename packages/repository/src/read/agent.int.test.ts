import { AgentId, ListAgents, RegisterAgent, TenantId, timestamp, UpdateAgent } from '@baton/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../test/scenario.ts';
import { agentRegistry, ensureDefaultAgents } from '../write/agent-registry.ts';
import { agentQueries, agentsOnDuty } from './agent.ts';
import { followUpQueries } from './follow-up.ts';

const MIA = AgentId.parse('mia');
const SUPPORT = AgentId.parse('support');
const NOBODY = AgentId.parse('nobody');

let scenario: Scenario;

beforeAll(async () => {
  scenario = await Scenario.openInNewDatabase();
});

afterAll(() => scenario[Symbol.asyncDispose]());

const register = (tenantId: TenantId, input: Partial<RegisterAgent> & Pick<RegisterAgent, 'id'>) =>
  agentRegistry.register(scenario.collections, tenantId, RegisterAgent.parse({ kind: 'human', ...input }));
const list = (tenantId: TenantId, input: Partial<ListAgents> = {}) =>
  agentQueries.list(scenario.collections, tenantId, ListAgents.parse(input));

describe('Agents', () => {
  it('that every tenant has are five, made once', async () => {
    const tenantId = TenantId.parse('fresh');
    await Promise.all([1, 2, 3].map(() => ensureDefaultAgents(scenario.collections, tenantId)));
    const { items } = await list(tenantId);
    expect(items.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'closer ai',
      'objection_handler ai',
      'onboarding_specialist ai',
      'qualifier ai',
      'supervisor ai',
    ]);
    expect(
      await scenario.collections.tenants.acrossTenants('test').countDocuments({}),
    ).toBeGreaterThanOrEqual(1);
    const update = UpdateAgent.parse({ id: SUPERVISOR, capacity: 3 });
    await agentRegistry.update(scenario.collections, tenantId, update);
    await ensureDefaultAgents(scenario.collections, tenantId);
    expect(await agentQueries.get(scenario.collections, tenantId, { agentId: SUPERVISOR })).toMatchObject({
      capacity: 3,
    });
  });

  it('are registered once an id, each tenant for itself', async () => {
    const [one, two] = [await scenario.tenant('one'), await scenario.tenant('two')];
    const mia = await register(one, { id: MIA, capacity: 5 });
    expect(mia).toMatchObject({
      id: MIA,
      name: 'mia',
      kind: 'human',
      capacity: 5,
      availability: 'available',
    });
    await expect(register(one, { id: MIA })).rejects.toMatchObject({ code: 'AGENT_EXISTS' });
    await expect(register(two, { id: MIA, name: 'Mia' })).resolves.toMatchObject({ name: 'Mia' });
    expect(await agentQueries.get(scenario.collections, one, { agentId: MIA })).toEqual(mia);
    expect(await agentQueries.get(scenario.collections, one, { agentId: NOBODY })).toBeNull();
  });

  it('are updated in what is given', async () => {
    const tenantId = await scenario.tenant('updates');
    const mia = await register(tenantId, { id: MIA, roles: ['sales'], capacity: 5 });
    await register(tenantId, { id: SUPPORT, kind: 'queue' });
    const update = (input: UpdateAgent) => agentRegistry.update(scenario.collections, tenantId, input);
    const away = await update({ id: MIA, availability: 'away', capacity: null });
    expect(away).toEqual({ ...mia, availability: 'away', capacity: null, updatedAt: away.updatedAt });
    expect(await update({ id: SUPPORT, members: [MIA] })).toMatchObject({ members: [MIA] });
    await expect(update({ id: MIA, members: [CLOSER] })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(update({ id: MIA, members: [] })).resolves.toMatchObject({ members: [] });
    await expect(update({ id: NOBODY, name: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(update({ id: NOBODY, members: [MIA] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are listed by id and kind, page by page, without those of tenants with similar names', async () => {
    const tenantId = await scenario.tenant('shop');
    await register(await scenario.tenant('shop-2'), { id: AgentId.parse('aaa') });
    await register(tenantId, { id: MIA });
    const first = await list(tenantId, { limit: 4 });
    const second = await list(tenantId, { limit: 4, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([
      'closer',
      'mia',
      'objection_handler',
      'onboarding_specialist',
      'qualifier',
      'supervisor',
    ]);
    expect((await list(tenantId, { kind: 'human' })).items.map(({ id }) => id)).toEqual([MIA]);
  });
});

describe('The workload', () => {
  it('of an agent is all that it has on its hands', async () => {
    const tenantId = await scenario.tenant('workload');
    await register(tenantId, { id: MIA, capacity: 4 });
    await register(tenantId, { id: SUPPORT, kind: 'queue', members: [MIA] });
    scenario.at(timestamp(Date.now() - 3_600_000));
    const create = (agentId: AgentId) => scenario.create({ agentId }, tenantId);
    const say = async (id: Awaited<ReturnType<typeof create>>['id'], clientMessageId: string) =>
      scenario.run(
        'messages.append',
        { conversationId: id, clientMessageId, author: { kind: 'customer' }, text: 'Hello?' },
        tenantId,
      );
    const waiting = await create(MIA);
    await say(waiting.id, 'first');
    const paused = await create(MIA);
    await say(paused.id, 'second');
    await scenario.run('conversations.pause', { conversationId: paused.id }, tenantId);
    const closed = await create(MIA);
    await say(closed.id, 'third');
    await scenario.run('conversations.close', { conversationId: closed.id }, tenantId);
    await create(MIA);
    for (const to of [SUPPORT, MIA]) {
      const { id } = await create(CLOSER);
      const handing = { conversationId: id, from: CLOSER, to, reason: 'Please', trigger: 'manual' as const };
      await scenario.run('handoffs.request', handing, tenantId);
    }
    for (const minutes of [-10, 600]) {
      const dueAt = timestamp(Date.now() + minutes * 60_000);
      const plan = { conversationId: waiting.id, type: 'nurture' as const, dueAt, assignee: MIA };
      await scenario.run('followUps.schedule', plan, tenantId);
    }

    const [mia, ...others] = await agentQueries.workload(scenario.collections, tenantId, { agentId: MIA });
    expect(others).toEqual([]);
    expect(mia).toMatchObject({
      agent: { id: MIA },
      activeConversations: 2,
      waitingCustomers: 2,
      pendingHandoffs: 2,
      followUpsDue: 1,
      load: 0.5,
    });
    expect(mia?.longestWaitMs).toBeGreaterThan(3_400_000);

    const everyone = await agentQueries.workload(scenario.collections, tenantId, {});
    const byId = Object.fromEntries(everyone.map((workload) => [workload.agent.id, workload]));
    expect(byId['mia']).toMatchObject({ activeConversations: 2, pendingHandoffs: 2 });
    expect(byId['support']).toMatchObject({
      activeConversations: 0,
      pendingHandoffs: 1,
      longestWaitMs: null,
    });
    expect(byId['closer']).toMatchObject({ activeConversations: 2, pendingHandoffs: 0, load: null });
    const { items } = await followUpQueries.listDue(scenario.collections, tenantId, {
      limit: 25,
      assignee: MIA,
    });
    expect(items).toHaveLength(1);
  });

  it('of an agent that takes no conversation is full', async () => {
    const tenantId = await scenario.tenant('full');
    await register(tenantId, { id: MIA, capacity: 0 });
    expect(await agentQueries.workload(scenario.collections, tenantId, { agentId: MIA })).toMatchObject([
      { load: 1 },
    ]);
  });

  it('of an unknown agent is not found', async () => {
    await expect(
      agentQueries.workload(scenario.collections, scenario.tenantId, { agentId: NOBODY }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('Agents on duty', () => {
  it('come with their active conversations where a capacity limits them', async () => {
    const tenantId = await scenario.tenant('duty');
    await register(tenantId, { id: MIA, capacity: 2 });
    await scenario.create({ agentId: MIA }, tenantId);
    const { id } = await scenario.create({ agentId: MIA }, tenantId);
    await scenario.run('conversations.close', { conversationId: id }, tenantId);
    await scenario.create({ agentId: QUALIFIER }, tenantId);
    const found = await agentsOnDuty(scenario.collections, tenantId, [MIA, QUALIFIER, NOBODY]);
    expect([...found]).toEqual([
      [
        MIA,
        {
          id: MIA,
          kind: 'human',
          capacity: 2,
          availability: 'available',
          members: [],
          activeConversations: 1,
        },
      ],
      [QUALIFIER, expect.objectContaining({ capacity: null, activeConversations: 0 })],
    ]);
  });
});

describe('A tenant with very many agents', () => {
  it('has the workload of 500 at a time', async () => {
    const tenantId = TenantId.parse('crowd');
    const at = new Date();
    const ids = Array.from({ length: 520 }, (_, index) =>
      AgentId.parse(`a${String(index).padStart(4, '0')}`),
    );
    const common = {
      kind: 'ai',
      name: 'One',
      roles: [],
      capacity: null,
      availability: 'available',
      members: [],
    };
    await scenario.collections.agents.collection.insertMany(
      // The collection's documents have a compound `_id`, which the driver's type does not know.
      ids.map((agentId) => ({
        _id: { tenantId, agentId } as never,
        ...common,
        assignments: 0,
        createdAt: at,
        updatedAt: at,
      })),
    );
    const workload = (after?: AgentId) =>
      agentQueries.workload(scenario.collections, tenantId, after === undefined ? {} : { after });
    const first = await workload();
    expect(first.map(({ agent }) => agent.id)).toEqual(ids.slice(0, 500));
    expect((await workload(first.at(-1)?.agent.id)).map(({ agent }) => agent.id)).toEqual(ids.slice(500));
  });
});
