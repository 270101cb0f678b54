import type { SalesStage } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import {
  ask,
  FEBRUARY,
  MINUTE,
  nothing,
  scenario,
  useMetricsHistory,
  won,
} from '../../../test/metrics-history.ts';
import { CLOSER, QUALIFIER, SUPERVISOR } from '../../../test/scenario.ts';

useMetricsHistory();

describe('The overview', () => {
  it('counts the conversations, and what was said and done', async () => {
    const { byStatus, byStage, ...overview } = await ask('overview');
    expect(overview).toEqual({
      conversations: 3,
      waiting: 1,
      messages: 9,
      customerMessages: 5,
      agentMessages: 4,
      handoffs: 1,
      dealsWon: 1,
      dealsLost: 1,
      wonMonthlyCents: 50_000,
      inputTokens: 100,
      outputTokens: 20,
      costMicros: 7,
    });
    expect(byStatus).toEqual({ active: 1, paused: 0, scheduled: 0, completed: 2, abandoned: 0 });
    expect(byStage).toMatchObject({ lead: 1, closed_won: 1, closed_lost: 1, qualification: 0 });
  });

  it('is of a period and of a channel', async () => {
    expect(await ask('overview', { from: FEBRUARY })).toMatchObject({
      conversations: 1,
      messages: 3,
      dealsWon: 0,
    });
    expect(await ask('overview', { to: FEBRUARY })).toMatchObject({
      conversations: 2,
      waiting: 0,
      dealsLost: 1,
    });
    expect(await ask('overview', { channel: 'email' })).toMatchObject({
      conversations: 1,
      messages: 1,
      dealsWon: 0,
    });
  });

  it('takes the first instant of its period in, and the last one out', async () => {
    const first = '2026-01-10T10:00:00.000Z';
    expect(await ask('overview', { from: first })).toMatchObject({ conversations: 3, messages: 9 });
    expect(await ask('overview', { to: first })).toMatchObject({ conversations: 0, messages: 0 });
    expect(await ask('overview', { to: '2026-01-10T10:00:00.001Z' })).toMatchObject({
      conversations: 1,
      messages: 0,
    });
  });

  it('of a tenant that has nothing is all zero', async () => {
    const { byStatus: _status, byStage: _stage, ...counts } = await ask('overview', {}, nothing);
    expect(new Set(Object.values(counts))).toEqual(new Set([0]));
  });
});

describe('The funnel', () => {
  const conversion = async (from: SalesStage, to: SalesStage, input = {}) =>
    (await ask('funnel', input)).conversions.find((step) => step.from === from && step.to === to);

  it('counts distinct conversations that entered each stage, and where they are now', async () => {
    const { stages } = await ask('funnel');
    expect(stages).toMatchObject([
      { stage: 'lead', entered: 3, now: 1 },
      { stage: 'qualification', entered: 2, now: 0 },
      { stage: 'qualified', entered: 1 },
      { stage: 'objection_handling', entered: 0 },
      { stage: 'closing', entered: 1 },
      { stage: 'closed_won', entered: 1, now: 1 },
      { stage: 'closed_lost', entered: 1, now: 1 },
      { stage: 'follow_up', entered: 0 },
    ]);
  });

  it('converts who entered one stage and another later', async () => {
    expect(await conversion('lead', 'qualification')).toMatchObject({
      entered: 3,
      converted: 2,
      rate: 2 / 3,
    });
    expect(await conversion('qualification', 'closed_won')).toMatchObject({
      entered: 2,
      converted: 1,
      rate: 0.5,
    });
    expect(await conversion('closed_won', 'lead')).toMatchObject({ entered: 1, converted: 0, rate: 0 });
    expect(await conversion('follow_up', 'lead')).toMatchObject({ entered: 0, converted: 0, rate: null });
  });

  it('says of those that began in the period how far they came in it', async () => {
    const tenantId = await scenario.tenant('cohort');
    scenario.at('2026-04-10T10:00:00.000Z');
    const { id: before } = await scenario.create({}, tenantId);
    scenario.at('2026-05-10T10:00:00.000Z');
    const period = { from: scenario.now, to: '2026-06-01T00:00:00.000Z' };
    await scenario.run('stages.transition', { conversationId: before, to: 'qualification' }, tenantId);
    const { id: skips } = await scenario.create({}, tenantId);
    await scenario.run('stages.transition', { conversationId: skips, to: 'follow_up' }, tenantId);
    await scenario.run('stages.transition', { conversationId: skips, to: 'closing' }, tenantId);
    const { id: late } = await scenario.create({}, tenantId);
    scenario.at('2026-06-10T10:00:00.000Z');
    await scenario.run('stages.transition', { conversationId: late, to: 'qualification' }, tenantId);

    const { stages } = await ask('funnel', period, tenantId);
    expect(stages.map(({ stage, entered, reached }) => [stage, entered, reached])).toEqual([
      ['lead', 2, 2],
      ['qualification', 1, 1],
      ['qualified', 0, 1],
      ['objection_handling', 0, 0],
      ['closing', 1, 1],
      ['closed_won', 0, 0],
      ['closed_lost', 0, 0],
      ['follow_up', 1, 1],
    ]);
  });

  it('is of a period and of a channel', async () => {
    expect(await conversion('lead', 'qualification', { from: FEBRUARY })).toMatchObject({
      entered: 1,
      converted: 0,
    });
    expect(await conversion('lead', 'closed_lost', { channel: 'email' })).toMatchObject({
      entered: 1,
      converted: 1,
    });
    const { stages } = await ask('funnel', { channel: 'email' });
    expect(stages.find(({ stage }) => stage === 'lead')).toMatchObject({ entered: 1, now: 0 });
  });

  it('counts a conversation that comes back to a stage once, and converts it both ways', async () => {
    const tenantId = await scenario.tenant('loops');
    const { id: conversationId } = await scenario.create({}, tenantId);
    for (const to of ['follow_up', 'lead', 'follow_up', 'lead'] as const) {
      await scenario.run('stages.transition', { conversationId, to }, tenantId);
    }
    const { stages, conversions } = await ask('funnel', {}, tenantId);
    expect(stages).toMatchObject([
      { stage: 'lead', entered: 1, now: 1 },
      {},
      {},
      {},
      {},
      {},
      {},
      { entered: 1 },
    ]);
    const both = conversions.filter(({ converted }) => converted > 0);
    expect(both).toMatchObject([
      { from: 'lead', to: 'follow_up', entered: 1, converted: 1, rate: 1 },
      { from: 'follow_up', to: 'lead', entered: 1, converted: 1, rate: 1 },
    ]);
  });
});

describe('The time in stages', () => {
  it('is measured when a stage is left', async () => {
    const { stages } = await ask('timeInStage');
    // 3 minutes until the first left it, 2 until the second.
    expect(stages[0]).toEqual({
      stage: 'lead',
      count: 2,
      meanMs: 2.5 * MINUTE,
      medianMs: 2.5 * MINUTE,
      p90Ms: 2.9 * MINUTE,
    });
    expect(stages.find(({ stage }) => stage === 'qualified')).toMatchObject({ count: 1, medianMs: MINUTE });
    expect(stages.find(({ stage }) => stage === 'follow_up')).toEqual({
      stage: 'follow_up',
      count: 0,
      meanMs: null,
      medianMs: null,
      p90Ms: null,
    });
  });

  it('is of a period and of a channel', async () => {
    const counts = async (input: object) =>
      (await ask('timeInStage', input)).stages.map(({ count }) => count);
    expect(await counts({ from: FEBRUARY })).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await counts({ channel: 'email' })).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  });
});

describe('Response times', () => {
  it('run from the first unanswered question to the public answer', async () => {
    const { all, byAgent, buckets } = await ask('responseTimes');
    expect(all).toEqual({
      count: 3,
      meanMs: (65 / 3) * MINUTE,
      medianMs: 3 * MINUTE,
      p90Ms: 2_964_000,
    });
    expect(byAgent).toEqual([
      { agentId: SUPERVISOR, count: 2, meanMs: 31 * MINUTE, medianMs: 31 * MINUTE, p90Ms: 55 * MINUTE },
      { agentId: CLOSER, count: 1, meanMs: 3 * MINUTE, medianMs: 3 * MINUTE, p90Ms: 3 * MINUTE },
    ]);
    expect(buckets.filter(({ count }) => count > 0)).toEqual([
      // Exactly one minute still belongs to the bucket that ends there.
      { fromMs: 30_000, toMs: MINUTE, count: 1 },
      { fromMs: MINUTE, toMs: 5 * MINUTE, count: 1 },
      { fromMs: 60 * MINUTE, toMs: 240 * MINUTE, count: 1 },
    ]);
    expect(buckets[0]?.fromMs).toBe(0);
    expect(buckets.at(-1)?.toMs).toBeNull();
  });

  it('of a period in which nobody answered are none', async () => {
    expect(await ask('responseTimes', { channel: 'sms' })).toMatchObject({
      all: { count: 0, meanMs: null, medianMs: null, p90Ms: null },
      byAgent: [],
    });
  });

  it('are exact however many there are', async () => {
    const tenantId = await scenario.tenant('many');
    const waits = Array.from({ length: 101 }, (_, index) => ((index * 37) % 101) * 1_000);
    const { id: conversationId } = await scenario.create({ at: '2026-03-01T00:00:00.000Z' }, tenantId);
    let at = Date.parse('2026-03-02T00:00:00.000Z');
    for (const [index, wait] of waits.entries()) {
      for (const author of [{ kind: 'customer' as const }, { kind: 'agent' as const, agentId: SUPERVISOR }]) {
        if (author.kind === 'agent') at += wait;
        const clientMessageId = `${author.kind} ${index}`;
        const message = {
          conversationId,
          clientMessageId,
          author,
          text: 'x',
          at: new Date(at).toISOString(),
        };
        await scenario.run('messages.append', message, tenantId);
      }
    }
    const { all } = await ask('responseTimes', {}, tenantId);
    expect(all).toEqual({ count: 101, meanMs: 50_000, medianMs: 50_000, p90Ms: 90_000 });
  });
});

describe('The metrics of agents', () => {
  it('tell what each did, who wrote most first', async () => {
    const { agents } = await ask('agents');
    expect(agents).toEqual([
      {
        agentId: SUPERVISOR,
        conversations: 3,
        messages: 2,
        handoffsIn: 0,
        handoffsOut: 1,
        dealsWon: 0,
        meanResponseMs: 31 * MINUTE,
        inputTokens: 0,
        outputTokens: 0,
        costMicros: 0,
      },
      {
        agentId: CLOSER,
        conversations: 1,
        messages: 1,
        handoffsIn: 1,
        handoffsOut: 0,
        dealsWon: 1,
        meanResponseMs: 3 * MINUTE,
        inputTokens: 100,
        outputTokens: 20,
        costMicros: 7,
      },
      expect.objectContaining({ agentId: QUALIFIER, conversations: 1, messages: 1, meanResponseMs: null }),
    ]);
  });

  it('credit a deal to who owned the conversation, even without a word in the period', async () => {
    const { items } = await scenario.store.stages.history(scenario.tenantId, {
      conversationId: won,
      limit: 1,
    });
    const { agents } = await ask('agents', { from: items[0]?.at ?? '', to: FEBRUARY });
    expect(agents.find(({ agentId }) => agentId === CLOSER)).toMatchObject({
      conversations: 0,
      messages: 0,
      dealsWon: 1,
      meanResponseMs: null,
    });
  });

  it('are of a channel', async () => {
    const { agents } = await ask('agents', { channel: 'email' });
    expect(agents).toMatchObject([{ agentId: SUPERVISOR, conversations: 1, messages: 0 }]);
  });
});
