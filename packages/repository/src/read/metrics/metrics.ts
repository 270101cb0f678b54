import {
  type AgentId,
  ConversationStatus,
  type DurationSummary,
  type MetricsAgents,
  type MetricsFunnel,
  type MetricsInput,
  type MetricsOverview,
  type MetricsResponseTimes,
  type MetricsTimeInStage,
  SalesStage,
  type TenantId,
} from '@baton/schema';
import type { Document } from 'mongodb';
import { ALL_CONVERSATIONS, listName } from '../../schema/conversation-lists.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { OPEN_STATUSES } from '../agent.ts';
import { countListed } from '../count-listed.ts';
import { conversations } from './metrics-conversations.ts';
import { aggregateEntries, entriesOf, OPTIONS, ownerThen, period } from './metrics-entries.ts';

function sumOf<Row>(rows: readonly Row[], count: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + count(row), 0);
}

/** One where the condition holds: a counter for `$sum`. */
const oneIf = (condition: Document): Document => ({ $sum: { $cond: [condition, 1, 0] } });

type Begun = { _id: { status: ConversationStatus; stage: SalesStage; waits: boolean }; count: number };

/** What began in the period has changed since its start: that is what the index is asked for. */
async function conversationsBegun(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<Begun[]> {
  const { from, channel } = input;
  return collections.conversations.collection
    .aggregate<Begun>(
      [
        {
          $match: {
            tenantId,
            ...ALL_CONVERSATIONS,
            ...(channel && { listedUnder: listName.channel(channel) }),
            updatedAt: period({ from }),
            createdAt: period(input),
          },
        },
        {
          $group: {
            _id: {
              status: '$status',
              stage: '$stage',
              waits: {
                $and: [{ $ne: ['$metrics.waitingSince', null] }, { $in: ['$status', OPEN_STATUSES] }],
              },
            },
            count: { $sum: 1 },
          },
        },
      ],
      { ...OPTIONS, hint: 'by_list' },
    )
    .toArray();
}

type Said = Pick<
  MetricsOverview,
  'messages' | 'customerMessages' | 'agentMessages' | 'inputTokens' | 'outputTokens' | 'costMicros'
>;
type Done = Pick<MetricsOverview, 'handoffs' | 'dealsWon' | 'dealsLost' | 'wonMonthlyCents'>;

const NOTHING_SAID: Said = {
  messages: 0,
  customerMessages: 0,
  agentMessages: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicros: 0,
};
const NOTHING_DONE: Done = { handoffs: 0, dealsWon: 0, dealsLost: 0, wonMonthlyCents: 0 };

const USAGE = {
  inputTokens: { $sum: '$usage.inputTokens' },
  outputTokens: { $sum: '$usage.outputTokens' },
  costMicros: { $sum: '$usage.costMicros' },
};

async function messagesSaid(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<Said> {
  const [said] = await aggregateEntries<Said>(collections, entriesOf(tenantId, ['message'], input), [
    {
      $group: {
        _id: null,
        messages: { $sum: 1 },
        customerMessages: oneIf({ $eq: ['$author.kind', 'customer'] }),
        agentMessages: oneIf({ $eq: ['$author.kind', 'agent'] }),
        ...USAGE,
      },
    },
    { $project: { _id: 0 } },
  ]);
  return said ?? NOTHING_SAID;
}

/** A handoff counts when it takes effect: with it, the owner changes. */
async function handoffsAndDeals(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<Done> {
  const [done] = await aggregateEntries<Done>(collections, entriesOf(tenantId, ['owner', 'deal'], input), [
    {
      $group: {
        _id: null,
        handoffs: oneIf({ $eq: ['$kind', 'owner'] }),
        dealsWon: oneIf({ $eq: ['$outcome', 'won'] }),
        dealsLost: oneIf({ $eq: ['$outcome', 'lost'] }),
        wonMonthlyCents: { $sum: { $cond: [{ $eq: ['$outcome', 'won'] }, '$deal.monthlyValueCents', 0] } },
      },
    },
    { $project: { _id: 0 } },
  ]);
  return done ?? NOTHING_DONE;
}

/** The conversations that began in the period, as they stand now, and what was said and done in the period. */
async function overview(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<MetricsOverview> {
  const [begun, said, done] = await Promise.all([
    conversationsBegun(collections, tenantId, input),
    messagesSaid(collections, tenantId, input),
    handoffsAndDeals(collections, tenantId, input),
  ]);
  const count = (is: (group: Begun['_id']) => boolean) =>
    sumOf(
      begun.filter((row) => is(row._id)),
      (row) => row.count,
    );
  return {
    conversations: count(() => true),
    byStatus: countEach(ConversationStatus.options, (status) => count((group) => group.status === status)),
    byStage: countEach(SalesStage.options, (stage) => count((group) => group.stage === stage)),
    waiting: count((group) => group.waits),
    ...said,
    ...done,
  };
}

function countEach<Key extends string>(
  keys: readonly Key[],
  count: (key: Key) => number,
): Record<Key, number> {
  // Built from every key.
  return Object.fromEntries(keys.map((key) => [key, count(key)])) as Record<Key, number>;
}

type Step = { _id: { from: SalesStage; to: SalesStage }; count: number };

/**
 * How many distinct conversations entered each stage in the period, and how many of those that entered one
 * entered another later, still in the period. A conversation enters `lead` when it is created.
 */
async function funnel(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<MetricsFunnel> {
  const [steps, now] = await Promise.all([
    aggregateEntries<Step>(collections, entriesOf(tenantId, ['created', 'stage'], input), [
      {
        $group: {
          _id: { conversation: '$conversationId', stage: { $ifNull: ['$to', 'lead'] } },
          first: { $min: '$seq' },
          last: { $max: '$seq' },
        },
      },
      {
        $group: {
          _id: '$_id.conversation',
          visits: { $push: { stage: '$_id.stage', first: '$first', last: '$last' } },
        },
      },
      { $project: { from: '$visits', to: '$visits' } },
      { $unwind: '$from' },
      { $unwind: '$to' },
      // A visit beside itself stands for the conversation that entered the stage.
      {
        $match: {
          $expr: { $or: [{ $eq: ['$from.stage', '$to.stage'] }, { $gt: ['$to.last', '$from.first'] }] },
        },
      },
      { $group: { _id: { from: '$from.stage', to: '$to.stage' }, count: { $sum: 1 } } },
    ]),
    conversationsInStages(collections, tenantId, input),
  ]);
  const count = (from: SalesStage, to: SalesStage) =>
    steps.find((step) => step._id.from === from && step._id.to === to)?.count ?? 0;
  const stages = SalesStage.options;
  return {
    stages: stages.map((stage) => ({ stage, entered: count(stage, stage), now: now.get(stage) ?? 0 })),
    conversions: stages.flatMap((from) =>
      stages
        .filter((to) => to !== from)
        .map((to) => {
          const entered = count(from, from);
          const converted = count(from, to);
          return { from, to, entered, converted, rate: entered === 0 ? null : converted / entered };
        }),
    ),
  };
}

/** Where conversations stand now, whenever they began. */
async function conversationsInStages(
  collections: Collections,
  tenantId: TenantId,
  { channel }: MetricsInput,
): Promise<Map<SalesStage, number>> {
  if (channel === undefined) {
    const counts = SalesStage.options.map(async (stage) => {
      const filter = { tenantId, listedUnder: listName.stage(stage) };
      return [stage, await countListed(collections, filter, OPTIONS)] as const;
    });
    return new Map(await Promise.all(counts));
  }
  const rows = await collections.conversations.collection
    .aggregate<{ _id: SalesStage; count: number }>(
      [
        { $match: { tenantId, listedUnder: listName.channel(channel) } },
        { $group: { _id: '$stage', count: { $sum: 1 } } },
      ],
      { ...OPTIONS, hint: 'by_list' },
    )
    .toArray();
  return new Map(rows.map(({ _id, count }) => [_id, count]));
}

const NOTHING_MEASURED: DurationSummary = { count: 0, meanMs: null, medianMs: null, p90Ms: null };

/** Two neighbours in the order of durations, and how far between them the percentile lies. */
function ranksOf(count: number, share: number): { low: number; high: number; weight: number } {
  const place = share * (count - 1);
  const low = Math.floor(place);
  return { low: low + 1, high: Math.ceil(place) + 1, weight: place - low };
}

type Totals<Key> = { _id: Key; count: number; total: number };
type Ranked<Key> = { key: Key; rank: number; ms: number };

/** Which durations to sum up: their field, and the field that tells groups apart, null for one group. */
type Durations = { match: Document; ms: string; by: string | null };

/**
 * Exact medians and 90th percentiles, between two neighbours by linear interpolation (Hyndman and Fan 1996,
 * definition 7). mongod numbers the sorted durations and gives back only the few at the ranks that count.
 */
async function summarize<Key extends string | null>(
  collections: Collections,
  { match, ms, by }: Durations,
): Promise<Map<Key, DurationSummary>> {
  const key = by === null ? { $literal: null } : `$${by}`;
  const totals = await aggregateEntries<Totals<Key>>(collections, match, [
    { $group: { _id: key, count: { $sum: 1 }, total: { $sum: `$${ms}` } } },
  ]);
  if (totals.length === 0) return new Map();
  const shares = { median: 0.5, p90: 0.9 };
  const wanted = totals.map(({ _id, count }) => {
    const ranks = Object.values(shares).map((share) => ranksOf(count, share));
    return { key: _id, rank: { $in: [...new Set(ranks.flatMap(({ low, high }) => [low, high]))] } };
  });
  const ranked = await aggregateEntries<Ranked<Key>>(collections, match, [
    { $project: { _id: 0, key, ms: `$${ms}` } },
    {
      $setWindowFields: { partitionBy: '$key', sortBy: { ms: 1 }, output: { rank: { $documentNumber: {} } } },
    },
    { $match: { $or: wanted } },
  ]);
  return new Map(
    totals.map(({ _id, count, total }) => {
      const at = new Map(ranked.filter((row) => row.key === _id).map((row) => [row.rank, row.ms]));
      const percentile = (share: number) => {
        const { low, high, weight } = ranksOf(count, share);
        const [below, above] = [at.get(low), at.get(high)];
        return below === undefined || above === undefined ? null : below + (above - below) * weight;
      };
      return [
        _id,
        { count, meanMs: total / count, medianMs: percentile(shares.median), p90Ms: percentile(shares.p90) },
      ];
    }),
  );
}

/** How long conversations stayed in each stage that they left in the period. */
async function timeInStage(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<MetricsTimeInStage> {
  const summaries = await summarize<SalesStage>(collections, {
    match: entriesOf(tenantId, ['stage'], input),
    ms: 'inStageMs',
    by: 'from',
  });
  return {
    stages: SalesStage.options.map((stage) => ({ stage, ...(summaries.get(stage) ?? NOTHING_MEASURED) })),
  };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Where one bucket of response times ends and the next begins; a bucket holds its own end. */
const BUCKET_ENDS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  4 * HOUR,
  24 * HOUR,
] as const;

async function bucketsOf(
  collections: Collections,
  match: Document,
): Promise<MetricsResponseTimes['buckets']> {
  const rows = await aggregateEntries<{ _id: number; count: number }>(collections, match, [
    {
      $group: {
        _id: { $sum: BUCKET_ENDS.map((end) => ({ $cond: [{ $gt: ['$responseMs', end] }, 1, 0] })) },
        count: { $sum: 1 },
      },
    },
  ]);
  return [...BUCKET_ENDS, null].map((toMs, index) => ({
    fromMs: BUCKET_ENDS[index - 1] ?? 0,
    toMs,
    count: rows.find((row) => row._id === index)?.count ?? 0,
  }));
}

/** How long customers waited for the answers that were given in the period. */
async function responseTimes(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<MetricsResponseTimes> {
  const match = { ...entriesOf(tenantId, ['message'], input), responseMs: { $type: 'number' } };
  const [all, byAgent, buckets] = await Promise.all([
    summarize<null>(collections, { match, ms: 'responseMs', by: null }),
    summarize<AgentId>(collections, { match, ms: 'responseMs', by: 'author.agentId' }),
    bucketsOf(collections, match),
  ]);
  return {
    all: all.get(null) ?? NOTHING_MEASURED,
    byAgent: [...byAgent]
      .map(([agentId, summary]) => ({ agentId, ...summary }))
      .toSorted((a, b) => b.count - a.count || a.agentId.localeCompare(b.agentId)),
    buckets,
  };
}

type AgentRow = MetricsAgents['agents'][number];
type Worked = Omit<AgentRow, 'agentId' | 'dealsWon' | 'meanResponseMs'> & {
  _id: AgentId;
  answers: number;
  responseMs: number;
};

/** What agents wrote, got and gave away. An agent took part in a conversation if it wrote in it or owned it. */
async function workOfAgents(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<Worked[]> {
  const match = {
    ...entriesOf(tenantId, ['created', 'message', 'owner'], input),
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
  return aggregateEntries<Worked>(collections, match, [
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
        messages: oneIf(isMessage),
        handoffsIn: oneIf({ $and: [isOwner, { $eq: ['$agent', '$to'] }] }),
        handoffsOut: oneIf({ $and: [isOwner, { $eq: ['$agent', '$from'] }] }),
        answers: oneIf({ $isNumber: '$responseMs' }),
        responseMs: { $sum: '$responseMs' },
        ...USAGE,
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
async function dealsOfAgents(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<Map<AgentId, number>> {
  const match = { ...entriesOf(tenantId, ['deal'], input), outcome: 'won' };
  const rows = await aggregateEntries<{ _id: AgentId; count: number }>(collections, match, [
    ...ownerThen(collections, tenantId),
    { $group: { _id: '$owner', count: { $sum: 1 } } },
  ]);
  return new Map(rows.map(({ _id, count }) => [_id, count]));
}

/** What each agent did in the period; who wrote most comes first. */
async function agents(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsInput,
): Promise<MetricsAgents> {
  const [work, deals] = await Promise.all([
    workOfAgents(collections, tenantId, input),
    dealsOfAgents(collections, tenantId, input),
  ]);
  const idle = [...deals.keys()].filter((agentId) => work.every(({ _id }) => _id !== agentId));
  const rows: AgentRow[] = [
    ...work.map(({ _id: agentId, answers, responseMs, ...counts }) => ({
      agentId,
      ...counts,
      dealsWon: deals.get(agentId) ?? 0,
      meanResponseMs: answers === 0 ? null : responseMs / answers,
    })),
    // It owned a deal's conversation without a word in the period.
    ...idle.map((agentId) => ({
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

export const metricsQueries = { overview, funnel, timeInStage, responseTimes, agents, conversations };
