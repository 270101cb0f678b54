import { type MetricsFunnel, type MetricsPeriod, SalesStage, type TenantId } from '@baton/schema';
import { listName } from '../../schema/conversation-lists.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { countListed } from '../count-listed.ts';
import { stagesFrom } from './reached-stages.ts';
import { aggregateEntries, entriesFilter, METRICS_OPTIONS } from './entries.ts';

type Step = { _id: { from: SalesStage; to: SalesStage }; count: number };

/** The stages that a conversation entered, and how many that began in the period entered just these. */
type Entered = { _id: SalesStage[]; count: number };

/** Who entered one stage and another later, by the pair. */
const STEPS = [
  { $project: { from: '$visits', to: '$visits' } },
  { $unwind: '$from' },
  { $unwind: '$to' },
  // The pair of a stage with itself counts who entered it.
  {
    $match: {
      $expr: { $or: [{ $eq: ['$from.stage', '$to.stage'] }, { $gt: ['$to.last', '$from.first'] }] },
    },
  },
  { $group: { _id: { from: '$from.stage', to: '$to.stage' }, count: { $sum: 1 } } },
];

/**
 * How many distinct conversations entered each stage in the period, how far those came that began in it, and how many
 * that entered one stage entered another later, still in the period. A conversation enters `lead` when it is created.
 */
export async function funnel(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsFunnel> {
  const [[counted], now] = await Promise.all([
    aggregateEntries<{ steps: Step[]; begun: Entered[] }>(
      collections,
      entriesFilter(tenantId, ['created', 'stage'], input),
      [
        {
          $group: {
            _id: { conversation: '$conversationId', stage: { $ifNull: ['$to', 'lead'] } },
            first: { $min: '$seq' },
            last: { $max: '$seq' },
            began: { $max: { $eq: ['$kind', 'created'] } },
          },
        },
        {
          $group: {
            _id: '$_id.conversation',
            visits: { $push: { stage: '$_id.stage', first: '$first', last: '$last' } },
            began: { $max: '$began' },
          },
        },
        {
          $facet: {
            steps: STEPS,
            begun: [
              { $match: { began: true } },
              { $group: { _id: { $setUnion: '$visits.stage' }, count: { $sum: 1 } } },
            ],
          },
        },
      ],
    ),
    conversationsInStages(collections, tenantId, input),
  ]);
  const count = (from: SalesStage, to: SalesStage) =>
    counted?.steps.find((step) => step._id.from === from && step._id.to === to)?.count ?? 0;
  const reached = (stage: SalesStage) => {
    const enough = stagesFrom(stage);
    const begun = counted?.begun.filter(({ _id }) => _id.some((entered) => enough.includes(entered))) ?? [];
    return begun.reduce((sum, row) => sum + row.count, 0);
  };
  const stages = SalesStage.options;
  return {
    stages: stages.map((stage) => ({
      stage,
      entered: count(stage, stage),
      reached: reached(stage),
      now: now.get(stage) ?? 0,
    })),
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
  { channel }: MetricsPeriod,
): Promise<Map<SalesStage, number>> {
  if (channel === undefined) {
    const counts = SalesStage.options.map(async (stage) => {
      const filter = { tenantId, listedUnder: listName.stage(stage) };
      return [stage, await countListed(collections, filter, METRICS_OPTIONS)] as const;
    });
    return new Map(await Promise.all(counts));
  }
  const rows = await collections.conversations.collection
    .aggregate<{ _id: SalesStage; count: number }>(
      [
        { $match: { tenantId, listedUnder: listName.channel(channel) } },
        { $group: { _id: '$stage', count: { $sum: 1 } } },
      ],
      { ...METRICS_OPTIONS, hint: 'by_list' },
    )
    .toArray();
  return new Map(rows.map(({ _id, count }) => [_id, count]));
}
