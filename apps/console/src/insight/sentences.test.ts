// @vitest-environment node
import {
  AgentId,
  type MetricsAgents,
  type MetricsOverview,
  type ObjectionStats,
  ObjectionType,
  SalesStage,
} from '@baton/schema';
import { describe, expect, it } from 'vitest';
import {
  agentsSentence,
  costSentence,
  objectionSentence,
  responseSentence,
  timeInStageSentence,
} from './sentences.ts';

const plain = (text: string) => text.replaceAll('\u00A0', ' ');
const HOUR = 3_600_000;
const nothing = { count: 0, meanMs: null, medianMs: null, p90Ms: null };

describe('the sentence above a chart', () => {
  it('names the stage that takes longest', () => {
    const stages = SalesStage.options.map((stage) => ({
      stage,
      ...nothing,
      ...(stage === 'qualification' && { count: 12, medianMs: 30 * HOUR }),
      ...(stage === 'lead' && { count: 99, medianMs: HOUR }),
    }));
    expect(plain(timeInStageSentence({ stages }))).toBe(
      'Conversations stay longest in qualification: half of 12 stays took more than 1 d 6 h.',
    );
    expect(timeInStageSentence({ stages: [] })).toBe('No conversation left a stage in this period.');
    const atOnce = { stage: 'lead' as const, count: 3, meanMs: 0, medianMs: 0, p90Ms: 0 };
    expect(timeInStageSentence({ stages: [atOnce] })).toBe(
      'Conversations leave every stage within a second.',
    );
  });

  it('says how fast answers come', () => {
    const measured = (
      all: typeof nothing | { count: number; meanMs: number; medianMs: number; p90Ms: number },
    ) => plain(responseSentence({ all, byAgent: [], buckets: [] }));
    expect(measured({ count: 312, meanMs: 1, medianMs: 120_000, p90Ms: 3 * HOUR })).toBe(
      'Half of 312 answers came within 2 min, nine in ten within 3 h.',
    );
    expect(measured({ count: 1, meanMs: 1, medianMs: 120_000, p90Ms: 120_000 })).toBe(
      'The one answer took 2 min.',
    );
    expect(measured(nothing)).toBe('No customer was answered in this period.');
  });

  it('says what customers object to', () => {
    const stats = (
      counts: Partial<Record<ObjectionType, number>>,
      rest: Partial<ObjectionStats> = {},
    ): ObjectionStats => ({
      total: Object.values(counts).reduce((sum, value) => sum + value, 0),
      byType: ObjectionType.options.map((type) => ({
        type,
        total: counts[type] ?? 0,
        active: 0,
        resolved: 0,
        deferred: 0,
        resolutionRate: null,
        meanTimeToResolveMs: null,
      })),
      active: 0,
      resolved: 0,
      deferred: 0,
      resolutionRate: null,
      meanTimeToResolveMs: null,
      ...rest,
    });
    expect(
      plain(
        objectionSentence(stats({ price: 3, trust: 1 }, { resolutionRate: 0.75, meanTimeToResolveMs: HOUR })),
      ),
    ).toBe('4 objections came up, most often about price; 75 % resolved, in 1 h on average.');
    expect(plain(objectionSentence(stats({ trust: 1 })))).toBe(
      '1 objection came up, about trust; 0 % resolved.',
    );
    expect(objectionSentence(stats({}))).toBe('No objection was raised in this period.');
  });

  it('says who wrote and won most', () => {
    const agent = (id: string, messages: number, dealsWon: number): MetricsAgents['agents'][number] => ({
      agentId: AgentId.parse(id),
      conversations: 1,
      messages,
      handoffsIn: 0,
      handoffsOut: 0,
      dealsWon,
      meanResponseMs: null,
      inputTokens: 0,
      outputTokens: 0,
      costMicros: 0,
    });
    const nameOf = (id: string) => id.toUpperCase();
    expect(agentsSentence({ agents: [agent('a', 1, 2), agent('b', 5, 1)] }, nameOf)).toBe(
      'B wrote most, 5 messages; A won most, 2 deals.',
    );
    expect(agentsSentence({ agents: [agent('a', 7, 2)] }, nameOf)).toBe(
      'A wrote most, 7 messages, and won most, 2 deals.',
    );
    expect(agentsSentence({ agents: [agent('a', 1, 0)] }, nameOf)).toBe(
      'A wrote most, 1 message; nobody has won a deal yet.',
    );
    expect(agentsSentence({ agents: [] }, nameOf)).toBe('No agent wrote in this period.');
  });

  it('says what models cost, and what one conversation and one deal took', () => {
    const overview: MetricsOverview = {
      conversations: 100,
      byStatus: { active: 0, paused: 0, scheduled: 0, completed: 0, abandoned: 0 },
      byStage: {
        lead: 0,
        qualification: 0,
        qualified: 0,
        objection_handling: 0,
        closing: 0,
        closed_won: 0,
        closed_lost: 0,
        follow_up: 0,
      },
      waiting: 0,
      messages: 0,
      customerMessages: 0,
      agentMessages: 0,
      handoffs: 0,
      dealsWon: 4,
      dealsLost: 0,
      wonMonthlyCents: 0,
      inputTokens: 900_000,
      outputTokens: 100_000,
      costMicros: 2_000_000,
    };
    expect(costSentence(overview)).toBe(
      '$2.00 for 1M tokens, $0.0200 for each conversation begun and $0.50 for each deal won.',
    );
    expect(costSentence({ ...overview, conversations: 0, dealsWon: 0 })).toBe('$2.00 for 1M tokens.');
    expect(costSentence({ ...overview, costMicros: 0, inputTokens: 0, outputTokens: 0 })).toBe(
      'No model was used in this period.',
    );
  });
});
