import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  return (await api.conversations.create.mutate({ contactId: newContact(), channel: 'web' })).id;
}

const answers = {
  budget: { verdict: true, value: '10k' },
  authority: { verdict: true, role: 'CEO' },
  need: { verdict: true, useCase: 'Support' },
  timeline: { verdict: true, timeframe: 'This month' },
  by: 'qualifier',
} as const;

describe('stages', () => {
  test('move along the table, and their history says when and why', async () => {
    const conversationId = await conversation();
    const { conversation: after, entries } = await api.stages.transition.mutate({
      conversationId,
      to: 'qualification',
      reason: 'Asked for a price',
      notes: 'Warm',
      by: 'supervisor',
    });
    expect(after).toMatchObject({ stage: 'qualification', stageEnteredAt: after.updatedAt });
    expect(entries).toMatchObject([{ kind: 'stage', from: 'lead', to: 'qualification', forced: false }]);
    expect((await api.stages.history.query({ conversationId })).items).toMatchObject([
      {
        seq: 2,
        from: 'lead',
        to: 'qualification',
        reason: 'Asked for a price',
        notes: 'Warm',
        forced: false,
        by: 'supervisor',
      },
    ]);
  });

  test('do not move where the table has no way, and say which there are', async () => {
    const conversationId = await conversation();
    expect(await refusalOf(api.stages.transition.mutate({ conversationId, to: 'closed_won' }))).toMatchObject(
      {
        code: 'INVALID_TRANSITION',
        trpc: 'PRECONDITION_FAILED',
        status: 412,
        details: { from: 'lead', to: 'closed_won', allowed: ['qualification', 'closed_lost', 'follow_up'] },
      },
    );
  });

  test('move past a guard only with what it asks for', async () => {
    const conversationId = await conversation();
    const move = (
      to: 'qualification' | 'qualified' | 'closing' | 'closed_won' | 'closed_lost',
      more: object = {},
    ) => api.stages.transition.mutate({ conversationId, to, ...more });
    await move('qualification');
    expect(await refusalOf(move('qualified'))).toMatchObject({
      code: 'QUALIFICATION_INCOMPLETE',
      status: 412,
      details: { missing: ['budget', 'authority', 'need', 'timeline'] },
    });
    await api.qualification.record.mutate({ conversationId, ...answers });
    await move('qualified');
    await move('closing');
    expect(await refusalOf(move('closed_won'))).toMatchObject({
      code: 'DEAL_INCOMPLETE',
      status: 412,
      details: { missing: ['monthlyValueCents', 'paymentMethod'] },
    });
    expect(await refusalOf(move('closed_lost'))).toMatchObject({
      code: 'LOSS_REASON_REQUIRED',
      status: 412,
      details: { missing: ['lossReason'] },
    });
    const { conversation: won } = await move('closed_won', {
      deal: { monthlyValueCents: 9_900, paymentMethod: 'ach' },
    });
    expect(won).toMatchObject({
      stage: 'closed_won',
      deal: { monthlyValueCents: 9_900, paymentMethod: 'ach', closedAt: won.updatedAt },
    });
  });

  test('are validated and listed with what still blocks them, and nothing moves', async () => {
    const conversationId = await conversation();
    expect(await api.stages.listNext.query({ conversationId })).toEqual([
      { stage: 'qualification', blockers: [] },
      { stage: 'closed_lost', blockers: [{ code: 'LOSS_REASON_REQUIRED', missing: ['lossReason'] }] },
      { stage: 'follow_up', blockers: [] },
    ]);
    const validate = (input: object) =>
      api.stages.validate.query({ conversationId, to: 'closed_lost', ...input });
    expect(await validate({})).toEqual({
      valid: false,
      from: 'lead',
      blockers: [{ code: 'LOSS_REASON_REQUIRED', missing: ['lossReason'] }],
    });
    expect(await validate({ lossReason: 'No budget' })).toEqual({ valid: true, from: 'lead', blockers: [] });
    expect(await validate({ to: 'closed_won', deal: { monthlyValueCents: 1 } })).toEqual({
      valid: false,
      from: 'lead',
      blockers: [
        { code: 'INVALID_TRANSITION', missing: [] },
        { code: 'DEAL_INCOMPLETE', missing: ['paymentMethod'] },
      ],
    });
    expect((await api.conversations.get.query({ conversationId })).version).toBe(1);
  });

  test('are validated with the longest words that an input may have', async () => {
    const conversationId = await conversation();
    const longest = '界'.repeat(500);
    const answer = await api.stages.validate.query({
      conversationId,
      to: 'closed_lost',
      lossReason: longest,
      deal: {
        closeReason: longest,
        monthlyValueCents: 1,
        paymentMethod: 'ach',
        startAt: '2030-01-01T00:00:00.000Z',
      },
    });
    expect(answer.valid).toBe(true);
  });
});

describe('deals', () => {
  test('are changed part by part; null takes a part back', async () => {
    const conversationId = await conversation();
    await api.deals.update.mutate({
      conversationId,
      deal: { monthlyValueCents: 5_000, discountPercent: 10 },
    });
    const { conversation: after, entries } = await api.deals.update.mutate({
      conversationId,
      deal: { discountPercent: null, contractMonths: 12 },
    });
    expect(after.deal).toMatchObject({
      monthlyValueCents: 5_000,
      discountPercent: null,
      contractMonths: 12,
      closedAt: null,
    });
    expect(entries).toMatchObject([{ kind: 'deal', outcome: null }]);
  });

  test('are closed with stage and status in one command', async () => {
    const conversationId = await conversation();
    const { conversation: lost, entries } = await api.deals.close.mutate({
      conversationId,
      outcome: 'lost',
      lossReason: 'No budget',
    });
    expect(lost).toMatchObject({
      stage: 'closed_lost',
      status: 'completed',
      deal: { closeReason: 'No budget' },
      version: 2,
    });
    expect(entries.map(({ kind }) => kind)).toEqual(['deal', 'stage', 'status']);
  });

  test('are not won without value and payment', async () => {
    const conversationId = await conversation();
    await api.stages.transition.mutate({ conversationId, to: 'closing', force: true, reason: 'Signed' });
    const close = (deal?: object) => api.deals.close.mutate({ conversationId, outcome: 'won', deal });
    expect(await refusalOf(close({ monthlyValueCents: 1 }))).toMatchObject({
      code: 'DEAL_INCOMPLETE',
      status: 412,
      details: { missing: ['paymentMethod'] },
    });
    expect((await close({ monthlyValueCents: 1, paymentMethod: 'wire' })).conversation).toMatchObject({
      stage: 'closed_won',
      status: 'completed',
    });
    expect(
      await refusalOf(api.deals.close.mutate({ conversationId, outcome: 'lost', lossReason: 'x' })),
    ).toMatchObject({ code: 'INVALID_TRANSITION', status: 412 });
  });
});
