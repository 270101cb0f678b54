import type { AgentId, MetricsAgents, MetricsPeriod, TenantId } from '@baton/schema';
import type { Collections } from '../../schema/open-collections.ts';
import {
  aggregateEntries,
  countIf,
  entriesFilter,
  isAgent,
  ownerBeforeEntry,
  USAGE_SUMS,
  wholeOf,
} from './entries.ts';

type AgentRow = MetricsAgents['agents'][number];

type AgentWork = Omit<AgentRow, 'agentId' | 'dealsWon' | 'meanResponseMs'> & {
  _id: AgentId;
  answers: number;
  responseMs: number;
};

/** What agents wrote, got and gave away. An agent took part in a conversation if it wrote in it or owned it. */
async function workByAgent(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<AgentWork[]> {
  const match = {
    ...entriesFilter(tenantId, ['created', 'message', 'owner'], input),
    'author.kind': { $in: ['agent', null] },
  };
  const isOwner = { $eq: ['$kind', 'owner'] };
  const isMessage = { $eq: ['$kind', 'message'] };
  const counters = [
    'messages',
    'handoffsIn',
    'handoffsOut',
    'answers',
    'responseMs',
    'inputTokens',
    'outputTokens',
    'costMicros',
  ];
  return aggregateEntries<AgentWork>(collections, match, [
    {
      $project: {
        conversationId: 1,
        kind: 1,
        from: 1,
        to: 1,
        responseMs: 1,
        usage: 1,
        agent: { $cond: [isOwner, ['$from', '$to'], [{ $ifNull: ['$author.agentId', '$agentId'] }]] },
      },
    },
    { $unwind: '$agent' },
    {
      $group: {
        _id: { agent: '$agent', conversation: '$conversationId' },
        messages: countIf(isMessage),
        handoffsIn: countIf({ $and: [isOwner, { $eq: ['$agent', '$to'] }] }),
        handoffsOut: countIf({ $and: [isOwner, { $eq: ['$agent', '$from'] }] }),
        answers: countIf({ $isNumber: '$responseMs' }),
        responseMs: { $sum: '$responseMs' },
        ...USAGE_SUMS,
      },
    },
    {
      $group: {
        _id: '$_id.agent',
        conversations: { $sum: 1 },
        ...Object.fromEntries(counters.map((counter) => [counter, { $sum: `$${counter}` }])),
      },
    },
  ]);
}

/** Deals won in the period, each to the agent that owned the conversation then. */
async function dealsWonByAgent(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<Map<AgentId, number>> {
  const match = { ...entriesFilter(tenantId, ['deal'], input), outcome: 'won' };
  const rows = await aggregateEntries<{ _id: AgentId; count: number }>(collections, match, [
    ...ownerBeforeEntry(collections, tenantId),
    { $group: { _id: '$owner', count: { $sum: 1 } } },
  ]);
  return new Map(rows.filter(({ _id }) => isAgent(_id)).map(({ _id, count }) => [_id, count]));
}

/** What each agent did in the period; who wrote most comes first. */
export async function agents(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsAgents> {
  const [work, deals] = await Promise.all([
    workByAgent(collections, tenantId, input),
    dealsWonByAgent(collections, tenantId, input),
  ]);
  const agentsAtWork = work.filter(({ _id }) => isAgent(_id));
  const withoutWork = [...deals.keys()].filter((agentId) => work.every(({ _id }) => _id !== agentId));
  const rows: AgentRow[] = [
    ...agentsAtWork.map(({ _id: agentId, answers, responseMs, ...counts }) => ({
      agentId,
      ...counts,
      inputTokens: wholeOf(counts.inputTokens),
      outputTokens: wholeOf(counts.outputTokens),
      costMicros: wholeOf(counts.costMicros),
      dealsWon: deals.get(agentId) ?? 0,
      meanResponseMs: answers === 0 ? null : wholeOf(responseMs) / answers,
    })),
    // Agents that won a deal in the period without a message in it.
    ...withoutWork.map((agentId) => ({
      agentId,
      conversations: 0,
      messages: 0,
      handoffsIn: 0,
      handoffsOut: 0,
      dealsWon: deals.get(agentId) ?? 0,
      meanResponseMs: null,
      inputTokens: 0,
      outputTokens: 0,
      costMicros: 0,
    })),
  ];
  return { agents: rows.toSorted((a, b) => b.messages - a.messages || a.agentId.localeCompare(b.agentId)) };
}
