import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ANA,
  newContact,
  refusalOf,
  startTestServer,
  type TestServer,
} from '../../../apps/server/test/test-server.ts';

let server: TestServer;
let api: TestServer['baton']['api'];

beforeAll(async () => {
  server = await startTestServer();
  ({ api } = server.baton);
});
afterAll(() => server[Symbol.asyncDispose]());

describe('agents', () => {
  test('are the five default ones, and those that the tenant registers', async () => {
    const queue = await api.agents.register.mutate({
      id: 'support',
      kind: 'queue',
      name: 'Support',
      members: [ANA],
    });
    expect(queue).toMatchObject({
      id: 'support',
      kind: 'queue',
      name: 'Support',
      members: [ANA],
      capacity: null,
      availability: 'available',
    });
    const { items } = await api.agents.list.query({});
    expect(items.map(({ id }) => id)).toEqual([
      ANA,
      'closer',
      'objection_handler',
      'onboarding_specialist',
      'qualifier',
      'supervisor',
      'support',
    ]);
    expect((await api.agents.list.query({ kind: 'queue' })).items).toEqual([queue]);
    expect((await server.stranger.api.agents.list.query({})).items).toHaveLength(5);
    const first = await api.agents.list.query({ limit: 6 });
    expect((await api.agents.list.query({ limit: 6, cursor: first.nextCursor ?? '' })).items).toEqual([
      queue,
    ]);
  });

  test('are registered once', async () => {
    expect(await refusalOf(api.agents.register.mutate({ id: 'closer', kind: 'ai' }))).toMatchObject({
      code: 'AGENT_EXISTS',
      trpc: 'CONFLICT',
      status: 409,
      details: { agentId: 'closer' },
    });
  });

  test('change what is given and keep the rest', async () => {
    const changed = await api.agents.update.mutate({ id: 'closer', availability: 'away', capacity: 3 });
    expect(changed).toMatchObject({ id: 'closer', name: 'Closer', availability: 'away', capacity: 3 });
    expect(await api.agents.update.mutate({ id: 'closer', capacity: null })).toMatchObject({
      availability: 'away',
      capacity: null,
    });
    expect(await refusalOf(api.agents.update.mutate({ id: 'nobody', name: 'x' }))).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
    });
    expect(await refusalOf(api.agents.update.mutate({ id: 'closer', members: [ANA] }))).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: 'members' }] },
    });
    expect(
      await refusalOf(api.agents.register.mutate({ id: 'odd', kind: 'ai', members: [ANA] })),
    ).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: 'members' }] },
    });
  });

  test('show what they have on their hands', async () => {
    await api.agents.register.mutate({ id: 'loaded', kind: 'ai', capacity: 4 });
    await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
      agentId: 'loaded',
      initialMessage: { text: 'Hello' },
    });
    const [load] = await api.agents.workload.query({ agentId: 'loaded' });
    expect(load).toMatchObject({
      agent: { id: 'loaded' },
      activeConversations: 1,
      waitingCustomers: 1,
      pendingHandoffs: 0,
      followUpsDue: 0,
      load: 0.25,
    });
    expect((await api.agents.workload.query({})).length).toBeGreaterThan(5);
    expect(await refusalOf(api.agents.workload.query({ agentId: 'nobody' }))).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
    });
  });
});

describe('the tenant', () => {
  test('keeps business hours, and follow-ups move into them', async () => {
    const others = { id: 'acme', reopenWithinMs: null, sendPolicy: null };
    expect(await api.tenant.get.query()).toEqual({ ...others, businessHours: null });
    const businessHours = { timeZone: 'UTC', weekdays: [{ day: 1, from: '09:00', to: '17:00' }] };
    expect(await api.tenant.update.mutate({ businessHours })).toEqual({ ...others, businessHours });
    expect(await api.tenant.get.query()).toEqual({ ...others, businessHours });
    const { id: conversationId } = await api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
    });
    const saturday = '2030-06-01T12:00:00.000Z';
    const { followUp } = await api.followUps.schedule.mutate({
      conversationId,
      type: 'nurture',
      dueAt: saturday,
    });
    expect(followUp.dueAt).toBe('2030-06-03T09:00:00.000Z');
    expect(await api.tenant.update.mutate({ businessHours: null })).toMatchObject({ businessHours: null });
    expect((await server.stranger.api.tenant.get.query()).businessHours).toBeNull();
  });
});

describe('admin', () => {
  test('counts what the tenant has, and compares the schema with the code', async () => {
    const { id: conversationId } = await server.stranger.api.conversations.create.mutate({
      contactId: newContact(),
      channel: 'web',
      contact: { name: 'Ann' },
    });
    await server.stranger.api.objections.raise.mutate({
      conversationId,
      type: 'price',
      text: 'x',
      severity: 'low',
    });
    expect(await server.stranger.api.admin.stats.query()).toEqual({
      conversations: 1,
      entries: 2,
      handoffs: 0,
      objections: 1,
      followUps: 0,
      agents: 5,
      contacts: 1,
    });
    expect(await api.admin.verifySchema.query()).toEqual({ ok: true, differences: [] });
  });
});
