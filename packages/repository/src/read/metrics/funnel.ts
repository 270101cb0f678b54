import { type MetricsFunnel, type MetricsPeriod, SalesStage, type TenantId } from '@baton/schema';
import { type Figures, readFigures } from '../../rollup/figures.ts';
import { ALL_TIME, readPeriod } from '../../rollup/period.ts';
import type { Collections } from '../../schema/open-collections.ts';
import { addDistinctEnds, distinctStages } from './distinct.ts';

/**
 * How many distinct conversations entered each stage in the period, how far those came that began in it, and how many
 * that entered one stage entered another later, still in the period. A conversation enters `lead` when it is created.
 */
export async function funnel(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsFunnel> {
  const { channel } = input;
  const all = { hours: ALL_TIME, ...(channel && { channel }) };
  const [period, now] = await Promise.all([
    readPeriod(collections, tenantId, input, { families: ['stages'], kinds: ['created', 'stage'] }),
    readFigures(collections, tenantId, all, ['now']),
  ]);
  await addDistinctEnds(period, distinctStages(collections, tenantId));
  const { figures } = period;
  const entered = (stage: SalesStage) => figures.get('stages', `entered:${stage}`);
  const stages = SalesStage.options;
  return {
    stages: stages.map((stage) => ({
      stage,
      entered: entered(stage),
      reached: figures.get('stages', `reached:${stage}`),
      now: countInStage(now, stage),
    })),
    conversions: stages.flatMap((from) =>
      stages
        .filter((to) => to !== from)
        .map((to) => {
          const converted = figures.get('stages', `converted:${from}:${to}`);
          const count = entered(from);
          return { from, to, entered: count, converted, rate: count === 0 ? null : converted / count };
        }),
    ),
  };
}

/** Where conversations stand now, whenever they began. */
function countInStage(now: Figures, stage: SalesStage): number {
  let count = 0;
  for (const [key, amount] of now.of('now')) if (key.split(':')[1] === stage) count += amount;
  return count;
}
