import { SalesStage } from '@baton/schema';
import { expect, test } from 'vitest';
import { createdConversation } from '../../test/factories.ts';
import {
  agentsTables,
  funnelTables,
  objectionsTables,
  overviewTables,
  responsesTables,
  stagesTables,
} from './metrics-tables.ts';

const SUMMARY = { count: 3, medianMs: 61_000, meanMs: 90_000, p90Ms: null };
const { agentId: SUPERVISOR } = createdConversation().owner;

test('an overview has counts, money and cost, then statuses and stages', () => {
  const byStage = Object.fromEntries(SalesStage.options.map((stage) => [stage, 1]));
  const [all, statuses, stages] = overviewTables({
    conversations: 1_200,
    byStatus: { active: 2, paused: 0, scheduled: 0, completed: 1, abandoned: 0 },
    byStage: {
      ...byStage,
      lead: 7,
      qualification: 1,
      qualified: 1,
      objection_handling: 1,
      closing: 1,
      closed_won: 1,
      closed_lost: 1,
      follow_up: 1,
    },
    waiting: 3,
    messages: 9,
    customerMessages: 4,
    agentMessages: 5,
    handoffs: 2,
    dealsWon: 1,
    dealsLost: 0,
    wonMonthlyCents: 12_500,
    inputTokens: 1_000,
    outputTokens: 20,
    costMicros: 2_000_000,
  });
  expect(all?.rows).toContainEqual(['Conversations', '1,200']);
  expect(all?.rows).toContainEqual(['Deals won', '1 ($125 a month)']);
  expect(all?.rows).toContainEqual(['Cost', '$2.00']);
  expect(statuses?.rows[0]).toEqual(['active', '2']);
  expect(stages?.rows).toContainEqual(['lead', '7']);
});

test('a funnel names only the ways that somebody went', () => {
  const [, conversions] = funnelTables({
    stages: [{ stage: 'lead', reached: 5, entered: 4, now: 1 }],
    conversions: [
      { from: 'lead', to: 'closing', entered: 4, converted: 1, rate: 0.25 },
      { from: 'closing', to: 'lead', entered: 1, converted: 0, rate: 0 },
    ],
  });
  expect(conversions?.rows).toEqual([['lead', 'closing', '4', '1', '25 %']]);
});

test('durations are in words, and a dash where nothing was measured', () => {
  const row = ['3', '1 min 1 s', '1 min 30 s', '–'];
  expect(stagesTables({ stages: [{ stage: 'lead', ...SUMMARY }] })[0]?.rows).toEqual([['lead', ...row]]);
  const [times, buckets] = responsesTables({
    all: SUMMARY,
    byAgent: [{ agentId: SUPERVISOR, ...SUMMARY }],
    buckets: [
      { fromMs: 0, toMs: 10_000, count: 2 },
      { fromMs: 10_000, toMs: null, count: 1 },
    ],
  });
  expect(times?.rows).toEqual([
    ['all', ...row],
    ['supervisor', ...row],
  ]);
  expect(buckets?.rows).toEqual([
    ['0 s – 10 s', '2'],
    ['more than 10 s', '1'],
  ]);
});

test('agents have their work, their tokens and their cost', () => {
  const agent = {
    agentId: SUPERVISOR,
    conversations: 2,
    messages: 9,
    handoffsIn: 1,
    handoffsOut: 2,
    dealsWon: 0,
    meanResponseMs: 1_000,
    inputTokens: 900,
    outputTokens: 100,
    costMicros: 500,
  };
  expect(agentsTables({ agents: [agent] })[0]?.rows).toEqual([
    ['supervisor', '2', '9', '1', '2', '0', '1 s', '1,000', '$0.0005'],
  ]);
});

test('objections are listed by type, with all of them last', () => {
  const none = {
    total: 1,
    active: 1,
    resolved: 0,
    deferred: 0,
    resolutionRate: 0,
    meanTimeToResolveMs: null,
  };
  const [table] = objectionsTables({ ...none, byType: [{ type: 'price', ...none }] });
  expect(table?.rows).toEqual([
    ['price', '1', '1', '0', '0', '0 %', '–'],
    ['all', '1', '1', '0', '0', '0 %', '–'],
  ]);
});
