import {
  ConversationStatus,
  type MetricsPeriod,
  type MetricsOverview,
  SalesStage,
  type TenantId,
} from '@baton/schema';
import { STANDING_FIELDS, standingKey, standingOf } from '../../rollup/count-conversation.ts';
import { type PeriodFigures, readPeriod } from '../../rollup/period.ts';
import { byIds, type Collections } from '../../schema/open-collections.ts';
import { METRICS_OPTIONS } from './entries.ts';

/** How those stand now that began at the ends of the period. */
async function addBegunAtEnds(
  { conversations }: Collections,
  tenantId: TenantId,
  { figures, ends }: PeriodFigures,
): Promise<void> {
  const created = ends.filter(({ kind }) => kind === 'created').map(({ conversationId }) => conversationId);
  if (created.length === 0) return;
  const documents = await conversations.collection
    .find({ ...byIds(created), tenantId }, { ...METRICS_OPTIONS, projection: STANDING_FIELDS })
    .toArray();
  for (const document of documents) {
    const standing = standingOf(document);
    if (standing !== null) figures.add('now', standingKey(standing));
  }
}

/** The conversations that began in the period, as they stand now, and what was said and done in the period. */
export async function overview(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsOverview> {
  const period = await readPeriod(collections, tenantId, input, {
    families: ['totals', 'now'],
    kinds: ['created', 'message', 'owner', 'deal'],
  });
  await addBegunAtEnds(collections, tenantId, period);
  const { figures } = period;
  const standing = [...figures.of('now')].map(([key, count]) => ({ is: key.split(':'), count }));
  const countOf = (word: string) =>
    standing.filter(({ is }) => is.includes(word)).reduce((sum, { count }) => sum + count, 0);
  const total = (key: string) => figures.get('totals', key);
  return {
    conversations: standing.reduce((sum, { count }) => sum + count, 0),
    byStatus: countEach(ConversationStatus.options, countOf),
    byStage: countEach(SalesStage.options, countOf),
    waiting: countOf('waiting'),
    messages: total('messages'),
    customerMessages: total('customerMessages'),
    agentMessages: total('agentMessages'),
    handoffs: total('handoffs'),
    dealsWon: total('dealsWon'),
    dealsLost: total('dealsLost'),
    wonMonthlyCents: total('wonMonthlyCents'),
    inputTokens: total('inputTokens'),
    outputTokens: total('outputTokens'),
    costMicros: total('costMicros'),
  };
}

function countEach<Key extends string>(
  keys: readonly Key[],
  count: (key: Key) => number,
): Record<Key, number> {
  // Built from every key.
  return Object.fromEntries(keys.map((key) => [key, count(key)])) as Record<Key, number>;
}
