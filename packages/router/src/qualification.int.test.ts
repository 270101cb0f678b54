import { afterAll, beforeAll, expect, test } from 'vitest';
import {
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

async function conversation(): Promise<string> {
  const { id: conversationId } = await api.conversations.create.mutate({
    contactId: newContact(),
    channel: 'web',
    initialMessage: { text: 'We have 10k' },
  });
  await api.stages.transition.mutate({ conversationId, to: 'qualification' });
  return conversationId;
}

const budget = { verdict: true, confidence: 0.8, value: '10k', minimumCents: 1_000_000 } as const;
const others = {
  authority: { verdict: true, confidence: 1, role: 'CEO', needsApproval: false },
  need: { verdict: true, confidence: 0.6, painPoints: ['Slow answers'] },
  timeline: { verdict: true, confidence: 1, timeframe: 'This month', urgency: 'high' as const },
};

test('answers are merged; an earlier one stays in history', async () => {
  const conversationId = await conversation();
  await api.qualification.record.mutate({ conversationId, budget, by: 'qualifier' });
  const evidence = [{ seq: 2, start: 8, end: 11 }];
  const { conversation: after } = await api.qualification.record.mutate({
    conversationId,
    budget: { verdict: true, confidence: 1, certainty: 'hypothesis', evidence },
    by: 'closer',
  });
  expect(after.qualification.budget).toEqual({
    ...budget,
    confidence: 1,
    certainty: 'hypothesis',
    evidence,
    by: 'closer',
    at: after.updatedAt,
  });
  const { items } = await api.qualification.history.query({ conversationId, field: 'budget' });
  expect(items.map(({ answer }) => answer.confidence)).toEqual([1, 0.8]);
  expect(await api.qualification.get.query({ conversationId })).toEqual(after.qualification);
});

test('the check says what is missing, and the score is the mean of the four', async () => {
  const conversationId = await conversation();
  expect(await api.qualification.check.query({ conversationId })).toEqual({
    complete: false,
    met: false,
    score: null,
    missing: ['budget', 'authority', 'need', 'timeline'],
    answered: { budget: false, authority: false, need: false, timeline: false },
  });
  await api.qualification.record.mutate({
    conversationId,
    ...others,
    budget: { ...budget, verdict: false },
    by: 'qualifier',
  });
  expect(await api.qualification.check.query({ conversationId })).toMatchObject({
    complete: true,
    met: false,
    missing: [],
  });
  expect((await api.qualification.check.query({ conversationId })).score).toBeCloseTo(65);
  expect((await api.conversations.get.query({ conversationId })).isQualified).toBe(false);
});

test('with advance the sale moves on in the same command, when all is met', async () => {
  const conversationId = await conversation();
  const some = await api.qualification.record.mutate({
    conversationId,
    budget,
    by: 'qualifier',
    advance: true,
  });
  expect(some.conversation.stage).toBe('qualification');
  const all = await api.qualification.record.mutate({
    conversationId,
    ...others,
    by: 'qualifier',
    advance: true,
  });
  expect(all.conversation).toMatchObject({
    stage: 'qualified',
    isQualified: true,
    qualification: { met: true, qualifiedBy: 'qualifier' },
  });
  expect(all.entries.map(({ kind }) => kind)).toEqual(['qualification', 'stage']);
});

test('evidence points at words that are there', async () => {
  const conversationId = await conversation();
  for (const evidence of [[{ seq: 99 }], [{ seq: 2, start: 5, end: 5 }]]) {
    const record = api.qualification.record.mutate({
      conversationId,
      budget: { ...budget, evidence },
      by: 'qualifier',
    });
    expect(await refusalOf(record)).toMatchObject({
      code: 'INVALID_INPUT',
      trpc: 'BAD_REQUEST',
      status: 400,
    });
  }
});
