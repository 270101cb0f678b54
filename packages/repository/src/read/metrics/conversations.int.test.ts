import {
  type ConversationId,
  MetricsConversations,
  type MetricsFigure,
  type MetricsPeriod,
} from '@baton/schema';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ask, FEBRUARY, nothing, scenario, useMetricsHistory, won } from '../../../test/metrics-history.ts';
import { metricsQueries } from './metrics.ts';

useMetricsHistory();

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
    ...funnel.stages.map(({ stage, reached }): [MetricsFigure, number] => [
      { figure: 'reached', stage },
      reached,
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
    const made: { id: ConversationId }[] = [];
    // A tenant beside others has a tenth of the places to wait.
    for (let from = 0; from < 2_100; from += 700)
      made.push(
        ...(await Promise.all(
          Array.from({ length: 700 }, (_, index) =>
            scenario.create({ at: new Date(first + from + index).toISOString() }, tenantId),
          ),
        )),
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
    const begun = performance.now();
    vi.spyOn(performance, 'now')
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
