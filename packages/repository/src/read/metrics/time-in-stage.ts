import { type MetricsPeriod, type MetricsTimeInStage, SalesStage, type TenantId } from '@baton/schema';
import type { Collections } from '../../schema/open-collections.ts';
import { DURATION, NO_DURATIONS, summarize } from './durations.ts';
import { entriesFilter } from './entries.ts';

/** How long conversations stayed in each stage that they left in the period. */
export async function timeInStage(
  collections: Collections,
  tenantId: TenantId,
  input: MetricsPeriod,
): Promise<MetricsTimeInStage> {
  const summaries = await summarize<SalesStage>(collections, {
    match: { ...entriesFilter(tenantId, ['stage'], input), inStageMs: DURATION },
    ms: 'inStageMs',
    by: 'from',
  });
  return {
    stages: SalesStage.options.map((stage) => ({ stage, ...(summaries.get(stage) ?? NO_DURATIONS) })),
  };
}
