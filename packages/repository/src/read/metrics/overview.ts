import {
  ConversationStatus,
  type MetricsPeriod,
  type MetricsOverview,
  SalesStage,
  type TenantId,
} from '@baton/schema';
import { ALL_CONVERSATIONS, listName } from '../../schema/conversation-lists.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { OPEN_STATUSES } from '../agent.ts';
import {
  aggregateEntries,
  countIf,
  entriesFilter,
  METRICS_OPTIONS,
  periodFilter,
  USAGE_SUMS,
  wholeOf,
} from './entries.ts';

function sumOf<Row>(rows: readonly Row[], count: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + count(row), 0);
}

type StartedGroup = { _id: { status: ConversationStatus; stage: SalesStage; waits: boolean }; count: number };

/** Bounds `updatedAt` too, which the index has: a conversation changes no earlier than it is created. */
async function startedConversations(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<StartedGroup[]> {
  const { from, channel } = input;
  return collections.conversations.collection
    .aggregate<StartedGroup>(
      [
        {
          $match: {
            tenantId,
            ...ALL_CONVERSATIONS,
            ...(channel && { listedUnder: listName.channel(channel) }),
            updatedAt: periodFilter({ from }),
            createdAt: periodFilter(input),
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
      { ...METRICS_OPTIONS, hint: 'by_list' },
    )
    .toArray();
}

type MessageTotals = Pick<
  MetricsOverview,
  'messages' | 'customerMessages' | 'agentMessages' | 'inputTokens' | 'outputTokens' | 'costMicros'
>;

type OutcomeTotals = Pick<MetricsOverview, 'handoffs' | 'dealsWon' | 'dealsLost' | 'wonMonthlyCents'>;

const NO_MESSAGES: MessageTotals = {
  messages: 0,
  customerMessages: 0,
  agentMessages: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicros: 0,
};

const NO_OUTCOMES: OutcomeTotals = { handoffs: 0, dealsWon: 0, dealsLost: 0, wonMonthlyCents: 0 };

async function messageTotals(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MessageTotals> {
  const [messages] = await aggregateEntries<MessageTotals>(
    collections,
    entriesFilter(tenantId, ['message'], input),
    [
      {
        $group: {
          _id: null,
          messages: { $sum: 1 },
          customerMessages: countIf({ $eq: ['$author.kind', 'customer'] }),
          agentMessages: countIf({ $eq: ['$author.kind', 'agent'] }),
          ...USAGE_SUMS,
        },
      },
      { $project: { _id: 0 } },
    ],
  );
  if (messages === undefined) return NO_MESSAGES;
  const { inputTokens, outputTokens, costMicros, ...counts } = messages;
  return {
    ...counts,
    inputTokens: wholeOf(inputTokens),
    outputTokens: wholeOf(outputTokens),
    costMicros: wholeOf(costMicros),
  };
}

/** A handoff counts when it takes effect: with it, the owner changes. */
async function outcomeTotals(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<OutcomeTotals> {
  const [outcomes] = await aggregateEntries<OutcomeTotals>(
    collections,
    entriesFilter(tenantId, ['owner', 'deal'], input),
    [
      {
        $group: {
          _id: null,
          handoffs: countIf({ $eq: ['$kind', 'owner'] }),
          dealsWon: countIf({ $eq: ['$outcome', 'won'] }),
          dealsLost: countIf({ $eq: ['$outcome', 'lost'] }),
          wonMonthlyCents: { $sum: { $cond: [{ $eq: ['$outcome', 'won'] }, '$deal.monthlyValueCents', 0] } },
        },
      },
      { $project: { _id: 0 } },
    ],
  );
  if (outcomes === undefined) return NO_OUTCOMES;
  return { ...outcomes, wonMonthlyCents: wholeOf(outcomes.wonMonthlyCents) };
}

/** The conversations that began in the period, as they stand now, and what was said and done in the period. */
export async function overview(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsOverview> {
  const [started, messages, outcomes] = await Promise.all([
    startedConversations(collections, tenantId, input),
    messageTotals(collections, tenantId, input),
    outcomeTotals(collections, tenantId, input),
  ]);
  const count = (is: (group: StartedGroup['_id']) => boolean) =>
    sumOf(
      started.filter((row) => is(row._id)),
      (row) => row.count,
    );
  return {
    conversations: count(() => true),
    byStatus: countEach(ConversationStatus.options, (status) => count((group) => group.status === status)),
    byStage: countEach(SalesStage.options, (stage) => count((group) => group.stage === stage)),
    waiting: count((group) => group.waits),
    ...messages,
    ...outcomes,
  };
}

function countEach<Key extends string>(
  keys: readonly Key[],
  count: (key: Key) => number,
): Record<Key, number> {
  // Built from every key.
  return Object.fromEntries(keys.map((key) => [key, count(key)])) as Record<Key, number>;
}
