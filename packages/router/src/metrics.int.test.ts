import { afterAll, beforeAll, expect, test } from 'vitest';
import { newContact, startTestServer, type TestServer } from '../../../apps/server/test/test-server.ts';

let server: TestServer;
let api: TestServer['baton']['api'];

/** One sale from the first word to the deal, at instants that are known. */
beforeAll(async () => {
  server = await startTestServer();
  ({ api } = server.baton);
  const at = (minute: number) => `2024-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'sms',
    initialMessage: { text: 'Hello' },
    at: at(0),
  });
  await api.messages.append.mutate({
    conversationId,
    clientMessageId: 'a',
    author: { kind: 'agent', agentId: 'supervisor' },
    text: 'Hi!',
    usage: { model: 'm', inputTokens: 100, outputTokens: 10, costMicros: 5 },
    at: at(2),
  });
  await api.stages.transition.mutate({ conversationId, to: 'qualification', at: at(10) });
  await api.handoffs.transfer.mutate({
    conversationId,
    from: 'supervisor',
    to: 'closer',
    reason: 'Ready',
    trigger: 'manual',
    at: at(12),
  });
  await api.stages.transition.mutate({
    conversationId,
    to: 'closing',
    force: true,
    reason: 'Signed',
    at: at(20),
  });
  await api.deals.close.mutate({
    conversationId,
    outcome: 'won',
    deal: { monthlyValueCents: 9_900, paymentMethod: 'ach' },
    by: 'closer',
    at: at(30),
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const march = { from: '2024-03-01T00:00:00.000Z', to: '2024-04-01T00:00:00.000Z' };

test('the overview counts what began and what was said', async () => {
  expect(await api.metrics.overview.query({ ...march, channel: 'sms' })).toMatchObject({
    conversations: 1,
    byStatus: expect.objectContaining({ completed: 1 }),
    byStage: expect.objectContaining({ closed_won: 1 }),
    messages: 2,
    customerMessages: 1,
    agentMessages: 1,
    handoffs: 1,
    dealsWon: 1,
    dealsLost: 0,
    wonMonthlyCents: 9_900,
    inputTokens: 100,
    outputTokens: 10,
    costMicros: 5,
  });
  expect(await api.metrics.overview.query({ ...march, channel: 'web' })).toMatchObject({
    conversations: 0,
    messages: 0,
  });
  expect(await server.stranger.api.metrics.overview.query({})).toMatchObject({
    conversations: 0,
    messages: 0,
  });
});

test('the funnel counts who entered B after A', async () => {
  const { stages, conversions } = await api.metrics.funnel.query(march);
  expect(stages.find(({ stage }) => stage === 'qualification')).toMatchObject({ entered: 1, now: 0 });
  expect(conversions.find(({ from, to }) => from === 'qualification' && to === 'closing')).toMatchObject({
    entered: 1,
    converted: 1,
    rate: 1,
  });
});

test('times in stage and until the answer are measured', async () => {
  const { stages } = await api.metrics.timeInStage.query(march);
  expect(stages.find(({ stage }) => stage === 'qualification')).toMatchObject({ count: 1, meanMs: 600_000 });
  const { all, byAgent, buckets } = await api.metrics.responseTimes.query(march);
  expect(all).toMatchObject({ count: 1, meanMs: 120_000, medianMs: 120_000 });
  expect(byAgent).toMatchObject([{ agentId: 'supervisor', count: 1 }]);
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(1);
});

test('each agent has its own numbers', async () => {
  const { agents } = await api.metrics.agents.query(march);
  expect(agents.find(({ agentId }) => agentId === 'closer')).toMatchObject({ handoffsIn: 1, dealsWon: 1 });
  expect(agents.find(({ agentId }) => agentId === 'supervisor')).toMatchObject({
    handoffsOut: 1,
    messages: 1,
    inputTokens: 100,
    meanResponseMs: 120_000,
  });
});
