import {
  type ConversationId,
  MetricsConversations,
  type MetricsFigure,
  type MetricsPeriod,
  type SalesStage,
  type TenantId,
} from '@baton/schema';
import { testDatabase, type TestDatabase } from '@baton/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CLOSER, QUALIFIER, Scenario, SUPERVISOR } from '../../../test/scenario.ts';
import { metricsQueries } from './metrics.ts';

const MINUTE = 60_000;
const FEBRUARY = '2026-02-01T00:00:00.000Z';

let database: TestDatabase;
let scenario: Scenario;
let nothing: TenantId;
let won: ConversationId;

const ask = <Name extends Exclude<keyof typeof metricsQueries, 'conversations'>>(
  name: Name,
  input: Parameters<(typeof metricsQueries)[Name]>[2] = {},
  tenantId = scenario.tenantId,
): ReturnType<(typeof metricsQueries)[Name]> =>
  // One query by its name, which the compiler cannot pair with its result.
  metricsQueries[name](scenario.collections, tenantId, input) as ReturnType<(typeof metricsQueries)[Name]>;

beforeAll(async () => {
  database = await testDatabase();
  scenario = await Scenario.open(database.uri);
  nothing = await scenario.tenant('nothing');

  // In January, on the web: asked, answered after 1 and after 3 minutes, handed to the closer, won.
  scenario.at('2026-01-10T10:00:00.000Z');
  ({ id: won } = await scenario.create({ channel: 'web' }));
  await scenario.say(won, 'Hi');
  await scenario.say(won, 'Hello', SUPERVISOR);
  await scenario.qualify(won);
  await scenario.run('handoffs.transfer', {
    conversationId: won,
    from: SUPERVISOR,
    to: CLOSER,
    reason: 'Close it',
    trigger: 'stage_complete',
    stage: 'closing',
  });
  await scenario.say(won, 'So?');
  scenario.wait(2);
  await scenario.run('messages.append', {
    conversationId: won,
    clientMessageId: 'offer',
    author: { kind: 'agent', agentId: CLOSER },
    text: 'Our offer',
    usage: { model: 'm', inputTokens: 100, outputTokens: 20, costMicros: 7 },
  });
  await scenario.run('messages.append', {
    conversationId: won,
    clientMessageId: 'note',
    author: { kind: 'agent', agentId: QUALIFIER },
    text: 'A note',
    visibility: 'internal',
  });
  await scenario.run('deals.close', {
    conversationId: won,
    outcome: 'won',
    deal: { monthlyValueCents: 50_000, paymentMethod: 'ach' },
  });

  // In January, by email: lost, without an answer.
  const { id: lost } = await scenario.create({ channel: 'email' });
  await scenario.say(lost, 'Anybody?');
  await scenario.run('stages.transition', { conversationId: lost, to: 'qualification' });
  await scenario.run('deals.close', { conversationId: lost, outcome: 'lost', lossReason: 'No answer' });

  // In February: an answer after 61 minutes, another question still waits.
  scenario.at('2026-02-10T10:00:00.000Z');
  const { id: waiting } = await scenario.create({ channel: 'web' });
  await scenario.say(waiting, 'Hello?');
  scenario.wait(60);
  await scenario.say(waiting, 'Sorry!', SUPERVISOR);
  await scenario.say(waiting, 'And the price?');
});

afterAll(async () => {
  await scenario[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

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

/** Every figure of the metrics in a period, with the question for the conversations behind it. */
async function everyFigure(input: MetricsPeriod): Promise<[MetricsFigure, number][]> {
  const [overview, funnel, stays, responses, agents] = await Promise.all([
    ask('overview', input),
    ask('funnel', input),
    ask('timeInStage', input),
    ask('responseTimes', input),
    ask('agents', input),
  ]);
  return [
    [{ figure: 'begun' }, overview.conversations],
    [{ figure: 'begun', status: 'active' }, overview.byStatus.active],
    [{ figure: 'begun', isWaiting: true }, overview.waiting],
    [{ figure: 'messages' }, overview.messages],
    [{ figure: 'messages', author: 'customer' }, overview.customerMessages],
    [{ figure: 'handoffs' }, overview.handoffs],
    [{ figure: 'deals', outcome: 'won' }, overview.dealsWon],
    [{ figure: 'deals', outcome: 'lost' }, overview.dealsLost],
    [{ figure: 'cost' }, overview.costMicros],
    [{ figure: 'tokens' }, overview.inputTokens + overview.outputTokens],
    ...funnel.stages.map(({ stage, entered }): [MetricsFigure, number] => [
      { figure: 'entered', stage },
      entered,
    ]),
    ...funnel.conversions
      .filter(({ entered }) => entered > 0)
      .map(({ from, to, converted }): [MetricsFigure, number] => [
        { figure: 'entered', stage: to, after: from },
        converted,
      ]),
    ...stays.stages.map(({ stage, count }): [MetricsFigure, number] => [{ figure: 'stays', stage }, count]),
    [{ figure: 'answers' }, responses.all.count],
    ...responses.byAgent.map(({ agentId, count }): [MetricsFigure, number] => [
      { figure: 'answers', agentId },
      count,
    ]),
    ...responses.buckets.map(({ fromMs, toMs, count }): [MetricsFigure, number] => [
      { figure: 'answers', ...(fromMs > 0 && { aboveMs: fromMs }), ...(toMs !== null && { toMs }) },
      count,
    ]),
    ...agents.agents.flatMap((agent): [MetricsFigure, number][] => {
      const { agentId } = agent;
      return [
        [{ figure: 'worked', agentId }, agent.conversations],
        [{ figure: 'messages', author: 'agent', agentId }, agent.messages],
        [{ figure: 'handoffs', to: agentId }, agent.handoffsIn],
        [{ figure: 'handoffs', from: agentId }, agent.handoffsOut],
        [{ figure: 'deals', outcome: 'won', agentId }, agent.dealsWon],
        [{ figure: 'tokens', agentId }, agent.inputTokens + agent.outputTokens],
        [{ figure: 'cost', agentId }, agent.costMicros],
      ];
    }),
  ];
}

describe('The conversations behind a figure', () => {
  const read = (input: Partial<MetricsConversations> & Pick<MetricsConversations, 'behind'>) =>
    metricsQueries.conversations(
      scenario.collections,
      scenario.tenantId,
      MetricsConversations.parse({ ...input, limit: 2 }),
    );

  it.each<MetricsPeriod>([{}, { from: FEBRUARY, channel: 'web' }])(
    'add up to it, and each comes once: %o',
    async (input) => {
      for (const [behind, figure] of await everyFigure(input)) {
        const items = [];
        let cursor: string | undefined;
        do {
          const page = await read({ ...input, behind, cursor });
          items.push(...page.items);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        const sum = items.reduce((total, { amount }) => total + amount, 0);
        expect(sum, JSON.stringify(behind)).toBe(figure);
        const ids = items.map(({ conversation }) => conversation.id);
        expect(ids, JSON.stringify(behind)).toEqual([...new Set(ids)].toSorted().toReversed());
      }
    },
  );

  it('are those that it counts', async () => {
    const { items } = await read({ behind: { figure: 'entered', stage: 'closed_won', after: 'closing' } });
    expect(items.map(({ conversation }) => conversation.id)).toEqual([won]);
  });

  it('are found among however many others, over pages', async () => {
    const tenantId = await scenario.tenant('crowd');
    const first = Date.parse('2026-03-01T00:00:00.000Z');
    const made = await Promise.all(
      Array.from({ length: 2_100 }, (_, index) =>
        scenario.create({ at: new Date(first + index).toISOString() }, tenantId),
      ),
    );
    const paused = made.filter((_, index) => index < 3 || index === 1_050).map(({ id }) => id);
    const at = new Date(first + made.length).toISOString();
    for (const conversationId of paused) {
      await scenario.run('conversations.pause', { conversationId, at }, tenantId);
    }
    const page = (cursor?: string) =>
      metricsQueries.conversations(
        scenario.collections,
        tenantId,
        MetricsConversations.parse({ behind: { figure: 'begun', status: 'paused' }, limit: 3, cursor }),
      );
    const newest = await page();
    const oldest = await page(newest.nextCursor ?? undefined);
    expect(oldest.nextCursor).toBeNull();
    const found = [...newest.items, ...oldest.items].map(({ conversation }) => conversation.id);
    expect(found).toEqual(paused.toReversed());

    // A clock that leaps once the search has begun: nobody waits for the rare ones without end.
    const begun = Date.now();
    vi.spyOn(Date, 'now')
      .mockReturnValueOnce(begun)
      .mockReturnValue(begun + 60_000);
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(page()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('are never those of another tenant', async () => {
    const input = MetricsConversations.parse({ behind: { figure: 'begun' } });
    const page = await metricsQueries.conversations(scenario.collections, nothing, input);
    expect(page).toEqual({ items: [], nextCursor: null });
  });
});
